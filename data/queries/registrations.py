"""What a patient was registered with, as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from data.looks import note_chart_look
from data.places import place_of
from models.policy import Operation, Person
from models.registration import PatientEntry
from models.tables import Patient


@dataclass(frozen=True)
class Registration:
    """What is registered, in which version. The entry leaves out what no form shows."""

    entry: PatientEntry
    version: int


def read_registration(engine: Engine, person: Person, *, patient_id: UUID) -> Registration:
    """Return what is registered of a patient; raises NotFound for one who is not there."""
    with reading(engine) as connection:
        site_id, _ = place_of(connection, person, Operation.READ_CHART, patient_id)
        row = connection.execute(select(Patient).where(Patient.patient_id == patient_id)).one()
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    entry = PatientEntry(
        code=row.code,
        site_id=row.site_id,
        name=row.name,
        birth_year=row.birth_year,
        sex=row.sex,
        indication=row.indication,
        left_on=row.left_on,
    )
    return Registration(entry, row.version)
