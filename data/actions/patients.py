"""Registering patients, and correcting what was registered."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from data import clock
from data.actions.records import keep_earlier
from data.audit import write_line
from data.checkins.standings import refresh_standings
from data.database import writing
from data.formulas import guard
from data.places import hold_place
from data.results import recompute
from models.errors import Conflict, NotFound, Refused
from models.policy import Operation, Person, require
from models.registration import PatientEntry
from models.tables import Patient, PatientSite, Site

FIRST_BIRTH_YEAR = 1900


def register_patient(engine: Engine, person: Person, *, entry: PatientEntry) -> UUID:
    """Register a patient. Raises Refused if the clinic's number is already in use."""
    with writing(engine) as connection:
        require(person, Operation.REGISTER_PATIENT, site_id=entry.site_id)
        patient_id = uuid7()
        code = _check_code(connection, entry.code, patient_id)
        zone = _zone_of(connection, entry.site_id)
        _check_birth_year(entry.birth_year, zone)
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


def correct_patient(
    engine: Engine,
    person: Person,
    *,
    patient_id: UUID,
    seen_version: int,
    entry: PatientEntry,
    reason: str,
) -> None:
    """Write what a registration should say; its earlier version is kept with the reason.

    The covariates and the day of birth, which no form shows, stay as they are. Whoever moves a
    patient to another site must be allowed to correct at both. Raises Conflict when somebody
    else has changed it since `seen_version` was read.
    """
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.CORRECT_RECORD, patient_id)
        if entry.site_id != site_id:
            require(person, Operation.CORRECT_RECORD, site_id=entry.site_id)
            zone = _zone_of(connection, entry.site_id)
        if not reason.strip():
            raise Refused("A correction needs a reason.")
        here = Patient.patient_id == patient_id
        before = connection.execute(select(Patient.__table__).where(here)).mappings().one()
        if before["version"] != seen_version:
            raise Conflict(f"This patient was changed by {before['recorded_by']} in the meantime.")
        values = {
            "code": _check_code(connection, entry.code, patient_id),
            "site_id": entry.site_id,
            "name": entry.name,
            "birth_year": entry.birth_year,
            "sex": entry.sex,
            "indication": entry.indication,
            "left_on": entry.left_on,
        }
        changed = sorted(name for name, value in values.items() if before[name] != value)
        if not changed:
            raise Refused("Nothing is different from what is recorded.")
        _check_changes(entry, changed, zone)
        keep_earlier(connection, person, "patient", patient_id, dict(before), reason)
        stamp = {"recorded_at": clock.now(), "recorded_by": person.name}
        try:
            connection.execute(
                update(Patient).where(here).values(**values, version=seen_version + 1, **stamp)
            )
        except IntegrityError as error:  # somebody took the number a moment ago
            raise Refused(f"Patient number {values['code']} is already in use.") from error
        if entry.site_id != site_id:
            note_move(connection, patient_id, entry.site_id, zone)
        recompute(connection, [patient_id])
        refresh_standings(connection, [patient_id])
        write_line(
            connection,
            person,
            Operation.CORRECT_RECORD,
            site_id=site_id,
            patient_id=patient_id,
            kind="patient",
            version=seen_version + 1,
            fields=changed,
        )


def note_move(connection: Connection, patient_id: UUID, site_id: UUID, time_zone: str) -> None:
    """Note since when a patient belongs to a site; a second move that day replaces the first."""
    today = clock.today(time_zone)
    here = (PatientSite.patient_id == patient_id) & (PatientSite.from_on == today)
    moved = connection.execute(update(PatientSite).where(here).values(site_id=site_id))
    if moved.rowcount == 0:
        row = {"patient_id": patient_id, "from_on": today, "site_id": site_id}
        connection.execute(insert(PatientSite), row)


def _check_code(connection: Connection, code: str, patient_id: UUID) -> str:
    """Return a number without blanks around it, free or this patient's own."""
    code = code.strip()
    if not code or len(code) > 80 or guard(code) != code:
        raise Refused("A patient needs a number of 1 to 80 characters, not a formula.")
    others = select(Patient.patient_id).where(
        Patient.code == code, Patient.patient_id != patient_id
    )
    if connection.scalar(others):
        raise Refused(f"Patient number {code} is already in use.")
    return code


def _zone_of(connection: Connection, site_id: UUID) -> str:
    zone = connection.scalar(select(Site.time_zone).where(Site.site_id == site_id))
    if zone is None:
        raise NotFound("There is no such site.")
    return zone


def _check_changes(entry: PatientEntry, changed: Collection[str], zone: str) -> None:
    """Ask only of what is new: what a file brought in must not stand in the way of the rest."""
    if "birth_year" in changed:
        _check_birth_year(entry.birth_year, zone)
    if "left_on" in changed and entry.left_on and entry.left_on > clock.today(zone):
        raise Refused("A patient cannot have left on a day that has not come yet.")


def _check_birth_year(year: int | None, zone: str) -> None:
    this_year = clock.today(zone).year
    if year is not None and not FIRST_BIRTH_YEAR <= year <= this_year:
        raise Refused(f"Year of birth {year}: expected {FIRST_BIRTH_YEAR} to {this_year}.")
