"""What happened to a patient, as values: moments, infusions and scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple


class Moment(NamedTuple):
    """A local calendar day, with the clock time that day where it is known."""

    day: date
    time: time | None = None

    def is_after(self, other: Moment) -> bool:
        """A later day; on the same day only if both times are known and say so."""
        if self.day != other.day:
            return self.day > other.day
        return self.time is not None and other.time is not None and self.time > other.time


class Score(NamedTuple):
    """The total of one assessment on one instrument."""

    moment: Moment
    value: float


@dataclass(frozen=True, slots=True)
class History:
    """One patient's infusions and, per instrument code, scores, each in order of entry."""

    infusions: tuple[Moment, ...]
    scores: dict[str, tuple[Score, ...]]


def order_moments(moments: Iterable[Moment]) -> list[Moment]:
    """Sort by day and time; an unknown time comes first that day, ties keep their order."""
    return sorted(moments, key=_position)


def order_scores(scores: Iterable[Score]) -> list[Score]:
    """Sort by day and time; an unknown time comes first that day, ties keep order of entry."""
    return sorted(scores, key=lambda score: _position(score.moment))


def keep_last_of_each_day(scores: Iterable[Score]) -> list[Score]:
    """Keep one score a day, the last, from scores already in order."""
    by_day = {score.moment.day: score for score in scores}
    return list(by_day.values())


def _position(moment: Moment) -> tuple[date, bool, time]:
    return moment.day, moment.time is not None, moment.time or time.min
