"""Submitting a check-in: every instrument's assessment, flags and the used link, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, update

from data import clock
from data.actions.assessments import assessment_values
from data.actions.records import add
from data.audit import write_line
from data.checkins.filling import Filling, Who, find_filling, instruments_of
from data.checkins.links import LinkOver, use_links
from data.checkins.receipts import entry_start, make_receipt
from data.checkins.standings import refresh_standings
from data.database import writing
from data.flags import raise_flags
from data.places import Place, hold_patient
from models.checkins.forms import Receipt, items_of
from models.entries import AssessmentEntry, ScoredAssessment, score_assessment
from models.errors import Refused
from models.instrument import Instrument
from models.outcomes.history import Moment
from models.policy import Operation
from models.tables import CheckIn

RECORDED_BY = "check-in"


def submit(
    engine: Engine, who: Who, *, key: str | None = None, client: str | None = None
) -> Receipt:
    """Submit what was answered, once; every later submit returns the same receipt.

    What was not reached is a blank, never a zero. Raises Refused where nothing was answered at
    all, LinkOver for a link that is too old.
    """
    with writing(engine) as connection:
        filling = find_filling(connection, who, key, client)
        # The patient first, as everybody who writes records: of two at once the later waits here.
        place = hold_patient(connection, filling.row.patient_id)
        filling = find_filling(connection, who, key, client, hold=True)
        if filling.is_open:
            record_filling(connection, filling, place, at=clock.now())
            filling = find_filling(connection, who, key, client)
        return make_receipt(connection, filling)


def record_filling(
    connection: Connection, filling: Filling, place: Place, *, at: datetime, **detail: Any
) -> None:
    """Write down a check-in as answered `at` that time; the patient must be held."""
    row = filling.row
    if not any(row.answers.values()):
        raise Refused("Nothing has been answered yet.")
    if not use_links(connection, filling.token, row.patient_id, row.due_on):
        raise LinkOver
    made = _record(connection, filling, place, at)
    raise_flags(connection, [row.patient_id], entered=made)
    here = (CheckIn.patient_id == row.patient_id) & (CheckIn.checkin_id == row.checkin_id)
    values = {"mode": filling.mode, "submitted_at": clock.now()}
    connection.execute(update(CheckIn).where(here).values(**values))
    refresh_standings(connection, [row.patient_id])
    write_line(
        connection,
        filling.actor,
        Operation.ANSWER_CHECKIN,
        site_id=place.site_id,
        patient_id=row.patient_id,
        record_id=row.checkin_id,
        event="submitted",
        mode=filling.mode,
        instruments=list(row.instruments),
        **detail,
    )


def _record(connection: Connection, filling: Filling, place: Place, at: datetime) -> list[UUID]:
    """Record an assessment of each instrument on the site's clock, as staff would."""
    local = at.astimezone(ZoneInfo(place.time_zone))
    moment = Moment(local.date(), local.time())
    made = []
    for instrument in instruments_of(filling.row):
        items = items_of(instrument, filling.row.answers)
        if items.count(None) == len(items) and instrument.safety_item is None:
            continue  # they would rather not say, and there is nothing to record
        entry = AssessmentEntry(moment, instrument.code, filling.mode, items)
        values = assessment_values(entry, _score(entry, instrument), place.time_zone)
        row = {
            "patient_id": filling.row.patient_id,
            "site_id": place.site_id,
            "entry_key": entry_start(filling.row.checkin_id) + instrument.code,
            **values,
        }
        actor = replace(filling.actor, name=RECORDED_BY)
        made.append(add(connection, actor, Operation.ANSWER_CHECKIN, "assessment", row))
    return made


def _score(entry: AssessmentEntry, instrument: Instrument) -> ScoredAssessment:
    """A form left blank altogether is kept where it asks about suicide: that was not answered."""
    assert entry.items is not None
    if entry.items.count(None) == len(entry.items):
        return ScoredAssessment(None, False, None)
    return score_assessment(entry, instrument, today=entry.moment.day)
