"""In the middle of an induction: what became of others at the site who were no better by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, and_, select

from data import clock
from data.database import reading
from data.histories import load_records
from data.instruments import catalogue
from data.policies import RULES, in_force
from data.results import outcomes_of
from models.instrument import TOLERANCE, Instrument
from models.outcomes.courses import Course, Kind
from models.outcomes.history import Moment, Score
from models.outcomes.induction import (
    LITTLE,
    LOOKED_AT,
    Induction,
    improvement_by_infusion,
    share_still_responding,
)
from models.outcomes.proportion import Proportion
from models.outcomes.rules import Rules
from models.policy import Operation, Person, require
from models.tables import Assessment, Infusion, Patient, Site, StoredCourse, StoredEpisode


@dataclass(frozen=True)
class InductionSoFar:
    """`improvement` of one patient before their infusion `number`, under `little`; `responded`: of
    the site's finished inductions with as little by then, how many responded after all.
    """

    number: int
    improvement: float
    little: float
    responded: Proportion


def read_induction(
    engine: Engine, person: Person, patient_id: UUID, instrument: str
) -> InductionSoFar | None:
    """Return the comparison at infusions 3 and 4 for one with little improvement, else None.

    Part of a chart, whose reading is what the audit notes. Also None for whoever may read this
    chart but not the figures of its site. Raises Refused for any stranger.
    """
    one = catalogue().get(instrument)
    with reading(engine) as connection:
        row = connection.execute(
            select(Patient.site_id, Site.time_zone)
            .join(Site, Site.site_id == Patient.site_id)
            .where(Patient.patient_id == patient_id)
        ).one_or_none()
        site_id = row.site_id if row else None
        require(person, Operation.READ_CHART, site_id=site_id, patient_id=patient_id)
        relation = person.relation_to(site_id, patient_id)
        if row is None or one is None or not person.may(Operation.READ_CURVES, relation):
            return None
        rules = in_force(connection, RULES)
        now = _so_far(connection, patient_id, one, clock.today(row.time_zone), rules)
        if now is None or now[1] >= LITTLE - TOLERANCE:
            return None
        others = list(_finished(connection, row.site_id, one, rules))
    return InductionSoFar(*now, LITTLE, share_still_responding(others, now[0]))


def _so_far(
    connection: Connection, patient_id: UUID, instrument: Instrument, today: date, rules: Rules
) -> tuple[int, float] | None:
    """Return the number of the infusion given or to come today, and the improvement before it."""
    [records] = load_records(connection, [patient_id], until=today)
    courses, episodes = outcomes_of(records, catalogue(), rules)
    spells = episodes.get(instrument.code)
    if not courses or not spells or courses[-1].kind is not Kind.INDUCTION:
        return None
    latest = courses[-1]
    if (today - latest.last.day).days > rules.course_gap:
        return None
    given = _moments(records.history.infusions, latest)
    if given[-1].day < today:
        given.append(Moment(today))
    number = len(given)
    if number not in LOOKED_AT:
        return None
    scores = records.history.scores[instrument.code]
    known = improvement_by_infusion(spells[-1].baseline, given, scores, instrument, rules)
    return (number, known[number]) if number in known else None


def _moments(infusions: tuple[Moment, ...], course: Course) -> list[Moment]:
    first, last = course.first.day, course.last.day
    return sorted((one for one in infusions if first <= one.day <= last), key=lambda one: one.day)


def _finished(
    connection: Connection, site_id: UUID, instrument: Instrument, rules: Rules
) -> Iterator[Induction]:
    """Yield a site's inductions whose outcome is stored, each with its own scores only."""
    chosen = {"site_id": site_id, "instrument": instrument.code}
    infusions = _by_course(connection.execute(_infusions(**chosen)))
    scores = _by_course(connection.execute(_scores(**chosen)))
    for patient_id, course_no, baseline, responded in connection.execute(_courses(**chosen)):
        key = (patient_id, course_no)
        given = [clock.moment(*row[2:5]) for row in infusions.get(key, [])]
        seen = [Score(clock.moment(*row[2:5]), row[5]) for row in scores.get(key, [])]
        known = improvement_by_infusion(baseline, given, seen, instrument, rules)
        yield Induction(known, responded)


def _by_course(rows: Any) -> dict[tuple[UUID, int], list[Any]]:
    return {key: list(group) for key, group in groupby(rows, key=itemgetter(0, 1))}


def _courses(*, site_id: UUID, instrument: str) -> Select[Any]:
    return _stated(
        select(
            StoredEpisode.patient_id,
            StoredEpisode.course_no,
            StoredEpisode.baseline,
            StoredEpisode.responded,
        ),
        site_id,
        instrument,
    )


def _infusions(*, site_id: UUID, instrument: str) -> Select[Any]:
    query = select(
        StoredEpisode.patient_id, StoredEpisode.course_no, Infusion.given_on, Infusion.given_at,
        Site.time_zone,
    )  # fmt: skip
    during = and_(
        Infusion.patient_id == StoredEpisode.patient_id,
        Infusion.given_on.between(StoredCourse.start_on, StoredCourse.end_on),
        Infusion.withdrawn_at.is_(None),
    )
    joined = _stated(query, site_id, instrument).join(Infusion, during)
    return joined.join(Site, Site.site_id == Infusion.site_id).order_by(
        StoredEpisode.patient_id, StoredEpisode.course_no, Infusion.infusion_id
    )


def _scores(*, site_id: UUID, instrument: str) -> Select[Any]:
    """Select the scores during each course; those before it are before infusion 2 at the latest."""
    query = select(
        StoredEpisode.patient_id, StoredEpisode.course_no, Assessment.taken_on,
        Assessment.taken_at, Site.time_zone, Assessment.total,
    )  # fmt: skip
    theirs = and_(
        Assessment.patient_id == StoredEpisode.patient_id,
        Assessment.instrument == StoredEpisode.instrument,
        Assessment.taken_on.between(StoredCourse.start_on, StoredCourse.end_on),
        Assessment.total.is_not(None),
        Assessment.withdrawn_at.is_(None),
    )
    joined = _stated(query, site_id, instrument).join(Assessment, theirs)
    return joined.join(Site, Site.site_id == Assessment.site_id).order_by(
        StoredEpisode.patient_id, StoredEpisode.course_no, Assessment.assessment_id
    )


def _stated(query: Select[Any], site_id: UUID, instrument: str) -> Select[Any]:
    return (
        query.select_from(StoredEpisode)
        .join(
            StoredCourse,
            and_(
                StoredCourse.patient_id == StoredEpisode.patient_id,
                StoredCourse.course_no == StoredEpisode.course_no,
            ),
        )
        .join(Patient, Patient.patient_id == StoredEpisode.patient_id)
        .where(
            Patient.site_id == site_id,
            StoredEpisode.instrument == instrument,
            StoredEpisode.responded.is_not(None),
            StoredCourse.kind == Kind.INDUCTION.value,
        )
    )
