"""The group as a whole: its sites, and whether it is pretend."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, Site


@dataclass(frozen=True)
class Group:
    """`sites` by name; `zone` is that of the first, by which a list's "today" is reckoned."""

    sites: dict[str, UUID]
    zone: str
    is_pretend: bool
    has_patients: bool


def read_group(engine: Engine, person: Person) -> Group:
    query = select(Site.name, Site.site_id, Site.time_zone, Site.is_pretend).order_by(Site.name)
    sites = readable_sites(person, Operation.LIST_PATIENTS)
    if sites is not None:
        query = query.where(Site.site_id.in_(sites))
    with reading(engine) as connection:
        rows = connection.execute(query).all()
        has_patients = connection.scalar(select(Patient.patient_id).limit(1)) is not None
    return Group(
        {row.name: row.site_id for row in rows},
        rows[0].time_zone if rows else "UTC",
        any(row.is_pretend for row in rows),
        has_patients,
    )
