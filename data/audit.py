"""The audit line: who did what to which record, written in the same transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert
from uuid_utils.compat import uuid7

from data import clock
from models.policy import Operation, Person
from models.tables import AuditLine

LINE = insert(AuditLine)


def write_line(
    connection: Connection,
    person: Person,
    operation: Operation,
    *,
    patient_id: UUID | None = None,
    record_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Add one audit line. `detail` holds names of fields and counts, never what they say."""
    connection.execute(
        LINE,
        {
            "line_id": uuid7(),
            "at": clock.now(),
            "person": person.name,
            "role": "+".join(sorted(person.roles)),
            "operation": operation.value,
            "patient_id": patient_id,
            "record_id": record_id,
            "detail": detail,
        },
    )
