"""Who may be on the morning list: among a site's patients, or by an index a kind among everybody's.

models.outcomes.prompts decides whether a prompt is in force; what is found here is never fewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from data.queries.scopes import Scope
from data.queries.statuses import is_here
from models.instrument import TOLERANCE
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.prompts import SILENCE_STILL_NEWS, STILL_NEWS, TURN_STILL_NEWS
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation
from models.tables import Flag, Patient, Site, Standing, StoredCourse, StoredEpisode

Condition = ColumnElement[bool]

MOST_ROWS = 200
# Of a list too long to show, what is cut off is the silent: never a worry about safety.
FLAGGED, BLANK, TURNED, FADING, QUIET, MISSED = range(6)
MANY = (TURNED, FADING, QUIET)


@dataclass(frozen=True, slots=True)
class Over:
    """Patients over a line that is worked out elsewhere, those to show first first."""

    missed: tuple[UUID, ...]
    chance: tuple[UUID, ...]


def find_candidates(
    connection: Connection,
    scope: Scope,
    today: date,
    rules: Rules,
    lines: PromptRules,
    over: Over,
) -> Sequence[Row[Any]]:
    """Return summary rows of whoever may be on the list, one more than it holds if there are."""
    kinds = [*_kinds(today, rules, lines, over)]
    found = _first(kinds, scope, today).subquery()
    query = (
        select(
            Standing.__table__,
            Patient.code,
            Patient.name,
            Patient.left_on,
            Site.name.label("site"),
            StoredCourse.end_on,
            StoredEpisode.best,
        )
        .join(found, found.c.patient_id == Standing.patient_id)
        .join(Patient, Patient.patient_id == Standing.patient_id)
        .join(Site, Site.site_id == Patient.site_id)
        .outerjoin(
            StoredCourse,
            and_(
                StoredCourse.patient_id == Standing.patient_id,
                StoredCourse.course_no == Standing.course_no,
            ),
        )
        .outerjoin(
            StoredEpisode,
            and_(
                StoredEpisode.patient_id == Standing.patient_id,
                StoredEpisode.instrument == Standing.instrument,
                StoredEpisode.course_no == Standing.course_no,
            ),
        )
        .order_by(found.c.rank, Standing.last_assessed_on.desc(), Standing.patient_id)
    )
    return connection.execute(query).all()


def _first(kinds: Sequence[tuple[int, Condition]], scope: Scope, today: date) -> Select[Any]:
    """Select the most urgent, so that only theirs is read besides."""
    if scope.is_everybody:
        return _first_of_all(kinds, today)
    whose = scope.narrow(select(Patient.patient_id))
    rank = case(*((condition, rank) for rank, condition in kinds)).label("rank")
    return (
        select(Standing.patient_id, rank)
        .join(Patient, Patient.patient_id == Standing.patient_id)
        .where(Standing.patient_id.in_(whose), or_(*(condition for _, condition in kinds)))
        .where(or_(kinds[0][1], is_here(today)))
        .order_by(rank, Standing.last_assessed_on.desc(), Standing.patient_id)
        .limit(MOST_ROWS + 1)
    )


def _first_of_all(kinds: Sequence[tuple[int, Condition]], today: date) -> Select[Any]:
    """Select the same of everybody, kind by kind, each by an index of its own.

    Nobody stands farther down within one kind than on the whole list, so of a kind that may be
    thousands no more than the list holds is looked at.
    """
    parts = []
    for rank, condition in kinds:
        kind = (
            select(Standing.patient_id, Standing.last_assessed_on, literal(rank).label("rank"))
            .join(Patient, Patient.patient_id == Standing.patient_id)
            .where(condition)
        )
        kind = kind if rank == FLAGGED else kind.where(is_here(today))
        if rank in MANY:
            latest = kind.order_by(Standing.last_assessed_on.desc(), Standing.patient_id)
            kind = latest.limit(MOST_ROWS + 1)
        parts.append(kind.subquery().select())
    any_kind = union_all(*parts).subquery()
    rank, seen = func.min(any_kind.c.rank).label("rank"), any_kind.c.last_assessed_on
    return (
        select(any_kind.c.patient_id, rank)
        .group_by(any_kind.c.patient_id, seen)
        .order_by(rank, seen.desc(), any_kind.c.patient_id)
        .limit(MOST_ROWS + 1)
    )


def _kinds(
    today: date, rules: Rules, lines: PromptRules, over: Over
) -> Iterator[tuple[int, Condition]]:
    """Yield a rank and a condition for each kind that the clinic wants, flags first."""
    fresh = Standing.last_assessed_on >= today - STILL_NEWS
    responds = Standing.situation == Situation.OPEN.value
    open_flags = select(Flag.patient_id).where(Flag.closed_at.is_(None))
    yield FLAGGED, Standing.patient_id.in_(open_flags)
    yield BLANK, Standing.safety_blank_on >= today - STILL_NEWS
    for prompt, situation in _TURNED.items():
        if lines.wants(prompt):
            turned = Standing.turned_on >= today - TURN_STILL_NEWS
            yield TURNED, and_(Standing.situation == situation.value, turned, fresh)
    for prompt, line in (
        (Prompt.GAIN_FIRST, lines.gain_first),
        (Prompt.GAIN_SECOND, lines.gain_second),
    ):
        if lines.wants(prompt):
            yield FADING, and_(responds, fresh, Standing.gain_lost >= line - TOLERANCE)
    if lines.wants(Prompt.OUTLOOK) and over.chance:
        yield FADING, Standing.patient_id.in_(over.chance[:MOST_ROWS])
    if lines.wants(Prompt.SILENT):
        quiet = Standing.last_assessed_on <= today - timedelta(days=rules.silence)
        known = Standing.last_assessed_on >= today - SILENCE_STILL_NEWS
        yield QUIET, and_(responds, quiet, known)
    if lines.wants(Prompt.MISSED) and over.missed:
        yield MISSED, Standing.patient_id.in_(over.missed[:MOST_ROWS])


_TURNED = {
    Prompt.LOST: Situation.LOST,
    Prompt.POSSIBLE_LOSS: Situation.POSSIBLE_LOSS,
}
