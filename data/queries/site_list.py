"""The sites of the group, as whoever opens and renames them sees them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, func, select

from data.database import reading
from models.policy import Operation, Person, require_everywhere
from models.tables import Patient, Site


@dataclass(frozen=True)
class SiteRow:
    """`patients` counts everybody ever registered there who has not left."""

    site_id: UUID
    name: str
    time_zone: str
    patients: int


def list_sites(engine: Engine, person: Person) -> list[SiteRow]:
    """Return all sites by name."""
    with reading(engine) as connection:
        require_everywhere(person, Operation.MANAGE_SITES)
        query = (
            select(Site.site_id, Site.name, Site.time_zone, func.count(Patient.patient_id))
            .outerjoin(Patient, (Patient.site_id == Site.site_id) & Patient.left_on.is_(None))
            .group_by(Site.site_id, Site.name, Site.time_zone)
            .order_by(Site.name)
        )
        return [SiteRow(*row) for row in connection.execute(query)]
