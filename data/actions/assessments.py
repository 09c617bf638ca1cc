"""Recording and correcting assessments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from data import clock
from data.actions.records import add, form_key, replace
from data.database import writing
from data.instruments import catalogue
from data.places import hold_place, record_zone
from models.entries import AssessmentEntry, InvalidEntry, ScoredAssessment, score_assessment
from models.instrument import Instrument
from models.policy import Operation, Person


def record_assessment(
    engine: Engine, person: Person, *, patient_id: UUID, entry: AssessmentEntry
) -> UUID:
    """Record one assessment; the same words again return the first record."""
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.RECORD_ASSESSMENT, patient_id)
        row = {
            "patient_id": patient_id,
            "site_id": site_id,
            "entry_key": form_key(entry),
            **_checked_values(entry, zone),
        }
        return add(connection, person, Operation.RECORD_ASSESSMENT, "assessment", row)


def correct_assessment(
    engine: Engine,
    person: Person,
    *,
    patient_id: UUID,
    assessment_id: UUID,
    seen_version: int,
    entry: AssessmentEntry,
    reason: str,
) -> None:
    """Replace what an assessment says. Raises Conflict if it was changed since it was read."""
    with writing(engine) as connection:
        hold_place(connection, person, Operation.CORRECT_RECORD, patient_id)
        zone = record_zone(connection, "assessment", patient_id, assessment_id)
        replace(
            connection,
            person,
            "assessment",
            patient_id=patient_id,
            record_id=assessment_id,
            seen_version=seen_version,
            reason=reason,
            values=_checked_values(entry, zone),
        )


def _checked_values(entry: AssessmentEntry, zone: str) -> dict[str, Any]:
    instrument = _known(entry.instrument)
    scored = score_assessment(entry, instrument, today=clock.today(zone))
    return assessment_values(entry, scored, zone)


def _known(code: str) -> Instrument:
    instrument = catalogue().get(code)
    if instrument is None:
        raise InvalidEntry("instrument", f"instrument {code!r} is not one this clinic uses")
    return instrument


def assessment_values(
    entry: AssessmentEntry, scored: ScoredAssessment, zone: str
) -> dict[str, Any]:
    """Return the columns an entry fills, blanks included."""
    return {
        "instrument": entry.instrument,
        "taken_on": entry.moment.day,
        "taken_at": clock.instant(entry.moment.day, entry.moment.time, zone),
        "mode": entry.mode,
        "items": None if entry.items is None else list(entry.items),
        "safety_answer": scored.safety_answer,
        "total": scored.total,
        "stated_total": entry.stated_total,
        "is_prorated": scored.is_prorated,
        "note": entry.note or None,
    }
