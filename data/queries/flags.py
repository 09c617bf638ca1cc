"""Flags: what is open, and what was done about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, and_, select

from data.database import reading
from data.looks import note_look
from data.places import place_of
from models.flags import ACKNOWLEDGED
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

    @property
    def is_acknowledged(self) -> bool:
        """Whether somebody has it in hand; one that was raised again since waits anew."""
        return bool(self.steps) and self.steps[-1].action == ACKNOWLEDGED


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


def foremost(flags: Sequence[FlagRow]) -> FlagRow:
    """Return which of one patient's open flags stands for all: what nobody has acknowledged first.

    `flags` begin with the latest answer.
    """
    return next((flag for flag in flags if not flag.is_acknowledged), flags[0])


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
