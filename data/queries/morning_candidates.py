"""Who may be on the morning list: each kind of prompt finds its patients by an index of its own.

models.outcomes.prompts decides whether a prompt is in force; what is found here is never fewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, and_, func, literal, or_, select, union_all

from models.instrument import TOLERANCE
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.outcomes.prompts import SILENCE_STILL_NEWS, STILL_NEWS, TURN_STILL_NEWS
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation
from models.tables import Flag, Patient, Site, Standing, StoredCourse, StoredEpisode

MOST_ROWS = 200
# Of a list too long to show, what is cut off is the silent: never a worry about safety.
FLAGGED, BLANK, TURNED, FADING, QUIET, MISSED = range(6)


@dataclass(frozen=True, slots=True)
class Over:
    """Patients over a line that is worked out elsewhere, those to show first first."""

    missed: tuple[UUID, ...]
    chance: tuple[UUID, ...]


def find_candidates(
    connection: Connection,
    sites: frozenset[UUID] | None,
    site_id: UUID | None,
    today: date,
    rules: Rules,
    lines: PromptRules,
    over: Over,
) -> Sequence[Row[Any]]:
    """Return summary rows of whoever may be on the list, one more than it holds if there are."""
    kinds = union_all(*_kinds(today, rules, lines, over)).subquery()
    found = (
        select(kinds.c.patient_id, func.min(kinds.c.rank).label("rank"))
        .group_by(kinds.c.patient_id)
        .subquery()
    )
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
        .where(or_(found.c.rank == FLAGGED, Patient.left_on.is_(None), Patient.left_on > today))
        .order_by(found.c.rank, Standing.last_assessed_on.desc(), Standing.patient_id)
        .limit(MOST_ROWS + 1)
    )
    query = query if sites is None else query.where(Patient.site_id.in_(sites))
    query = query if site_id is None else query.where(Patient.site_id == site_id)
    return connection.execute(query).all()


def _kinds(
    today: date, rules: Rules, lines: PromptRules, over: Over
) -> Iterator[Select[tuple[UUID, int]]]:
    """Yield, for each kind that the clinic wants, the patients it may be about."""
    fresh = Standing.last_assessed_on >= today - STILL_NEWS
    yield select(Flag.patient_id, literal(FLAGGED).label("rank")).where(Flag.closed_at.is_(None))
    yield _having(BLANK, Standing.safety_blank_on >= today - STILL_NEWS)
    for prompt, situation in _TURNED.items():
        if lines.wants(prompt):
            turned = Standing.turned_on >= today - TURN_STILL_NEWS
            yield _having(TURNED, Standing.situation == situation.value, turned, fresh)
    least = [
        line
        for prompt, line in (
            (Prompt.GAIN_FIRST, lines.gain_first),
            (Prompt.GAIN_SECOND, lines.gain_second),
        )
        if lines.wants(prompt)
    ]
    if least:
        yield _having(FADING, Standing.gain_lost >= min(least) - TOLERANCE, fresh)
    if lines.wants(Prompt.OUTLOOK) and over.chance:
        yield _having(FADING, Standing.patient_id.in_(over.chance[:MOST_ROWS]))
    if lines.wants(Prompt.SILENT):
        yield _having(
            QUIET,
            Standing.situation == Situation.OPEN.value,
            Standing.last_assessed_on <= today - timedelta(days=rules.silence),
            Standing.last_assessed_on >= today - SILENCE_STILL_NEWS,
        )
    if lines.wants(Prompt.MISSED) and over.missed:
        yield _having(MISSED, Standing.patient_id.in_(over.missed[:MOST_ROWS]))


_TURNED = {
    Prompt.LOST: Situation.LOST,
    Prompt.POSSIBLE_LOSS: Situation.POSSIBLE_LOSS,
}


def _having(rank: int, *conditions: Any) -> Select[tuple[UUID, int]]:
    return select(Standing.patient_id, literal(rank).label("rank")).where(*conditions)
