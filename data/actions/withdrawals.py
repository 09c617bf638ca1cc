"""Taking a record that should never have been entered out of the chart."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine

from data import clock
from data.actions.records import replace
from data.database import writing
from data.places import hold_place
from models.policy import Operation, Person


def withdraw_record(
    engine: Engine,
    person: Person,
    kind: str,
    *,
    patient_id: UUID,
    record_id: UUID,
    seen_version: int,
    reason: str,
) -> None:
    """Withdraw a record entered by mistake; it stays readable with its reason."""
    with writing(engine) as connection:
        hold_place(connection, person, Operation.CORRECT_RECORD, patient_id)
        replace(
            connection,
            person,
            kind,
            patient_id=patient_id,
            record_id=record_id,
            seen_version=seen_version,
            reason=reason,
            values={"withdrawn_at": clock.now()},
        )
