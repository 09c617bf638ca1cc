"""The group as a whole: its sites, and whether it is pretend."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from models.policy import Operation, Person, Relation, readable_sites
from models.tables import Patient, Site


@dataclass(frozen=True)
class Group:
    """`sites` by name; `zone` is that of the first, by which a list's "today" is reckoned."""

    sites: dict[str, UUID]
    zone: str
    is_pretend: bool
    has_patients: bool


def read_group(engine: Engine, person: Person) -> Group:
    """Return the sites whose patients or figures a person may see; a patient sees their own."""
    with reading(engine) as connection:
        sites = _sites_of(person)
        query = select(Site.name, Site.site_id, Site.time_zone, Site.is_pretend)
        patients = select(Patient.patient_id).limit(1)
        if sites is not None:
            query = query.where(Site.site_id.in_(sites))
            patients = patients.where(Patient.site_id.in_(sites))
        rows = connection.execute(query.order_by(Site.name)).all()
        is_pretend = connection.scalar(select(Site.site_id).where(Site.is_pretend).limit(1))
        has_patients = connection.scalar(patients) is not None
    return Group(
        {row.name: row.site_id for row in rows},
        rows[0].time_zone if rows else "UTC",
        is_pretend is not None,
        has_patients,
    )


def _sites_of(person: Person) -> frozenset[UUID] | None:
    if person.may(Operation.READ_OWN, Relation.OWN):
        return frozenset()
    readable_sites(person, Operation.READ_DEFINITIONS)
    sees_group = any(
        person.may(operation, Relation.OTHER_SITE)
        for operation in (Operation.READ_CURVES, Operation.MANAGE_SITES)
    )
    return None if sees_group else person.sites
