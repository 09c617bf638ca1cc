"""What a patient may read of themselves: recorded scores, infusions, and their site's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, select

from data import clock
from data.database import reading
from data.looks import note_look
from models.errors import NotFound
from models.policy import Operation, Person, require
from models.tables import Assessment, CrisisText, Infusion, Patient, Site


@dataclass(frozen=True)
class Own:
    """`scores` by instrument: (day, total), one a day, the last that day, oldest first; forms
    without a total are left out. `infusions` are days, newest first. `crisis` is the site's own
    text and phone number, None until it has written one.
    """

    name: str | None
    site: str
    scores: Mapping[str, tuple[tuple[date, float], ...]]
    infusions: tuple[date, ...]
    crisis: tuple[str, str | None] | None
    today: date


def read_own(engine: Engine, person: Person) -> Own:
    """Return what is recorded of the person themselves; nobody else's can be asked for."""
    patient_id = person.patient_id
    with reading(engine) as connection:
        require(person, Operation.READ_OWN, patient_id=patient_id)
        row = connection.execute(
            select(Patient.name, Patient.site_id, Site.name.label("site"), Site.time_zone)
            .join(Site, Site.site_id == Patient.site_id)
            .where(Patient.patient_id == patient_id)
        ).one_or_none()
        if patient_id is None or row is None:
            raise NotFound("There is no such patient.")
        own = Own(
            row.name,
            row.site,
            _scores(connection, patient_id),
            tuple(connection.scalars(_infusion_days(patient_id))),
            _crisis(connection, row.site_id),
            clock.today(row.time_zone),
        )
    note_look(engine, person, Operation.READ_OWN, site_id=row.site_id, patient_id=patient_id)
    return own


def _scores(connection: Connection, patient_id: UUID) -> dict[str, tuple[tuple[date, float], ...]]:
    """A form without a time came first that day, as everywhere else; ids are in order of entry."""
    query = (
        select(Assessment.instrument, Assessment.taken_on, Assessment.total)
        .where(
            Assessment.patient_id == patient_id,
            Assessment.withdrawn_at.is_(None),
            Assessment.total.is_not(None),
        )
        .order_by(
            Assessment.taken_on,
            Assessment.taken_at.is_not(None),
            Assessment.taken_at,
            Assessment.assessment_id,
        )
    )
    found: dict[str, dict[date, float]] = {}
    for instrument, day, total in connection.execute(query):
        found.setdefault(instrument, {})[day] = total
    return {instrument: tuple(days.items()) for instrument, days in sorted(found.items())}


def _infusion_days(patient_id: UUID) -> Select[tuple[date]]:
    return (
        select(Infusion.given_on)
        .where(Infusion.patient_id == patient_id, Infusion.withdrawn_at.is_(None))
        .distinct()
        .order_by(Infusion.given_on.desc())
    )


def _crisis(connection: Connection, site_id: UUID) -> tuple[str, str | None] | None:
    row = connection.execute(
        select(CrisisText.body, CrisisText.phone)
        .where(CrisisText.site_id == site_id)
        .order_by(CrisisText.revision.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None or not row.body.strip() else (row.body, row.phone)
