"""Flags: what is open, what was done about them, and how long the first action took."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, and_, select

from data.actions.records import place_of
from data.database import reading
from data.looks import note_look
from models.disclosure import is_shown
from models.policy import Operation, Person, Relation, readable_sites
from models.tables import Assessment, Flag, FlagAction, Patient, Site


@dataclass(frozen=True, slots=True)
class FlagStep:
    """What somebody did about a flag, and how they said it."""

    action: str
    said: str
    taken_at: datetime
    taken_by: str


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A flag. `now_says` is its form's answer where a correction has changed it since;
    `has_changed` also holds where the form was withdrawn or its answer left blank.
    """

    patient_id: UUID
    flag_id: UUID
    assessment_id: UUID
    kind: str
    instrument: str
    answered_on: date
    answer: float
    before: float | None
    change: str
    raised_at: datetime
    first_action_at: datetime | None
    first_action_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    version: int
    is_withdrawn: bool
    has_changed: bool
    now_says: float | None
    zone: str
    steps: tuple[FlagStep, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstAction:
    """How long the first action took. `median` is None when at least half still wait.

    A site of 1 to 10 flags says neither number to whoever may not know its patients.
    """

    site: str | None  # None: all of them together
    flags: int | None
    waiting: int | None
    median: timedelta | None


def read_open_flags(
    engine: Engine, person: Person, site_id: UUID | None = None
) -> tuple[FlagRow, ...]:
    """Return what is open at the person's sites, the most urgent first."""
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        query = _flags().where(Flag.closed_at.is_(None))
        if sites is not None:
            query = query.where(Patient.site_id.in_(sites))
        if site_id is not None:
            query = query.where(Patient.site_id == site_id)
        found = _with_steps(connection, connection.execute(query).all())
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="flags")
    return tuple(sorted(found, key=urgency))


def open_flags_of(
    connection: Connection, patient_ids: Collection[UUID]
) -> dict[UUID, tuple[FlagRow, ...]]:
    """Return the open flags of patients one may read, each patient's latest answer first."""
    query = _flags().where(Flag.closed_at.is_(None), Flag.patient_id.in_(patient_ids))
    found: dict[UUID, list[FlagRow]] = {}
    for flag in _with_steps(connection, connection.execute(query).all()):
        found.setdefault(flag.patient_id, []).append(flag)
    return {
        patient: tuple(sorted(flags, key=_latest, reverse=True)) for patient, flags in found.items()
    }


def read_flags_of(engine: Engine, person: Person, patient_id: UUID) -> tuple[FlagRow, ...]:
    """Return a patient's flags, open ones first, then the latest first."""
    with reading(engine) as connection:
        site_id, _ = place_of(connection, person, Operation.READ_CHART, patient_id)
        query = _flags().where(Flag.patient_id == patient_id)
        found = _with_steps(connection, connection.execute(query).all())
    is_emergency = person.relation_to(site_id, patient_id) is Relation.EMERGENCY
    note_look(
        engine,
        person,
        Operation.READ_CHART,
        site_id=site_id,
        patient_id=patient_id,
        **({"emergency": True} if is_emergency else {}),
    )
    found.sort(key=lambda flag: (flag.closed_at is None, flag.raised_at), reverse=True)
    return tuple(found)


def _latest(flag: FlagRow) -> tuple[Any, ...]:
    return flag.answered_on, flag.raised_at, flag.flag_id


def urgency(flag: FlagRow) -> tuple[Any, ...]:
    """Order open flags: new or worse first, then the higher answer, then the more recent one."""
    is_news = flag.change in ("new", "worse")
    return not is_news, -flag.answer, -flag.answered_on.toordinal(), -flag.raised_at.timestamp()


def _flags() -> Select[Any]:
    """Select flags, each with what its form says today."""
    return (
        select(
            Flag.__table__,
            Assessment.safety_answer,
            Assessment.version.label("form_version"),
            Assessment.withdrawn_at,
            Site.time_zone,
        )
        .join(Patient, Patient.patient_id == Flag.patient_id)
        .join(Site, Site.site_id == Patient.site_id)
        .outerjoin(
            Assessment,
            and_(
                Assessment.patient_id == Flag.patient_id,
                Assessment.assessment_id == Flag.assessment_id,
            ),
        )
    )


def _with_steps(connection: Connection, rows: Collection[Any]) -> list[FlagRow]:
    if not rows:
        return []
    steps: dict[UUID, list[FlagStep]] = {}
    query = (
        select(FlagAction.__table__)
        .where(FlagAction.patient_id.in_({row.patient_id for row in rows}))
        .order_by(FlagAction.action_id)
    )
    for step in connection.execute(query):
        steps.setdefault(step.flag_id, []).append(
            FlagStep(step.action, step.said, step.taken_at, step.taken_by)
        )
    return [_row(row, tuple(steps.get(row.flag_id, ()))) for row in rows]


def _row(row: Any, steps: tuple[FlagStep, ...]) -> FlagRow:
    of_safety = row.kind == "safety_item"
    return FlagRow(
        patient_id=row.patient_id,
        flag_id=row.flag_id,
        assessment_id=row.assessment_id,
        kind=row.kind,
        instrument=row.instrument,
        answered_on=row.answered_on,
        answer=row.answer,
        before=row.before,
        change=row.change,
        raised_at=row.raised_at,
        first_action_at=row.first_action_at,
        first_action_by=row.first_action_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        version=row.version,
        is_withdrawn=row.withdrawn_at is not None,
        has_changed=of_safety and row.safety_answer != row.answer,
        now_says=row.safety_answer if of_safety else None,
        zone=row.time_zone,
        steps=steps,
    )


def time_to_first_action(
    engine: Engine,
    person: Person,
    *,
    since: datetime,
    until: datetime,
    site_id: UUID | None = None,
) -> tuple[FirstAction, ...]:
    """Return, for all sites together and then each, how long flags raised in a span waited.

    Counts and medians only. A flag that nobody has acted on counts as one that took longer than
    any other, so that what is forgotten cannot make the median look short.
    """
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.READ_CURVES)
        query = (
            select(Site.site_id, Site.name, Flag.raised_at, Flag.first_action_at)
            .join(Patient, Patient.patient_id == Flag.patient_id)
            .join(Site, Site.site_id == Patient.site_id)
            .where(Flag.raised_at >= since, Flag.raised_at < until)
        )
        if sites is not None:
            query = query.where(Site.site_id.in_(sites))
        if site_id is not None:
            query = query.where(Site.site_id == site_id)
        rows = connection.execute(query).all()
    return tuple(_summaries(person, rows))


def _summaries(person: Person, rows: Collection[Any]) -> Iterator[FirstAction]:
    by_site: dict[tuple[str, UUID], list[Any]] = {}
    for row in rows:
        by_site.setdefault((row.name, row.site_id), []).append(row)
    known = {site_id for _, site_id in by_site if _may_list(person, site_id)}
    yield _summarise(None, rows, is_known=len(known) == len(by_site))
    found = [
        _summarise(name, some, is_known=site_id in known)
        for (name, site_id), some in sorted(by_site.items())
    ]
    yield from _hide_differences(found)


def _hide_differences(found: list[FirstAction]) -> list[FirstAction]:
    """Hide a second site where one is hidden: the total less the others would say its number."""
    shown = [each for each in found if each.flags]
    if len(found) - len([each for each in found if each.flags is not None]) != 1 or not shown:
        return found
    smallest = min(shown, key=lambda each: each.flags or 0)
    return [
        FirstAction(each.site, None, None, None) if each is smallest else each for each in found
    ]


def _may_list(person: Person, site_id: UUID) -> bool:
    return person.may(Operation.LIST_PATIENTS, person.relation_to(site_id))


def _summarise(site: str | None, rows: Collection[Any], *, is_known: bool) -> FirstAction:
    if not is_known and not is_shown(len(rows)):
        return FirstAction(site, None, None, None)
    waits = [
        (row.first_action_at - row.raised_at).total_seconds()
        for row in rows
        if row.first_action_at is not None
    ]
    waiting = len(rows) - len(waits)
    middle = median([*waits, *[float("inf")] * waiting]) if rows else float("inf")
    known = middle != float("inf")
    # Who may not know the people is not told how few of them still wait either.
    told = waiting if is_known or is_shown(waiting) else None
    return FirstAction(site, len(rows), told, timedelta(seconds=middle) if known else None)
