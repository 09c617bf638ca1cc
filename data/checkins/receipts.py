"""The receipt of a submitted check-in, and what a site says to somebody in danger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data import clock
from data.checkins.dues import ENTRY, dues_of
from data.checkins.filling import Filling, instruments_of
from models.checkins.forms import Receipt, Support, asks_for_support
from models.checkins.schedule import next_due
from models.tables import Assessment, CrisisText, Flag, Patient

LAST_POINTS = 8
# On a link the whole receipt is for whoever has just submitted; a link may be passed on later.
WHOLE_FOR = timedelta(minutes=15)


def entry_start(checkin_id: UUID) -> str:
    """Return how the entry keys of one check-in's assessments begin."""
    return f"{ENTRY}{checkin_id.hex}:"


def make_receipt(connection: Connection, filling: Filling) -> Receipt:
    """Return the receipt of a submitted check-in; bare where a link is looked at again later."""
    row, is_link = filling.row, filling.token is not None
    found = dues_of(connection, row.patient_id)
    assert found is not None  # a check-in has a patient
    facts, dues = found
    upcoming = next_due(dues)
    is_bare = is_link and clock.now() - row.submitted_at >= WHOLE_FOR
    asked = sum(each.items_count for each in instruments_of(row))
    given = [value for items in row.answers.values() for value in items.values()]
    return Receipt(
        key=str(row.checkin_id),
        due_on=row.due_on,
        saved_at=row.submitted_at.astimezone(ZoneInfo(facts.zone)),
        asked=asked,
        answered=0 if is_bare else len(given) - given.count(None),
        next_due_on=upcoming.due_on if upcoming else None,
        points={} if is_bare else _points(connection, row, is_link),
        needs_support=not is_bare and _needs_support(connection, row),
        support=support_of(connection, row.patient_id),
        language=row.language,
        mode=row.mode,
        is_bare=is_bare,
    )


def _points(
    connection: Connection, row: Any, is_link: bool
) -> dict[str, tuple[tuple[date, float], ...]]:
    """Return totals by day and instrument: on a link those of this form, never any history."""
    query = (
        select(Assessment.instrument, Assessment.taken_on, Assessment.total)
        .where(
            Assessment.patient_id == row.patient_id,
            Assessment.instrument.in_(row.instruments),
            Assessment.withdrawn_at.is_(None),
            Assessment.total.is_not(None),
        )
        .order_by(
            Assessment.taken_on,
            Assessment.taken_at.is_not(None),
            Assessment.taken_at,
            Assessment.assessment_id,
        )
    )
    if is_link:
        query = query.where(Assessment.entry_key.startswith(entry_start(row.checkin_id)))
    found: dict[str, dict[date, float]] = {code: {} for code in row.instruments}
    for instrument, day, total in connection.execute(query):
        found[instrument][day] = total
    return {code: tuple(days.items())[-LAST_POINTS:] for code, days in found.items() if days}


def _needs_support(connection: Connection, row: Any) -> bool:
    """By the item about suicide, or by a rule of the clinic's own that raised a flag."""
    if asks_for_support(instruments_of(row), row.answers):
        return True
    flagged = (
        select(Flag.flag_id)
        .join(
            Assessment,
            (Assessment.patient_id == Flag.patient_id)
            & (Assessment.assessment_id == Flag.assessment_id),
        )
        .where(
            Flag.patient_id == row.patient_id,
            Assessment.entry_key.startswith(entry_start(row.checkin_id)),
        )
        .limit(1)
    )
    return connection.scalar(flagged) is not None


def support_of(connection: Connection, patient_id: UUID) -> Support:
    """Return what the patient's site says, or our own words where it has written nothing."""
    text = connection.execute(
        select(CrisisText.body, CrisisText.phone)
        .join(Patient, Patient.site_id == CrisisText.site_id)
        .where(Patient.patient_id == patient_id)
        .order_by(CrisisText.revision.desc())
        .limit(1)
    ).one_or_none()
    if text is None or not text.body.strip():
        return Support()
    return Support(text.body, text.phone, is_own=True)
