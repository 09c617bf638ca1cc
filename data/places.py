"""Where a patient is treated, once the one who asks may know of them."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from models.errors import NotFound
from models.policy import Operation, Person, require
from models.tables import RECORDS, Patient, Site

_PLACE = (
    select(Patient.site_id, Site.time_zone)
    .join(Site, Site.site_id == Patient.site_id)
    .where(Patient.patient_id == bindparam("patient_id"))
)
_HELD = _PLACE.with_for_update(of=Patient, key_share=True)


class Place(NamedTuple):
    """A site and its clock."""

    site_id: UUID
    time_zone: str


def find_place(connection: Connection, patient_id: UUID) -> Place | None:
    """Return where a patient is treated, None for one who does not exist; asks no policy."""
    return _read(connection, _PLACE, patient_id)


def hold_patient(connection: Connection, patient_id: UUID) -> Place:
    """Return the same and have the patient to oneself until the end of the transaction.

    Whoever writes does: of two at once on PostgreSQL, neither would see the other's record when
    recomputing the results. Asks no policy.
    """
    return _sure(_read(connection, _HELD, patient_id))


def place_of(
    connection: Connection, person: Person, operation: Operation, patient_id: UUID
) -> Place:
    """Return where a patient is treated, once the person may do this to this patient.

    Raises Denied in the same words for another site's patient and for one who does not exist;
    NotFound only to whoever may do it everywhere.
    """
    return _allow(_read(connection, _PLACE, patient_id), person, operation, patient_id)


def hold_place(
    connection: Connection, person: Person, operation: Operation, patient_id: UUID
) -> Place:
    """Return the same to whoever writes, and have the patient to oneself as in hold_patient."""
    return _allow(_read(connection, _HELD, patient_id), person, operation, patient_id)


def _read(
    connection: Connection, query: Select[tuple[UUID, str]], patient_id: UUID
) -> Place | None:
    row = connection.execute(query, {"patient_id": patient_id}).one_or_none()
    return None if row is None else Place(*row)


def _allow(place: Place | None, person: Person, operation: Operation, patient_id: UUID) -> Place:
    require(person, operation, site_id=place.site_id if place else None, patient_id=patient_id)
    return _sure(place)


def _sure(place: Place | None) -> Place:
    if place is None:
        raise NotFound("There is no such patient.")
    return place


def record_zone(connection: Connection, kind: str, patient_id: UUID, record_id: UUID) -> str:
    """Return the time zone of the site where a record was made; its patient may have moved."""
    table = RECORDS[kind].__table__
    zone = connection.scalar(
        select(Site.time_zone)
        .join(table, table.c.site_id == Site.site_id)
        .where(table.c.patient_id == patient_id, table.c[f"{kind}_id"] == record_id)
    )
    if zone is None:
        raise NotFound("There is no such record for this patient.")
    return zone
