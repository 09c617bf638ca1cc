"""What is due, what was filled in of what was expected, and who has missed forms in a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, and_, case, func, or_, select

from data import clock
from data.checkins.dues import dues_of, load_facts
from data.database import reading
from data.looks import note_look
from data.places import find_place
from data.policies import PLAN, in_force
from data.queries.scopes import Scope
from data.queries.statuses import is_here
from models.checkins.schedule import Due, State, completion, missed_in_a_row
from models.disclosure import is_shown
from models.errors import NotFound
from models.policy import Operation, Person, Relation, readable_sites, require
from models.tables import CheckIn, CheckInStanding, CheckInWishes, Patient, Site, SiteCheckIns

MOST_ROWS = 201  # one more than a morning's list holds


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
    place = find_place(connection, patient_id)
    site_id = place.site_id if place else None
    is_own = person.relation_to(site_id, patient_id) is Relation.OWN
    operation = Operation.READ_OWN if is_own else Operation.READ_CHART
    require(person, operation, site_id=site_id, patient_id=patient_id)
    return site_id, operation


def completion_by_site(
    engine: Engine, person: Person, *, since: date, until: date
) -> list[SiteCompletion]:
    """Return how many forms due from `since` to `until` were filled in, site by site.

    A form is expected once it is done or its time is over at the site, whether or not anybody
    asked for it. Whoever may not list the patients of a site gets no count that so few stand
    behind.
    """
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.READ_CURVES)
        query = select(Site.site_id, Site.name).order_by(Site.name)
        query = query if sites is None else query.where(Site.site_id.in_(sites))
        names = {row.site_id: row.name for row in connection.execute(query)}
        counted = (
            _counts(connection, since)
            .where(SiteCheckIns.due_on.between(since, until))
            .where(SiteCheckIns.site_id.in_(names))
        )
        counts = {site_id: tuple(sums) for site_id, *sums in connection.execute(counted)}
    note_look(engine, person, Operation.READ_CURVES, page="check-ins")
    none = (0, 0, 0)
    return [_completion(person, it, name, counts.get(it, none)) for it, name in names.items()]


def _counts(connection: Connection, since: date) -> Any:
    """Select patients, forms done and forms expected by site.

    A patient is counted at the first of their forms: the one with none before it in the span.
    """
    is_over = SiteCheckIns.closes_on < _today_at_site(connection)
    expected = case((is_over, SiteCheckIns.forms), else_=SiteCheckIns.done)
    first = case((SiteCheckIns.before_on < since, expected), else_=0)
    sums = (func.sum(each) for each in (first, SiteCheckIns.done, expected))
    joined = select(SiteCheckIns.site_id, *sums).join(Site, Site.site_id == SiteCheckIns.site_id)
    return joined.group_by(SiteCheckIns.site_id)


def _today_at_site(connection: Connection) -> ColumnElement[date]:
    zones = connection.scalars(select(Site.time_zone).distinct()).all()
    days = {zone: clock.today(zone) for zone in zones}
    return case(days, value=Site.time_zone) if days else func.current_date()


def _completion(
    person: Person, site_id: UUID, site: str, counts: tuple[int, ...]
) -> SiteCompletion:
    relation = person.relation_to(site_id)
    if person.may(Operation.LIST_PATIENTS, relation) or is_shown(counts[0]):
        return SiteCompletion(site_id, site, *map(int, counts))
    return SiteCompletion(site_id, site, None, None, None)


def read_missed(engine: Engine, person: Person, site_id: UUID | None = None) -> list[MissedForms]:
    """Return who was asked and has missed two to eight full forms in a row, the latest first.

    Whoever has a pause now is left out until it is over. At most MOST_ROWS are returned.
    """
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        found = missed_of(connection, Scope(sites, site_id))
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="today")
    return found


def missed_of(connection: Connection, scope: Scope) -> list[MissedForms]:
    """Return the same of a scope; the caller has asked the policy."""
    today = _today_at_site(connection)
    query = (
        select(Patient.patient_id, Patient.code, Patient.name, Site.name.label("site"))
        .join(CheckInStanding, CheckInStanding.patient_id == Patient.patient_id)
        .join(Site, Site.site_id == CheckInStanding.site_id)
        .outerjoin(CheckInWishes, CheckInWishes.patient_id == Patient.patient_id)
        .where(CheckInStanding.was_asked, CheckInStanding.missed_from <= today)
        .where(CheckInStanding.missed_until >= today, is_here(clock.today()))
        .where(or_(CheckInWishes.paused_from.is_(None), ~_is_paused(today)))
        .order_by(CheckInStanding.missed_from.desc(), Patient.patient_id)
        .limit(MOST_ROWS)
    )
    found = connection.execute(scope.narrow(query, CheckInStanding))
    rows = {row.patient_id: row for row in found}
    plan = in_force(connection, PLAN)
    dues = {
        facts.patient_id: facts.dues(plan, clock.today(facts.site_zone))
        for facts in load_facts(connection, list(rows))
    }
    return [_missed(row, dues[patient_id]) for patient_id, row in rows.items()]


def _is_paused(today: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(CheckInWishes.paused_from <= today, CheckInWishes.paused_until >= today)


def _missed(row: Any, dues: tuple[Due, ...]) -> MissedForms:
    done = [due.due_on for due in dues if due.state is State.DONE]
    missed = [due.due_on for due in dues if due.state is State.MISSED and not due.is_pulse]
    return MissedForms(
        row.patient_id,
        row.code,
        row.name,
        row.site,
        missed_in_a_row(dues),
        done[-1] if done else None,
        missed[-1],
    )
