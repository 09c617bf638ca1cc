"""Whether maintenance came while the last response still held, and how much of it was left.

A description of what was done, never an instruction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from models.instrument import TOLERANCE, Instrument
from models.outcomes.courses import Course, Kind
from models.outcomes.episodes import Episode
from models.outcomes.gain import share_lost
from models.outcomes.history import Score, keep_last_of_each_day, order_scores
from models.outcomes.proportion import Proportion, measure_share

# A check-in older than this says too little of the day of the infusion.
LATEST_LOOK = 10
# Shares of the gain lost between which an infusion came on time.
ON_TIME = (0.25, 0.50)


class Timing(StrEnum):
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TimedInfusion:
    """The first infusion of a maintenance course, and the check-in it is judged by."""

    course_no: int
    given_on: date
    timing: Timing
    looked_on: date | None
    lost_share: float | None


def time_maintenance(
    courses: Sequence[Course],
    episodes: Sequence[Episode],
    scores: Sequence[Score],
    instrument: Instrument,
) -> list[TimedInfusion]:
    """Judge each maintenance course that followed a response; after none there is no gain to lose.

    `episodes` are those of `courses` on `instrument`, `scores` all of the patient's on it.
    """
    ordered = order_scores(scores)
    return [
        _time(course, episode, ordered, instrument)
        for course, episode in zip(courses[1:], episodes, strict=False)
        if course.kind is Kind.MAINTENANCE and episode.responded
    ]


def count_timings(timed: Iterable[TimedInfusion]) -> dict[Timing, int]:
    """Return how many there are of each timing."""
    found = Counter(one.timing for one in timed)
    return {timing: found[timing] for timing in Timing}


def share_timings(counts: Mapping[Timing, int]) -> dict[Timing, Proportion]:
    """Return each timing's share of those that are known, and the unknown ones' of all."""
    total = sum(counts.values())
    known = total - counts[Timing.UNKNOWN]
    return {
        timing: measure_share(counts[timing], total if timing is Timing.UNKNOWN else known)
        for timing in Timing
    }


def _time(
    course: Course, episode: Episode, ordered: Sequence[Score], instrument: Instrument
) -> TimedInfusion:
    earliest = course.first.day - timedelta(days=LATEST_LOOK)
    before = keep_last_of_each_day(
        score
        for score in ordered
        if score.moment.is_after(episode.course.last) and not score.moment.is_after(course.first)
    )
    latest = before[-1] if before and before[-1].moment.day >= earliest else None
    lost = None if latest is None else _lost_at(episode, latest, instrument)
    if latest is None or lost is None or episode.baseline is None:
        return TimedInfusion(course.number, course.first.day, Timing.UNKNOWN, None, None)
    responding = bool(instrument.is_responding(episode.baseline, latest.value))
    timing = _judge(lost, responding)
    return TimedInfusion(course.number, course.first.day, timing, latest.moment.day, lost)


def _lost_at(episode: Episode, score: Score, instrument: Instrument) -> float | None:
    return share_lost(episode.baseline, episode.best, score.value, instrument)


def _judge(lost: float, responding: bool) -> Timing:
    """Late is also what comes after half of the gain, where a rule asks for less than half."""
    if not responding or lost > ON_TIME[1] + TOLERANCE:
        return Timing.LATE
    return Timing.ON_TIME if lost >= ON_TIME[0] - TOLERANCE else Timing.EARLY
