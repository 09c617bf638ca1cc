"""Reminders: on the day a form is due, two days later, four days later, then silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, and_, or_, select

from data import clock
from data.checkins.dues import Facts, load_facts
from data.checkins.plans import plan_in_force
from data.database import reading, writing
from data.messages.outbox import MAIL, TEXT, put
from models.checkins.plan import Plan
from models.checkins.schedule import Due, open_today
from models.quiet_hours import instant, wait_out_quiet
from models.tables import CheckInWishes, OutgoingMessage, Patient

KIND = "reminder"
# Days after the day a form is due: the first message and two more. Nobody who has not answered
# three is helped by a fourth (PEERS: a day's reminder, one more, a last one).
AFTER_DAYS = (0, 2, 4)
BATCH = 500


def plan_reminders(
    engine: Engine, *, now: datetime | None = None, channels: Collection[str] = (MAIL, TEXT)
) -> int:
    """Put the reminders that are due into the outbox; return how many were new.

    A text goes to whoever agreed to texts, else a mail to whoever agreed to mail; nobody gets
    both. Of several that a pause of this program has let pass, only the latest is sent.
    """
    now = now or clock.now()
    count = 0
    with reading(engine) as connection:
        reachable = _reachable(connection, now)
        plan = plan_in_force(connection)
    ids = list(reachable)
    for start in range(0, len(ids), BATCH):
        with reading(engine) as connection:
            facts = load_facts(connection, ids[start : start + BATCH])
            wanted = [*_wanted(facts, plan, reachable, channels, now)]
            new = _not_yet_put(connection, wanted)
        if new:
            with writing(engine) as connection:
                count += sum(put(connection, **each) for each in new)
    return count


def _reachable(connection: Connection, now: datetime) -> dict[UUID, Any]:
    """Return the wishes of whoever agreed to be written to and has not left."""
    by_mail = and_(CheckInWishes.mail_agreed_at.is_not(None), CheckInWishes.email.is_not(None))
    by_text = and_(CheckInWishes.text_agreed_at.is_not(None), CheckInWishes.phone.is_not(None))
    query = (
        select(CheckInWishes.__table__)
        .join(Patient, Patient.patient_id == CheckInWishes.patient_id)
        .where(or_(by_mail, by_text))
        .where(or_(Patient.left_on.is_(None), Patient.left_on > now.date()))
        .order_by(CheckInWishes.patient_id)
    )
    return {row.patient_id: row for row in connection.execute(query)}


def choose_address(wishes: Any, channels: Collection[str]) -> tuple[str, str, str] | None:
    """Return the channel, the sealed address and its place; None where nothing was agreed to."""
    patient_id = wishes.patient_id
    if TEXT in channels and wishes.text_agreed_at is not None and wishes.phone:
        return TEXT, wishes.phone, f"checkin_wishes:phone:{patient_id}"
    if MAIL in channels and wishes.mail_agreed_at is not None and wishes.email:
        return MAIL, wishes.email, f"checkin_wishes:email:{patient_id}"
    return None


def _wanted(
    facts: Iterator[Facts],
    plan: Plan,
    reachable: dict[UUID, Any],
    channels: Collection[str],
    now: datetime,
) -> Iterator[dict[str, Any]]:
    for each in facts:
        chosen = choose_address(reachable[each.patient_id], channels)
        due = open_today(each.dues(plan)) if chosen else None
        slot = due and latest_slot(due, each.wishes.hour, each.zone, now)
        if chosen is None or due is None or slot is None:
            continue
        number, at = slot
        channel, address, place = chosen
        yield {
            "key": f"{KIND}:{each.patient_id}:{due.due_on}:{number}",
            "channel": channel,
            "kind": KIND,
            "address": address,
            "content": {
                "template": KIND,
                "due_on": due.due_on.isoformat(),
                "number": number,
                "sealed_for": place,
            },
            "due_at": wait_out_quiet(max(at, now), each.zone),
            "patient_id": each.patient_id,
        }


def latest_slot(due: Due, hour: int, zone: str, now: datetime) -> tuple[int, datetime] | None:
    """Return the last reminder whose time has come, counted from 1; None before the first."""
    found = None
    for number, days in enumerate(AFTER_DAYS, start=1):
        day = due.due_on + timedelta(days=days)
        at = wait_out_quiet(instant(day, hour, zone), zone)
        if day <= due.closes_on and at <= now:
            found = number, at
    return found


def _not_yet_put(connection: Connection, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = [each["key"] for each in wanted]
    query = select(OutgoingMessage.key).where(OutgoingMessage.key.in_(keys))
    known = set(connection.scalars(query))
    return [each for each in wanted if each["key"] not in known]
