"""One record as it stands, and everything it said before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from data.looks import note_chart_look
from data.places import place_of, record_zone
from models.policy import Operation, Person
from models.tables import RECORDS, EarlierVersion


def read_record(
    engine: Engine, person: Person, kind: str, *, patient_id: UUID, record_id: UUID
) -> dict[str, Any]:
    """Return a record's columns with the zone of its site; raises NotFound for a stranger's."""
    table = RECORDS[kind].__table__
    with reading(engine) as connection:
        site_id, _ = place_of(connection, person, Operation.READ_CHART, patient_id)
        zone = record_zone(connection, kind, patient_id, record_id)
        row = (
            connection.execute(
                select(table).where(
                    table.c.patient_id == patient_id, table.c[f"{kind}_id"] == record_id
                )
            )
            .mappings()
            .one()
        )
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    return {**row, "time_zone": zone}


def read_earlier_versions(
    engine: Engine, person: Person, *, patient_id: UUID
) -> list[dict[str, Any]]:
    """Return every earlier version of a patient's records, the latest first."""
    table = EarlierVersion.__table__
    with reading(engine) as connection:
        site_id, _ = place_of(connection, person, Operation.READ_CHART, patient_id)
        rows = connection.execute(
            select(table)
            .where(table.c.patient_id == patient_id)
            .order_by(table.c.replaced_at.desc())
        )
        versions = [dict(row) for row in rows.mappings()]
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    return versions
