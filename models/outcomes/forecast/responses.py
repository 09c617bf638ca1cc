"""A response as the outlook sees it: its interval, its scores, and what was known when it began."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import inf, log1p

from models.instrument import Instrument
from models.outcomes.courses import Course
from models.outcomes.episodes import Episode, Held
from models.outcomes.forecast.covariates import Fact, Facts
from models.outcomes.history import Score, keep_last_of_each_day, order_scores


@dataclass(frozen=True, slots=True)
class Response:
    """One course that was responded to. Days count from `day0`, its last infusion.

    It was lost in (lower, upper], or `upper` is infinite. `days` are the follow-ups and `margins`
    by what share of the baseline each was on the responding side of the clinic's line.
    """

    patient: Hashable
    course_no: int
    day0: date
    lower: float
    upper: float
    held: Held
    days: tuple[int, ...]
    margins: tuple[float, ...]
    facts: Facts = field(default_factory=dict)

    @property
    def is_lost(self) -> bool:
        return self.upper < inf

    @property
    def first_well(self) -> int:
        """The place of the first follow-up that responded."""
        return next(place for place, margin in enumerate(self.margins) if margin >= 0)


def collect_responses(
    patient: Hashable,
    courses: Sequence[Course],
    episodes: Sequence[Episode],
    scores: Sequence[Score],
    instrument: Instrument,
    facts: Facts,
) -> list[Response]:
    """Return a patient's responses in order; `facts` are those known from the beginning."""
    ordered = order_scores(scores)
    found: list[Response] = []
    for course, episode, following in zip(courses, episodes, [*courses, None][1:], strict=True):
        if not episode.responded or episode.held is None or episode.lower_days is None:
            continue
        after = [
            score
            for score in ordered
            if score.moment.is_after(course.last)
            and (following is None or not score.moment.is_after(following.first))
        ]
        followups = keep_last_of_each_day(after)
        margins = tuple(_margin(episode, score, instrument) for score in followups)
        own = _facts_of_course(course, episode, margins, len(found))
        found.append(
            Response(
                patient=patient,
                course_no=course.number,
                day0=course.last.day,
                lower=float(episode.lower_days),
                upper=inf if episode.upper_days is None else float(episode.upper_days),
                held=episode.held,
                days=tuple((score.moment.day - course.last.day).days for score in followups),
                margins=margins,
                facts={**facts, **own},
            )
        )
    return found


def _margin(episode: Episode, score: Score, instrument: Instrument) -> float:
    """Share of the baseline beyond the response rule; 0 exactly at it, also in floating point."""
    assert episode.baseline is not None  # a stated response has one
    improvement = instrument.improvement(episode.baseline, score.value)
    assert improvement is not None
    assert instrument.response_drop is not None
    margin = improvement - instrument.response_drop
    is_well = bool(instrument.is_responding(episode.baseline, score.value))
    return max(margin, 0.0) if is_well else min(margin, -1e-9)


def _facts_of_course(
    course: Course,
    episode: Episode,
    margins: Sequence[float],
    earlier: int,
) -> dict[str, Fact]:
    """Return what is known at the first follow-up, and only that.

    A mean over the first two values instead of the first would already know of a loss between
    them: measured, it improves a forecast by half a day that nobody could have made. Nor is the
    day of the first follow-up told: a response looked at late had to last until then to be seen, so
    a late look would seem to make it last.
    """
    return {
        "course:kind": course.kind.value,
        "course:earlier_responses": log1p(earlier),
        "course:baseline": episode.baseline,
        "course:first_margin": margins[0],
    }
