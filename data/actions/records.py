"""What every clinical record shares: entered once, corrected with a reason, never overwritten."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Insert, Table, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.checkins.dues import ENTRY
from data.checkins.standings import refresh_standings
from data.flags import raise_flags
from data.results import recompute
from models.entries import AssessmentEntry, InfusionEntry
from models.errors import Conflict, NotFound, Refused
from models.policy import Operation, Person
from models.screening import ScreenEntry
from models.tables import RECORDS, EarlierVersion

FORM = "form:"

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def form_key(entry: InfusionEntry | AssessmentEntry | ScreenEntry) -> str:
    """Return the key of an entry typed in: the same words twice, as by a double click, are one."""
    return FORM + hashlib.blake2b(repr(entry).encode(), digest_size=16).hexdigest()


def add(
    connection: Connection, person: Person, operation: Operation, kind: str, row: dict[str, Any]
) -> UUID:
    """Add a record and bring the results up to date; the same entry twice is one record."""
    table = RECORDS[kind].__table__
    key = f"{kind}_id"
    record_id = uuid7()
    stamp = {"version": 1, "recorded_at": clock.now(), "recorded_by": person.name}
    try:
        added = connection.execute(
            _insert_once(kind, connection.dialect.name), {**row, **stamp, key: record_id}
        )
    except IntegrityError as error:
        raise NotFound("There is no such patient or site.") from error
    if not added.rowcount:
        return _already_entered(connection, table, key, row)
    recompute(connection, [row["patient_id"]])
    if not row["entry_key"].startswith(ENTRY):  # a check-in counts once it is submitted
        refresh_standings(connection, [row["patient_id"]])
    if kind == "assessment":
        raise_flags(connection, [row["patient_id"]], entered=[record_id])
    write_line(
        connection,
        person,
        operation,
        site_id=row["site_id"],
        patient_id=row["patient_id"],
        record_id=record_id,
    )
    return record_id


@cache
def _insert_once(kind: str, dialect: str) -> Insert:
    """Insert nothing where the patient already has this entry, without ending the transaction."""
    return (
        INSERTS[dialect](RECORDS[kind].__table__)
        .on_conflict_do_nothing(index_elements=["patient_id", "entry_key"])
        .execution_options(preserve_rowcount=True)
    )


def _already_entered(connection: Connection, table: Table, key: str, row: dict[str, Any]) -> UUID:
    return connection.scalars(
        select(table.c[key]).where(
            table.c.patient_id == row["patient_id"], table.c.entry_key == row["entry_key"]
        )
    ).one()


def replace(
    connection: Connection,
    person: Person,
    kind: str,
    *,
    patient_id: UUID,
    record_id: UUID,
    seen_version: int,
    reason: str,
    values: dict[str, Any],
) -> None:
    """Write a new version of a record and keep the old one readable.

    Raises Conflict when somebody else has changed the record since `seen_version` was read.
    """
    if not reason.strip():
        raise Refused("A correction needs a reason.")
    table = RECORDS[kind].__table__
    here = (table.c.patient_id == patient_id) & (table.c[f"{kind}_id"] == record_id)
    before = connection.execute(select(table).where(here)).mappings().one_or_none()
    if before is None:
        raise NotFound("There is no such record for this patient.")
    if before["entry_key"].startswith(FORM):
        # What it said at first is no longer in the chart, so the same words may be entered again.
        values = {**values, "entry_key": f"{FORM}{record_id}"}
    moved = connection.execute(
        update(table)
        .where(here, table.c.version == seen_version, table.c.withdrawn_at.is_(None))
        .values(
            **values,
            version=seen_version + 1,
            recorded_at=clock.now(),
            recorded_by=person.name,
        )
    )
    if moved.rowcount != 1:
        raise Conflict(f"This {kind} was changed by {before['recorded_by']} in the meantime.")
    keep_earlier(connection, person, kind, record_id, dict(before), reason)
    recompute(connection, [patient_id])
    refresh_standings(connection, [patient_id])
    if kind == "assessment":
        raise_flags(connection, [patient_id], entered=[record_id])
    changed = sorted(
        name for name, value in values.items() if before[name] != value and name != "entry_key"
    )
    write_line(
        connection,
        person,
        Operation.CORRECT_RECORD,
        site_id=before["site_id"],
        patient_id=patient_id,
        record_id=record_id,
        kind=kind,
        version=seen_version + 1,
        fields=changed,
    )


def keep_earlier(
    connection: Connection,
    person: Person,
    kind: str,
    record_id: UUID,
    before: dict[str, Any],
    reason: str,
) -> None:
    connection.execute(
        insert(EarlierVersion),
        {
            "patient_id": before["patient_id"],
            "record_id": record_id,
            "version": before["version"],
            "kind": kind,
            "body": {name: _plain(value) for name, value in before.items()},
            "reason": reason.strip()[:400],
            "replaced_at": clock.now(),
            "replaced_by": person.name,
        },
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
