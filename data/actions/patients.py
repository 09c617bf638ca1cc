"""Registering patients."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.checkins.standings import refresh_standings
from data.database import writing
from data.formulas import guard
from data.results import recompute
from models.errors import NotFound, Refused
from models.policy import Operation, Person, require
from models.tables import Patient, PatientSite, Site


@dataclass(frozen=True, slots=True)
class PatientEntry:
    code: str
    site_id: UUID
    name: str | None = None
    date_of_birth: date | None = None
    birth_year: int | None = None
    sex: str | None = None
    indication: str | None = None
    left_on: date | None = None
    covariates: dict[str, Any] = field(default_factory=dict)


def register_patient(engine: Engine, person: Person, *, entry: PatientEntry) -> UUID:
    """Register a patient. Raises Refused if the clinic's number is already in use."""
    with writing(engine) as connection:
        require(person, Operation.REGISTER_PATIENT, site_id=entry.site_id)
        code = entry.code.strip()
        if not code or len(code) > 80 or guard(code) != code:
            raise Refused("A patient needs a number of 1 to 80 characters, not a formula.")
        if connection.scalar(select(Patient.patient_id).where(Patient.code == code)):
            raise Refused(f"Patient number {code} is already in use.")
        zone = connection.scalar(select(Site.time_zone).where(Site.site_id == entry.site_id))
        if zone is None:
            raise NotFound("There is no such site.")
        patient_id = uuid7()
        row = {
            "patient_id": patient_id,
            "code": code,
            "site_id": entry.site_id,
            "name": entry.name,
            "date_of_birth": entry.date_of_birth,
            "birth_year": entry.birth_year,
            "sex": entry.sex,
            "indication": entry.indication,
            "left_on": entry.left_on,
            "covariates": entry.covariates,
            "recorded_at": clock.now(),
            "recorded_by": person.name,
        }
        try:
            connection.execute(insert(Patient), row)
        except IntegrityError as error:  # somebody registered it a moment ago
            raise Refused(f"Patient number {code} is already in use.") from error
        connection.execute(
            insert(PatientSite),
            {"patient_id": patient_id, "from_on": clock.today(zone), "site_id": entry.site_id},
        )
        recompute(connection, [patient_id])
        refresh_standings(connection, [patient_id])
        write_line(
            connection,
            person,
            Operation.REGISTER_PATIENT,
            site_id=entry.site_id,
            patient_id=patient_id,
        )
        return patient_id
