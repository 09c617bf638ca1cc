"""Turning a row of the outbox into a message, at the moment it is sent.

Only now are addresses opened, links made and initials read; and only now is it seen whether the
message is still wanted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from data.actions.checkin_links import make_link
from data.checkins.dues import load_facts
from data.database import reading
from data.doors.sealing import unseal
from data.messages import templates
from data.messages.digests import read_digest
from data.messages.outbox import TEXT
from data.messages.reminders import choose_address
from data.messages.senders import Message
from data.messages.settings import own_address, reply_secret
from data.messages.unsubscribing import unsubscribe_token
from data.policies import PLAN, in_force
from models.checkins.schedule import open_today
from models.errors import Refused
from models.policy import OPERATOR
from models.quiet_hours import is_quiet, wait_out_quiet
from models.tables import CheckInWishes, Patient

REMINDERS = replace(OPERATOR, name="reminders")


class NotNeeded(Exception):
    """The message has lost its point since it was put into the outbox."""


class Postponed(Exception):
    """Not now: it is night where the message goes."""

    def __init__(self, until: datetime) -> None:
        super().__init__("postponed")
        self.until = until


def prepare(engine: Engine, row: Any, now: datetime) -> Message:
    """Return the message of a row. Raises NotNeeded or Postponed."""
    if row.content["template"] == "reminder":
        return _reminder(engine, row, now)
    address = unseal(row.address, row.content["sealed_for"])
    if row.content["template"] == "digest":
        digest = read_digest(engine, row, now)
        if digest is None:
            raise NotNeeded
        words = templates.say_digest(digest, link=f"{own_address()}/today")
    elif row.content["template"] == "flags":
        words = templates.say_flags(row.content["people"], link=f"{own_address()}/today")
    elif row.content["template"] == "emergency":
        link = f"{own_address()}/patient?id={row.patient_id}"
        words = templates.say_emergency(link=link)
    else:
        name = _name_of(engine, row.patient_id)
        link = f"{own_address()}/patient?id={row.patient_id}"
        words = templates.say_flag(templates.initials_of(name), link=link)
    return Message(row.message_id, address, words.subject, words.body)


def _name_of(engine: Engine, patient_id: UUID) -> str | None:
    with reading(engine) as connection:
        query = select(Patient.name).where(Patient.patient_id == patient_id)
        return connection.scalar(query)


def _reminder(engine: Engine, row: Any, now: datetime) -> Message:
    wishes, zone = _still_wanted(engine, row)
    if is_quiet(now, zone):
        raise Postponed(wait_out_quiet(now, zone))
    chosen = choose_address(wishes, (row.channel,))
    if chosen is None:
        raise NotNeeded
    _, sealed, place = chosen
    address = unseal(sealed, place)
    due_on = date.fromisoformat(row.content["due_on"])
    try:
        made = make_link(engine, REMINDERS, patient_id=row.patient_id, due_on=due_on)
    except Refused as error:
        raise NotNeeded from error
    link = f"{own_address()}/c/{made.token}"
    if row.channel == TEXT:
        words = templates.say_text(
            wishes.language, link=link, takes_replies=reply_secret() is not None
        )
        return Message(row.message_id, address, "", words.body)
    unsubscribe = f"{own_address()}/unsubscribe/{unsubscribe_token(row.patient_id)}"
    words = templates.say_reminder(wishes.language, link=link, unsubscribe=unsubscribe)
    headers = {
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return Message(row.message_id, address, words.subject, words.body, headers)


def _still_wanted(engine: Engine, row: Any) -> tuple[Any, str]:
    """Return the wishes and the zone of a patient whose form is still open and unanswered."""
    with reading(engine) as connection:
        query = select(CheckInWishes.__table__).where(CheckInWishes.patient_id == row.patient_id)
        wishes = connection.execute(query).one_or_none()
        facts = next(iter(load_facts(connection, [row.patient_id])), None)
        plan = in_force(connection, PLAN)
    due = open_today(facts.dues(plan)) if facts else None
    if wishes is None or facts is None or due is None:
        raise NotNeeded
    if due.due_on.isoformat() != row.content["due_on"]:
        raise NotNeeded
    return wishes, facts.zone
