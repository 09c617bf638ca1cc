"""Recording and correcting urinary and cognition screens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from data import clock
from data.actions.records import add, form_key, replace
from data.database import writing
from data.places import hold_place, record_zone
from models.policy import Operation, Person
from models.screening import ScreenEntry, check_screen


def record_screen(engine: Engine, person: Person, *, patient_id: UUID, entry: ScreenEntry) -> UUID:
    """Record one screen; the same words again return the first record."""
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.RECORD_SCREEN, patient_id)
        check_screen(entry, today=clock.today(zone))
        row = {
            "patient_id": patient_id,
            "site_id": site_id,
            "entry_key": form_key(entry),
            **_values(entry),
        }
        return add(connection, person, Operation.RECORD_SCREEN, "screen", row)


def correct_screen(
    engine: Engine,
    person: Person,
    *,
    patient_id: UUID,
    screen_id: UUID,
    seen_version: int,
    entry: ScreenEntry,
    reason: str,
) -> None:
    """Replace what a screen says. Raises Conflict if it was changed since it was read."""
    with writing(engine) as connection:
        hold_place(connection, person, Operation.CORRECT_RECORD, patient_id)
        zone = record_zone(connection, "screen", patient_id, screen_id)
        check_screen(entry, today=clock.today(zone))
        replace(
            connection,
            person,
            "screen",
            patient_id=patient_id,
            record_id=screen_id,
            seen_version=seen_version,
            reason=reason,
            values=_values(entry),
        )


def _values(entry: ScreenEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "done_on": entry.done_on,
        "is_finding": entry.is_finding,
        "findings": list(entry.findings),
        "remark": entry.remark or None,
    }
