"""Recording and correcting infusions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from data import clock
from data.actions.records import add, form_key, replace
from data.database import writing
from data.places import hold_place, record_zone
from models.entries import PLAUSIBLE, InfusionEntry, check_infusion
from models.policy import Operation, Person
from models.spellings import tidy


def record_infusion(
    engine: Engine, person: Person, *, patient_id: UUID, entry: InfusionEntry
) -> UUID:
    """Record one infusion; the same words again return the first record."""
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.RECORD_INFUSION, patient_id)
        check_infusion(entry, today=clock.today(zone))
        row = {
            "patient_id": patient_id,
            "site_id": site_id,
            "entry_key": form_key(entry),
            **infusion_values(entry, zone),
        }
        return add(connection, person, Operation.RECORD_INFUSION, "infusion", row)


def correct_infusion(
    engine: Engine,
    person: Person,
    *,
    patient_id: UUID,
    infusion_id: UUID,
    seen_version: int,
    entry: InfusionEntry,
    reason: str,
) -> None:
    """Replace what an infusion says. Raises Conflict if it was changed since it was read."""
    with writing(engine) as connection:
        hold_place(connection, person, Operation.CORRECT_RECORD, patient_id)
        zone = record_zone(connection, "infusion", patient_id, infusion_id)
        check_infusion(entry, today=clock.today(zone))
        replace(
            connection,
            person,
            "infusion",
            patient_id=patient_id,
            record_id=infusion_id,
            seen_version=seen_version,
            reason=reason,
            values=infusion_values(entry, zone),
        )


def infusion_values(entry: InfusionEntry, zone: str) -> dict[str, Any]:
    """Return the columns an entry fills, blanks included."""
    return {
        "given_on": entry.moment.day,
        "given_at": clock.instant(entry.moment.day, entry.moment.time, zone),
        "drug": entry.drug,
        "route": entry.route,
        "adverse_events": list(entry.adverse_events),
        "note": entry.note or None,
        "given_by": tidy(entry.given_by or "") or None,
        **{name: entry.measures.get(name) for name in PLAUSIBLE},
    }
