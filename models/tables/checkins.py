"""The weekly check-in: what a patient wishes, links to a form, answers on their way, reminders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.access import secret_hash
from models.tables.base import Base, line, patient_key, short, site_key


class CheckInWishes(Base):
    """How one patient wants to be asked. Addresses are sealed; a pause has an end, a stop has none.

    `weekday` 0 is Monday; `hour` is the patient's own clock, in `time_zone` or else the site's.
    `phone_hash` finds who has answered a text. `mail_refused_at`: the mail server has said that
    there is no such address.
    """

    __tablename__ = "checkin_wishes"

    patient_id: Mapped[patient_key]
    weekday: Mapped[int | None]
    hour: Mapped[int] = mapped_column(default=17)
    time_zone: Mapped[short | None]
    language: Mapped[short] = mapped_column(default="en")
    email: Mapped[line | None]
    phone: Mapped[line | None]
    phone_hash: Mapped[secret_hash | None] = mapped_column(index=True)
    mail_refused_at: Mapped[datetime | None]
    mail_agreed_at: Mapped[datetime | None]
    text_agreed_at: Mapped[datetime | None]
    paused_from: Mapped[date | None]
    paused_until: Mapped[date | None]
    stopped_on: Mapped[date | None]
    unsubscribe_hash: Mapped[secret_hash | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]


class CheckInWishChange(Base):
    """What was changed about a patient's check-ins, when and by whom: never silently."""

    __tablename__ = "checkin_wish_changes"

    patient_id: Mapped[patient_key]
    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    what: Mapped[dict[str, Any]]  # names and plain values; an address only as "changed"
    changed_at: Mapped[datetime]
    changed_by: Mapped[short]


class CheckInLink(Base):
    """A link or a tablet's short code that may submit one due check-in and shows nothing else."""

    __tablename__ = "checkin_links"

    token_hash: Mapped[secret_hash] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.patient_id"), index=True)
    code_hash: Mapped[secret_hash | None] = mapped_column(unique=True)
    due_on: Mapped[date]
    mode: Mapped[short]  # link or kiosk
    made_at: Mapped[datetime]
    made_by: Mapped[short]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CheckIn(Base):
    """One check-in: the answers so far, saved one by one, and when it was submitted.

    `due_on` is the day it was due. `answers` maps an instrument to its items, blanks included;
    `chips` and `note` are what else the patient wanted to say.
    """

    __tablename__ = "checkins"

    patient_id: Mapped[patient_key]
    checkin_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    mode: Mapped[short]
    language: Mapped[short]
    instruments: Mapped[list[Any]]
    answers: Mapped[dict[str, Any]]
    chips: Mapped[list[Any]]
    note: Mapped[str | None]
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    # One check-in a patient and due day: twenty submits at once are one record.
    __table_args__ = (UniqueConstraint("patient_id", "due_on"),)


class Flag(Base):
    """A worrying answer, open until a named person closes it. One an assessment and kind."""

    __tablename__ = "flags"

    patient_id: Mapped[patient_key]
    flag_id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID]
    kind: Mapped[short]  # safety_item, or the name of a clinic's rule
    instrument: Mapped[short]
    answered_on: Mapped[date]
    answer: Mapped[float]
    before: Mapped[float | None]
    change: Mapped[short]  # new, worse, lower, unchanged
    raised_at: Mapped[datetime]
    first_action_at: Mapped[datetime | None]
    first_action_by: Mapped[short | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[short | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("patient_id", "assessment_id", "kind"),
        Index(None, "closed_at", "raised_at"),
    )


class FlagAction(Base):
    """What somebody did about a flag: acknowledged it, or closed it, and how."""

    __tablename__ = "flag_actions"

    patient_id: Mapped[patient_key]
    flag_id: Mapped[UUID] = mapped_column(primary_key=True)
    action_id: Mapped[UUID] = mapped_column(primary_key=True)
    action: Mapped[short]  # acknowledged or closed
    said: Mapped[line]
    taken_at: Mapped[datetime]
    taken_by: Mapped[short]


class OutgoingMessage(Base):
    """A message on its way. The key makes the same message be sent once; addresses are sealed."""

    __tablename__ = "outgoing_messages"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[line] = mapped_column(unique=True)
    channel: Mapped[short]  # mail or text
    kind: Mapped[short]  # reminder, flag, digest
    patient_id: Mapped[UUID | None]
    address: Mapped[line]
    content: Mapped[dict[str, Any]]  # a template's name and what fills it: no names, no scores
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    trouble: Mapped[line | None]

    __table_args__ = (Index(None, "sent_at", "given_up_at", "due_at"),)


class SiteContact(Base):
    """Where a site's flags are mailed to, and its own rules for raising them; newest in force.

    `digest_hour` is the hour of the site's clock at which counts of Today are mailed, None for no
    such mail.
    """

    __tablename__ = "site_contacts"

    site_id: Mapped[site_key] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    flag_mail: Mapped[line | None]  # sealed
    rules: Mapped[list[Any]]
    digest_hour: Mapped[int | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]
