"""Where check-ins stand, kept current with what they come from, so that nobody reads schedules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, patient_key


class CheckInStanding(Base):
    """One patient's; the fields are those of models.checkins.standing.CheckInStanding.

    `forms` is what they count as at their site now, as `pack_forms` writes it. `was_asked`: they
    have wishes, a link or a check-in of their own. `look_at`: no reminder is due before; empty
    where something has changed since reminders were last planned.
    """

    __tablename__ = "checkin_standings"

    patient_id: Mapped[patient_key]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"))
    was_asked: Mapped[bool]
    forms: Mapped[list[Any]]
    missed_from: Mapped[date | None]
    missed_until: Mapped[date | None]
    look_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (Index(None, "site_id", "was_asked", "missed_from", "missed_until"),)


class SiteCheckIns(Base):
    """Forms of a site by due day, closing day and the due day before: how many, how many done.

    The day before tells who has no earlier form in a span: so many different patients it holds.
    """

    __tablename__ = "site_checkins"

    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.site_id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    closes_on: Mapped[date] = mapped_column(primary_key=True)
    before_on: Mapped[date] = mapped_column(primary_key=True)
    forms: Mapped[int]
    done: Mapped[int]
