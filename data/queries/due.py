"""What is due, what was filled in of what was expected, and who has missed forms in a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, exists, or_, select

from data import clock
from data.actions.records import PLACE
from data.checkins.dues import Facts, dues_of, load_facts
from data.checkins.plans import plan_in_force
from data.database import reading
from data.looks import note_look
from data.queries.statuses import is_here
from models.checkins.plan import Plan
from models.checkins.schedule import Due, State, completion, missed_in_a_row
from models.disclosure import is_shown
from models.errors import NotFound
from models.policy import Operation, Person, Relation, readable_sites, require
from models.tables import CheckIn, CheckInLink, CheckInWishes, Infusion, Patient, Site

MISSED_SHOWN = 2  # full forms in a row, before a clinician hears of it
# A form missed longer ago is no news: the plan is over, or they have stopped it since.
STILL_NEWS = timedelta(days=28)


@dataclass(frozen=True)
class PatientDue:
    """A patient's forms since registration and the next one, on their own calendar.

    `done` of `expected` counts those whose time is over.
    """

    dues: tuple[Due, ...]
    done: int
    expected: int
    missed_in_a_row: int
    today: date
    zone: str


@dataclass(frozen=True)
class SiteCompletion:
    """Counts only; None where too few patients stand behind them."""

    site_id: UUID
    site: str
    patients: int | None
    done: int | None
    expected: int | None


@dataclass(frozen=True)
class MissedForms:
    """Somebody who was asked and has missed forms in a row; `last_on` is their last one done."""

    patient_id: UUID
    code: str
    name: str | None
    site: str
    missed: int
    last_on: date | None
    due_on: date


@dataclass(frozen=True)
class Remark:
    """What a patient wanted to say besides, with the check-in of `due_on`."""

    due_on: date
    submitted_at: datetime
    chips: tuple[str, ...]
    note: str | None


def read_due(engine: Engine, person: Person, patient_id: UUID) -> PatientDue:
    """Return what is due to the patient themselves, or to whoever may read their chart."""
    site_id, operation = None, Operation.READ_CHART
    with reading(engine) as connection:
        site_id, operation = _require(connection, person, patient_id)
        found = dues_of(connection, patient_id)
        if found is None:
            raise NotFound("There is no such patient.")
    facts, dues = found
    note_look(engine, person, operation, site_id=site_id, patient_id=patient_id)
    done, expected = completion(dues)
    return PatientDue(dues, done, expected, missed_in_a_row(dues), facts.today, facts.zone)


def read_remarks(engine: Engine, person: Person, patient_id: UUID) -> tuple[Remark, ...]:
    """Return what a patient said with submitted check-ins, newest first."""
    with reading(engine) as connection:
        site_id, operation = _require(connection, person, patient_id)
        query = (
            select(CheckIn.due_on, CheckIn.submitted_at, CheckIn.chips, CheckIn.note)
            .where(CheckIn.patient_id == patient_id, CheckIn.submitted_at.is_not(None))
            .order_by(CheckIn.submitted_at.desc())
        )
        rows = connection.execute(query).all()
    note_look(engine, person, operation, site_id=site_id, patient_id=patient_id)
    return tuple(
        Remark(row.due_on, row.submitted_at, tuple(row.chips), row.note)
        for row in rows
        if row.chips or row.note
    )


def _require(
    connection: Connection, person: Person, patient_id: UUID
) -> tuple[UUID | None, Operation]:
    """Return the patient's site and the operation by which this person reads of them."""
    place = connection.execute(PLACE, {"patient_id": patient_id}).one_or_none()
    site_id = place.site_id if place else None
    is_own = person.relation_to(site_id, patient_id) is Relation.OWN
    operation = Operation.READ_OWN if is_own else Operation.READ_CHART
    require(person, operation, site_id=site_id, patient_id=patient_id)
    return site_id, operation


def completion_by_site(
    engine: Engine, person: Person, *, since: date, until: date
) -> list[SiteCompletion]:
    """Return how many forms due from `since` to `until` were filled in, site by site.

    Everybody counts who was expected to fill one in, whether or not anybody asked them. Whoever
    may not list the patients of a site gets no count that so few stand behind.
    """
    query = select(Site.site_id, Site.name).order_by(Site.name)
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.READ_CURVES)
        query = query if sites is None else query.where(Site.site_id.in_(sites))
        names = {row.site_id: row.name for row in connection.execute(query)}
        counts = {site_id: [0, 0, 0] for site_id in names}
        plan = plan_in_force(connection)
        chosen = _may_be_due(plan, since).where(Patient.site_id.in_(names))
        for facts, dues in _dues_of_many(connection, plan, chosen):
            done, expected = completion(dues, since=since, until=until)
            if expected:
                counted = (1, done, expected)
                counts[facts.site_id] = [
                    a + b for a, b in zip(counts[facts.site_id], counted, strict=True)
                ]
    note_look(engine, person, Operation.READ_CURVES, page="check-ins")
    return [_completion(person, site_id, names[site_id], counts[site_id]) for site_id in names]


def _completion(person: Person, site_id: UUID, site: str, counts: list[int]) -> SiteCompletion:
    relation = person.relation_to(site_id)
    if person.may(Operation.LIST_PATIENTS, relation) or is_shown(counts[0]):
        return SiteCompletion(site_id, site, *counts)
    return SiteCompletion(site_id, site, None, None, None)


def read_missed(engine: Engine, person: Person, site_id: UUID | None = None) -> list[MissedForms]:
    """Return who was asked and has missed two full forms or more in a row, most first."""
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        plan, since = plan_in_force(connection), clock.today() - STILL_NEWS
        query = _may_be_due(plan, since).where(WAS_ASKED, is_here(clock.today()))
        query = query if sites is None else query.where(Patient.site_id.in_(sites))
        query = query if site_id is None else query.where(Patient.site_id == site_id)
        found = [
            (facts.patient_id, missed, dues)
            for facts, dues in _dues_of_many(connection, plan, query)
            if (missed := missed_in_a_row(dues)) >= MISSED_SHOWN
            and _last_missed(dues).closes_on >= since
        ]
        people = _people(connection, [patient_id for patient_id, _, _ in found])
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="today")
    rows = [_missed(people[patient_id], missed, dues) for patient_id, missed, dues in found]
    return sorted(rows, key=lambda row: (-row.missed, row.code))


# With wishes, a link or a check-in of their own: nobody misses what they were never asked.
WAS_ASKED = or_(
    exists().where(CheckInWishes.patient_id == Patient.patient_id),
    exists().where(CheckInLink.patient_id == Patient.patient_id),
    exists().where(CheckIn.patient_id == Patient.patient_id),
)


def _may_be_due(plan: Plan, since: date) -> Select[Any]:
    """Select patients who may have a form due since a day; the schedule of others has ended."""
    last_day = max(day + step.open_days for day, step in plan.days)
    of_patient = Infusion.patient_id == Patient.patient_id
    counts = Infusion.withdrawn_at.is_(None)
    return select(Patient.patient_id).where(
        or_(Patient.left_on.is_(None), Patient.left_on > since),
        or_(
            exists().where(
                of_patient, counts, Infusion.given_on >= since - timedelta(days=last_day)
            ),
            ~exists().where(of_patient, counts),
        ),
    )


def _dues_of_many(
    connection: Connection, plan: Plan, chosen: Select[Any]
) -> Iterator[tuple[Facts, tuple[Due, ...]]]:
    patient_ids = connection.scalars(chosen.order_by(Patient.patient_id)).all()
    for facts in load_facts(connection, patient_ids):
        yield facts, facts.dues(plan)


def _last_missed(dues: tuple[Due, ...]) -> Due:
    return next(due for due in reversed(dues) if due.state is State.MISSED)


def _people(connection: Connection, patient_ids: list[UUID]) -> dict[UUID, Any]:
    query = (
        select(Patient.patient_id, Patient.code, Patient.name, Site.name.label("site"))
        .join(Site, Site.site_id == Patient.site_id)
        .where(Patient.patient_id.in_(patient_ids))
    )
    return {row.patient_id: row for row in connection.execute(query)}


def _missed(row: Any, missed: int, dues: tuple[Due, ...]) -> MissedForms:
    done = [due.due_on for due in dues if due.state is State.DONE]
    return MissedForms(
        row.patient_id,
        row.code,
        row.name,
        row.site,
        missed,
        done[-1] if done else None,
        _last_missed(dues).due_on,
    )
