"""What was given last time, to be offered again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from data.looks import note_chart_look
from data.places import place_of
from models.policy import Operation, Person
from models.tables import Infusion


def read_latest_infusion(
    engine: Engine, person: Person, *, patient_id: UUID
) -> dict[str, Any] | None:
    """Return the columns of the patient's last infusion; None before the first."""
    table = Infusion.__table__
    with reading(engine) as connection:
        site_id, _ = place_of(connection, person, Operation.READ_CHART, patient_id)
        row = (
            connection.execute(
                select(table)
                .where(table.c.patient_id == patient_id, table.c.withdrawn_at.is_(None))
                .order_by(table.c.given_on.desc(), table.c.infusion_id.desc())
                .limit(1)
            )
            .mappings()
            .one_or_none()
        )
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    return None if row is None else dict(row)
