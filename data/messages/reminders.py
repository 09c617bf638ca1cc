"""Reminders: on the day a form is due, two days later, four days later, then silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    and_,
    bindparam,
    false,
    or_,
    select,
    update,
)

from data import clock
from data.checkins.dues import Facts, load_facts
from data.database import reading, writing
from data.messages.outbox import MAIL, TEXT, put
from data.policies import PLAN, in_force
from models.checkins.schedule import Due, next_due, open_today
from models.quiet_hours import instant, wait_out_quiet
from models.tables import CheckInStanding, CheckInWishes, Patient

KIND = "reminder"
# Days after the day a form is due: the first message and two more. Nobody who has not answered
# three is helped by a fourth (PEERS: a day's reminder, one more, a last one).
AFTER_DAYS = (0, 2, 4)
BATCH = 100  # held at once: whoever writes waits for as many at most
# Where nothing lies ahead.
LOOK_AGAIN = timedelta(days=30)


def plan_reminders(
    engine: Engine, *, now: datetime | None = None, channels: Collection[str] = (MAIL, TEXT)
) -> int:
    """Put the reminders that are due into the outbox; return how many were new.

    A text goes to whoever agreed to texts, else a mail to whoever agreed to mail; nobody gets
    both. Of several that a pause of this program has let pass, only the latest is sent. Only those
    are read for whom something may be due; the day on which to look again is noted with each.
    """
    now = now or clock.now()
    with reading(engine) as connection:
        ids = list(connection.scalars(_to_look_at(now, channels)))
    return sum(
        _plan_batch(engine, ids[start : start + BATCH], channels, now)
        for start in range(0, len(ids), BATCH)
    )


def _to_look_at(now: datetime, channels: Collection[str]) -> Select[Any]:
    """Select who agreed to be written to, has not left, and may have something due."""
    is_time = or_(CheckInStanding.look_at.is_(None), CheckInStanding.look_at <= now)
    return (
        select(CheckInWishes.patient_id)
        .join(Patient, Patient.patient_id == CheckInWishes.patient_id)
        .join(CheckInStanding, CheckInStanding.patient_id == CheckInWishes.patient_id)
        .where(or_(false(), *(AGREED[channel] for channel in channels)), is_time)
        .where(or_(Patient.left_on.is_(None), Patient.left_on > now.date()))
        .order_by(CheckInWishes.patient_id)
    )


AGREED = {
    MAIL: and_(
        CheckInWishes.mail_agreed_at.is_not(None),
        CheckInWishes.email.is_not(None),
        CheckInWishes.mail_refused_at.is_(None),
    ),
    TEXT: and_(CheckInWishes.text_agreed_at.is_not(None), CheckInWishes.phone.is_not(None)),
}


def _plan_batch(
    engine: Engine, patient_ids: Sequence[UUID], channels: Collection[str], now: datetime
) -> int:
    """Plan some patients' reminders. Held meanwhile, so that a change made now is looked at."""
    count, looks = 0, []
    with writing(engine) as connection:
        held = select(CheckInStanding.patient_id).where(_are(CheckInStanding, patient_ids))
        connection.execute(held.order_by(CheckInStanding.patient_id).with_for_update())
        rows = connection.execute(
            select(CheckInWishes.__table__).where(_are(CheckInWishes, patient_ids))
        )
        wishes = {row.patient_id: row for row in rows}
        plan = in_force(connection, PLAN)
        for facts in load_facts(connection, patient_ids):
            theirs, dues = wishes[facts.patient_id], facts.dues(plan)
            message = _message(facts, dues, theirs, channels, now)
            count += put(connection, **message) if message else False
            look_at = next_look(dues, theirs.hour, facts.zone, now)
            looks.append({"patient": facts.patient_id, "at": look_at})
        connection.execute(_NOTE, looks)
    return count


def _are(model: Any, patient_ids: Sequence[UUID]) -> ColumnElement[bool]:
    return model.patient_id.in_(patient_ids)


_NOTE = (
    update(CheckInStanding.__table__)
    .where(CheckInStanding.patient_id == bindparam("patient"))
    .values(look_at=bindparam("at"))
)


def choose_address(wishes: Any, channels: Collection[str]) -> tuple[str, str, str] | None:
    """Return the channel, the sealed address and its place; None where nothing was agreed to."""
    patient_id = wishes.patient_id
    if TEXT in channels and wishes.text_agreed_at is not None and wishes.phone:
        return TEXT, wishes.phone, f"checkin_wishes:phone:{patient_id}"
    has_mail = wishes.mail_agreed_at is not None and wishes.mail_refused_at is None
    if MAIL in channels and has_mail and wishes.email:
        return MAIL, wishes.email, f"checkin_wishes:email:{patient_id}"
    return None


def _message(
    facts: Facts,
    dues: Sequence[Due],
    wishes: Any,
    channels: Collection[str],
    now: datetime,
) -> dict[str, Any] | None:
    chosen = choose_address(wishes, channels)
    due = open_today(dues)
    slot = due and latest_slot(due, wishes.hour, facts.zone, now)
    if chosen is None or due is None or slot is None:
        return None
    number, at = slot
    channel, address, place = chosen
    return {
        "key": f"{KIND}:{facts.patient_id}:{due.due_on}:{number}",
        "channel": channel,
        "kind": KIND,
        "address": address,
        "content": {
            "template": KIND,
            "due_on": due.due_on.isoformat(),
            "number": number,
            "sealed_for": place,
        },
        "due_at": wait_out_quiet(max(at, now), facts.zone),
        "patient_id": facts.patient_id,
    }


def latest_slot(due: Due, hour: int, zone: str, now: datetime) -> tuple[int, datetime] | None:
    """Return the last reminder whose time has come, counted from 1; None before the first."""
    past = [(number, at) for number, at in _slots(due, hour, zone) if at <= now]
    return past[-1] if past else None


def next_look(dues: Sequence[Due], hour: int, zone: str, now: datetime) -> datetime:
    """Return when the next reminder is due if nothing changes until then."""
    ahead = [due for due in (open_today(dues), next_due(dues)) if due is not None]
    times = [at for due in ahead for _, at in _slots(due, hour, zone) if at > now]
    return min(times, default=now + LOOK_AGAIN)


def _slots(due: Due, hour: int, zone: str) -> Iterator[tuple[int, datetime]]:
    for number, days in enumerate(AFTER_DAYS, start=1):
        day = due.due_on + timedelta(days=days)
        if day <= due.closes_on:
            yield number, wait_out_quiet(instant(day, hour, zone), zone)
