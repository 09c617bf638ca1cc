"""Who needs a look today, and the evidence for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, Row, Select, and_, case, or_, select

from data.database import reading
from data.looks import note_look
from data.policies import rules_in_force
from data.queries.due import MissedForms
from data.queries.flags import FlagRow, open_flags_of, urgency
from data.queries.held import held_before
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation
from models.policy import Operation, Person, readable_sites
from models.tables import Flag, Patient, Site, Standing, StoredCourse

# What is older is history, not this morning's work, and its patient is found in the list of
# patients by status. A flag is never history: it stays until a named person closes it, whatever
# later forms say, however old it is and even where the patient has left.
STILL_NEWS = timedelta(days=28)
TURN_STILL_NEWS = timedelta(days=56)
SILENCE_STILL_NEWS = timedelta(days=56)
MISSED_STILL_NEWS = 8  # forms in a row: eight weeks of them
MOST_ROWS = 200


class Reason(StrEnum):
    """Why a patient is on the list, most urgent first."""

    SAFETY = "safety"
    SAFETY_BLANK = "safety_blank"
    LOST = "lost"
    POSSIBLE_LOSS = "possible_loss"
    SILENT = "silent"
    MISSED = "missed"


@dataclass(frozen=True)
class LookRow:
    """One person to look at, with scores and dates as evidence.

    `reasons` holds at least one, the most urgent first; `recent` (day, score), oldest first;
    `held_before` the (lower, upper) days of earlier courses, upper None where not lost, the
    latest last; `flags` the open ones, that of the latest answer first; `missed` the forms missed
    in a row, None for fewer than two.
    """

    reasons: tuple[Reason, ...]
    patient_id: UUID
    code: str
    name: str | None
    site: str
    instrument: str | None
    baseline: float | None
    recent: tuple[tuple[date, float], ...]
    turned_on: date | None
    course_end_on: date | None
    last_infusion_on: date | None
    last_assessed_on: date | None
    safety_blank_on: date | None
    held_before: tuple[tuple[int, int | None], ...]
    flags: tuple[FlagRow, ...]
    missed: MissedForms | None = None

    @property
    def reason(self) -> Reason:
        """The most urgent one, by which the person stands in the list."""
        return self.reasons[0]


@dataclass(frozen=True)
class Morning:
    """The rows, and whether there were more patients than one morning can hold."""

    rows: tuple[LookRow, ...]
    rules: Rules
    is_cut: bool


def read_morning(
    engine: Engine,
    person: Person,
    *,
    today: date,
    site_id: UUID | None = None,
    missed: Collection[MissedForms] = (),
) -> Morning:
    """Return a row a patient, in the order to look at them.

    `missed` comes from data.queries.due.read_missed: reading it takes every schedule, so it is
    left to the caller how often.
    """
    news = {it.patient_id: it for it in missed if it.missed <= MISSED_STILL_NEWS}
    with reading(engine) as connection:
        rules = rules_in_force(connection)
        found = connection.execute(_query(person, rules, today, site_id, news)).all()
        shown = found[:MOST_ROWS]
        flags = open_flags_of(connection, [row.patient_id for row in shown])
        held = held_before(connection, [row.patient_id for row in shown])
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="today")
    rows = [_row(row, _reasons(row, rules, today, news), held, flags, news) for row in shown]
    is_cut = max(len(found), len(news)) > MOST_ROWS
    return Morning(tuple(sorted(rows, key=_urgency)), rules, is_cut)


def _query(
    person: Person,
    rules: Rules,
    today: date,
    site_id: UUID | None,
    missed: Mapping[UUID, MissedForms],
) -> Select[Any]:
    news = today - STILL_NEWS
    fresh = Standing.last_assessed_on >= news
    turned = and_(
        Standing.situation.in_([Situation.LOST.value, Situation.POSSIBLE_LOSS.value]),
        Standing.turned_on >= today - TURN_STILL_NEWS,
    )
    quiet = and_(
        Standing.situation == Situation.OPEN.value,
        Standing.last_assessed_on <= today - timedelta(days=rules.silence),
        Standing.last_assessed_on >= today - SILENCE_STILL_NEWS,
    )
    flagged = Standing.patient_id.in_(_flagged())
    blank = Standing.safety_blank_on >= news
    query = (
        select(
            Standing.__table__,
            Patient.code,
            Patient.name,
            Patient.left_on,
            Site.name.label("site"),
            StoredCourse.end_on,
            flagged.label("is_flagged"),
        )
        .join(Patient, Patient.patient_id == Standing.patient_id)
        .join(Site, Site.site_id == Patient.site_id)
        .outerjoin(
            StoredCourse,
            and_(
                StoredCourse.patient_id == Standing.patient_id,
                StoredCourse.course_no == Standing.course_no,
            ),
        )
        .where(or_(flagged, Patient.left_on.is_(None), Patient.left_on > today))
        .where(
            or_(flagged, blank, and_(fresh, turned), quiet, Standing.patient_id.in_(_few(missed)))
        )
        .order_by(
            # Of a list too long to show, what is cut off is the silent: never a worry about safety.
            case((flagged, 0), (blank, 1), (turned, 2), (quiet, 3), else_=4),
            Standing.last_assessed_on.desc(),
        )
        .limit(MOST_ROWS + 1)
    )
    sites = readable_sites(person, Operation.LIST_PATIENTS)
    if sites is not None:
        query = query.where(Patient.site_id.in_(sites))
    return query if site_id is None else query.where(Patient.site_id == site_id)


def _flagged() -> Select[Any]:
    return select(Flag.patient_id).where(Flag.closed_at.is_(None))


def _few(missed: Mapping[UUID, MissedForms]) -> list[UUID]:
    """Return whose forms were missed, the latest to fall silent first, as many as can be shown."""
    return sorted(missed, key=lambda patient_id: missed[patient_id].missed)[:MOST_ROWS]


def _reasons(
    row: Row[Any], rules: Rules, today: date, missed: Collection[UUID]
) -> tuple[Reason, ...]:
    """Return one row's reasons: a worry about safety never hides one about wearing off."""
    news = today - STILL_NEWS
    reasons: list[Reason] = []
    if row.is_flagged:
        reasons.append(Reason.SAFETY)
    has_left = row.left_on is not None and row.left_on <= today
    if has_left:
        return tuple(reasons)
    if row.safety_blank_on is not None and row.safety_blank_on >= news:
        reasons.append(Reason.SAFETY_BLANK)
    too_few = [Reason.MISSED] if row.patient_id in missed else []
    if row.last_assessed_on is None:
        return (*reasons, *too_few)
    turned_lately = row.turned_on is not None and row.turned_on >= today - TURN_STILL_NEWS
    if row.last_assessed_on >= news and turned_lately and row.situation in _TURNED:
        reasons.append(_TURNED[row.situation])
    quiet_days = (today - row.last_assessed_on).days
    is_news = quiet_days <= SILENCE_STILL_NEWS.days
    if row.situation == Situation.OPEN.value and quiet_days >= rules.silence and is_news:
        reasons.append(Reason.SILENT)
    return (*reasons, *too_few)


_TURNED = {
    Situation.LOST.value: Reason.LOST,
    Situation.POSSIBLE_LOSS.value: Reason.POSSIBLE_LOSS,
}


def _row(
    row: Row[Any],
    reasons: tuple[Reason, ...],
    held: Mapping[tuple[UUID, str], Any],
    flags: Mapping[UUID, tuple[FlagRow, ...]],
    missed: Mapping[UUID, MissedForms],
) -> LookRow:
    spells = held.get((row.patient_id, row.instrument), [])
    return LookRow(
        reasons=reasons,
        patient_id=row.patient_id,
        code=row.code,
        name=row.name,
        site=row.site,
        instrument=row.instrument,
        baseline=row.baseline,
        recent=tuple((date.fromisoformat(day), score) for day, score in row.recent),
        turned_on=row.turned_on,
        course_end_on=row.end_on,
        last_infusion_on=row.last_infusion_on,
        last_assessed_on=row.last_assessed_on,
        safety_blank_on=row.safety_blank_on,
        held_before=tuple(spell[1:] for spell in spells if spell[0] != row.course_no)[-3:],
        flags=flags.get(row.patient_id, ()),
        missed=missed.get(row.patient_id),
    )


def _urgency(row: LookRow) -> tuple[Any, ...]:
    """Order by reason, flags among each other by theirs; then the more recent first."""
    order = list(Reason).index(row.reason)
    if row.reason is Reason.SAFETY:
        return order, urgency(row.flags[0]), row.code
    news = {
        Reason.SAFETY_BLANK: row.safety_blank_on,
        Reason.SILENT: row.last_assessed_on,
        Reason.MISSED: row.missed and row.missed.due_on,
    }.get(row.reason, row.turned_on)
    return order, (-news.toordinal() if news else 0,), row.code
