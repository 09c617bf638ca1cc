"""Episodes: what one instrument says a course did, and for how long it held.

Everything here is a pure function of a patient's records and the clinic's rules. What depends
on today's date is in `ending.py`, so that a stored episode never goes stale overnight.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.instrument import Instrument
from models.outcomes.courses import Course, Kind
from models.outcomes.history import Score, keep_last_of_each_day, order_scores
from models.outcomes.rules import Rules


class Held(StrEnum):
    """How a response stands on the records alone, whatever today's date is."""

    GAP = "gap"
    LOST = "lost"
    NEXT_COURSE = "next_course"
    POSSIBLE_LOSS = "possible_loss"
    OPEN = "open"  # responding when last seen: left, silent or holding, by today's date


class Unstated(StrEnum):
    """Why no response can be stated for a course."""

    NO_RULE = "no_rule"
    NO_BASELINE = "no_baseline"
    LOW_BASELINE = "low_baseline"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Episode:
    """One course on one instrument. Days count from the course's last infusion.

    `lower_days`, `upper_days`: the response was lost in (lower, upper]; no `upper_days`
    means it was still there at `lower_days`, the last follow-up seen responding.
    `turned_on` is the first day seen not responding, confirmed or not. `decided` is the last
    of the follow-up values that decide whether there was a response.
    """

    course: Course
    instrument: str
    baseline: float | None
    baseline_on: date | None
    best: float | None
    followups: int
    responded: bool | None
    remitted: bool | None
    unstated: Unstated | None
    held: Held | None
    lower_days: int | None
    upper_days: int | None
    turned_on: date | None
    decided: float | None = None

    @property
    def loss_on(self) -> date | None:
        return self.turned_on if self.held is Held.LOST else None


def build_episodes(
    courses: Sequence[Course], scores: Sequence[Score], instrument: Instrument, rules: Rules
) -> list[Episode]:
    """Return one episode a course, in order, for one patient's scores on one instrument."""
    ordered = order_scores(scores)
    days = [score.moment.day for score in ordered]
    standing: Score | None = None
    episodes = []
    for course, following in zip(courses, [*courses, None][1:], strict=True):
        standing = _baseline(course, ordered, days, standing, instrument, rules)
        seen = _values_until_next(course, following, ordered, days)
        episodes.append(_describe(course, following, seen, standing, instrument, rules))
    return episodes


def _baseline(
    course: Course,
    ordered: Sequence[Score],
    days: Sequence[date],
    standing: Score | None,
    instrument: Instrument,
    rules: Rules,
) -> Score | None:
    """Return the score a course is measured against: an induction's own, else the standing one."""
    if course.kind is Kind.MAINTENANCE:
        return standing
    own = _last_before(course, ordered, days, rules.baseline_window)
    if course.number == 1:
        return own
    return own if own is not None and instrument.allows_baseline(own.value) else standing


def _last_before(
    course: Course, ordered: Sequence[Score], days: Sequence[date], window: int
) -> Score | None:
    earliest = course.first.day - timedelta(days=window)
    for index in range(bisect_right(days, course.first.day) - 1, -1, -1):
        if days[index] < earliest:
            return None
        if not ordered[index].moment.is_after(course.first):
            return ordered[index]
    return None


def _values_until_next(
    course: Course, following: Course | None, ordered: Sequence[Score], days: Sequence[date]
) -> list[Score]:
    """Return one value a day from the course's first day until the next course begins.

    Scores on the next course's first day were taken before its infusion, unless both
    times are known and say otherwise.
    """
    start = bisect_left(days, course.first.day)
    if following is None:
        return list(ordered[start:])
    stop = bisect_right(days, following.first.day)
    return [s for s in ordered[start:stop] if not s.moment.is_after(following.first)]


def _describe(
    course: Course,
    following: Course | None,
    seen: Sequence[Score],
    baseline: Score | None,
    instrument: Instrument,
    rules: Rules,
) -> Episode:
    followups = keep_last_of_each_day([s for s in seen if s.moment.is_after(course.last)])
    within = _deciding(followups, course, rules)
    unstated = _why_unstated(baseline, within, instrument)
    responding = (
        []
        if baseline is None or unstated
        else [bool(instrument.is_responding(baseline.value, s.value)) for s in followups]
    )
    responded = None if unstated else any(responding[: len(within)])
    remissions = [instrument.is_remitted(s.value) for s in within]
    spell = (
        _follow_response(followups, responding, following is not None, rules)
        if responded
        else _Spell()
    )
    return Episode(
        course=course,
        instrument=instrument.code,
        baseline=None if baseline is None else baseline.value,
        baseline_on=None if baseline is None else baseline.moment.day,
        best=_best(seen, course, instrument),
        followups=len(followups),
        responded=responded,
        remitted=None if not remissions or None in remissions else any(remissions),
        unstated=unstated,
        held=spell.held,
        lower_days=_days_since(course, spell.last_responding),
        upper_days=_days_since(course, spell.turned) if spell.held is Held.LOST else None,
        turned_on=None if spell.turned is None else spell.turned.moment.day,
        decided=within[-1].value if within else None,
    )


def _deciding(followups: Sequence[Score], course: Course, rules: Rules) -> Sequence[Score]:
    """Return the follow-ups that decide response: those in the window, else the first late one."""
    ages = [(score.moment.day - course.last.day).days for score in followups]
    in_window = sum(age <= rules.response_window for age in ages)
    if in_window:
        return followups[:in_window]
    return followups[:1] if ages and ages[0] <= rules.late_response_window else []


def _why_unstated(
    baseline: Score | None, deciding: Sequence[Score], instrument: Instrument
) -> Unstated | None:
    if instrument.response_drop is None:
        return Unstated.NO_RULE
    if baseline is None:
        return Unstated.NO_BASELINE
    if not instrument.allows_baseline(baseline.value):
        return Unstated.LOW_BASELINE
    if instrument.improvement(baseline.value, baseline.value) is None:
        return Unstated.LOW_BASELINE
    return None if deciding else Unstated.NOT_ASSESSED


@dataclass(frozen=True, slots=True)
class _Spell:
    held: Held | None = None
    last_responding: Score | None = None
    turned: Score | None = None


def _follow_response(
    followups: Sequence[Score], responding: Sequence[bool], next_given: bool, rules: Rules
) -> _Spell:
    """Follow a response from its first responding value to its confirmed loss or the last value."""
    turned: int | None = None
    for index in range(responding.index(True), len(followups)):
        if responding[index]:
            turned = None
            continue
        turned = index if turned is None else turned
        if index - turned + 1 >= rules.confirmation:
            return _lost(followups[turned - 1], followups[turned], rules)
    if turned is None:
        held = Held.NEXT_COURSE if next_given else Held.OPEN
        return _Spell(held, followups[-1])
    if next_given:  # the last value was bad and a course was then given: that confirms it
        return _lost(followups[turned - 1], followups[turned], rules)
    return _Spell(Held.POSSIBLE_LOSS, followups[turned - 1], followups[turned])


def _lost(last_responding: Score, turned: Score, rules: Rules) -> _Spell:
    gap = (turned.moment.day - last_responding.moment.day).days
    held = Held.GAP if gap > rules.widest_gap else Held.LOST
    return _Spell(held, last_responding, turned)


def _best(seen: Sequence[Score], course: Course, instrument: Instrument) -> float | None:
    later = [s for s in seen if s.moment.day > course.first.day]
    values = [score.value for score in keep_last_of_each_day(later)]
    if not values:
        return None
    return min(values) if instrument.best == instrument.lowest else max(values)


def _days_since(course: Course, score: Score | None) -> int | None:
    return None if score is None else (score.moment.day - course.last.day).days
