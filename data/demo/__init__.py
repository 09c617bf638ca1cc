"""A pretend group of twelve clinics, to look around in: no person or clinic in it exists.

The same seed and day make the same records. They pass through the same checks as an import, and
never into a database that holds anything else.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Engine, select

from data import clock
from data.actions.sites import insert_site
from data.audit import write_line
from data.checkins.standings import refresh_all_standings
from data.database import writing
from data.demo.checkins import make_pretend_checkins
from data.demo.exposure import make_pretend_exposure
from data.demo.flags import raise_pretend_flags
from data.demo.group import SITES, share_out
from data.demo.registrations import register_patients
from data.demo.reviews import put_pretend_prompts_aside
from data.importers.intake import Intake, Tell
from data.importers.rows import Batch
from data.results import recompute_all
from models.errors import Refused
from models.policy import Operation, Person, require_everywhere
from models.tables import Patient, Site


def create(
    engine: Engine,
    person: Person,
    *,
    seed: int = 7,
    patients: int = 1500,
    today: date | None = None,
    tell: Tell | None = None,
) -> dict[str, int]:
    """Fill an empty database with the pretend group; return how many of each were made.

    The records end the day before `today`, by default the day it is at the westernmost site, so
    that none lies in the future anywhere. Raises Refused where patients or sites exist already.
    """
    _refuse_beforehand(person, patients)
    today = today or clock.today("America/Los_Angeles")
    batch = invent(seed=seed, patients=patients, today=today)
    with writing(engine) as connection:
        _refuse_unless_empty(connection)
        for site in SITES:
            insert_site(connection, name=site.name, time_zone=site.time_zone, is_pretend=True)
        counts = {"sites": len(SITES), **_take(connection, person, batch, tell)}
        counts["check-ins"] = make_pretend_checkins(connection, seed=seed)
        counts |= make_pretend_exposure(connection, seed=seed, today=today)
        recompute_all(connection)
        refresh_all_standings(connection)
        counts["flags"] = raise_pretend_flags(connection, seed=seed)
        put_pretend_prompts_aside(connection, seed=seed, today=today)
        write_line(connection, person, Operation.IMPORT, pretend=True, seed=seed, **counts)
    return counts


def invent(*, seed: int, patients: int, today: date) -> Batch:
    """Return the pretend group's rows, patient by patient and each in order of time."""
    batch = Batch()
    for number, (site, share) in enumerate(zip(SITES, share_out(patients), strict=True)):
        for registration in register_patients(site, number, share, seed, today):
            batch.patients.append(registration.patient)
            batch.infusions += registration.infusions
            batch.scores += registration.scores
    return batch


def _refuse_beforehand(person: Person, patients: int) -> None:
    require_everywhere(person, Operation.IMPORT)
    if patients < len(SITES):
        raise Refused(f"A pretend group needs at least {len(SITES)} patients, one a site.")


def _refuse_unless_empty(connection: Connection) -> None:
    """Pretend and real data in one database would sooner or later be taken for each other."""
    for table, what in ((Patient.patient_id, "patients"), (Site.site_id, "sites")):
        if connection.scalar(select(table).limit(1)) is not None:
            raise Refused(f"No pretend group was made: this database already holds {what}.")


def _take(
    connection: Connection, person: Person, batch: Batch, tell: Tell | None
) -> dict[str, int]:
    intake = Intake(connection, person, tell)
    report = intake.take(batch)
    if report.refusals:
        raise Refused(f"No pretend group was made: {report.refusals[0]}")
    return {table: counts["added"] for table, counts in report.counts.items()}
