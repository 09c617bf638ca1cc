"""What a course counts as in figures that name nobody."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.instrument import Instrument
from models.outcomes.courses import Course
from models.outcomes.episodes import Episode, Unstated

WEEKS_4, WEEKS_8, WEEKS_12 = 28, 56, 84
# The baseline's place between the best possible value and the worst, in ninths (PHQ-9: 3 points).
SEVERITY_STEPS = 9
MOST_FAILURES = 4
UNKNOWN = -1


class Breakdown(StrEnum):
    """The only ways in which counts are told apart, one at a time."""

    ALL = "all"
    KIND = "kind"
    INDICATION = "indication"
    ROUTE = "route"
    MONTH = "month"
    QUARTER = "quarter"


class Mark(StrEnum):
    """What a course is counted under; a course bears several."""

    TREATED = "treated"
    NO_BASELINE = "no_baseline"
    NOT_FOLLOWED = "not_followed"
    INELIGIBLE = "ineligible"
    STATED = "stated"
    RESPONDED = "responded"
    NOT_RESPONDING = "not_responding"
    REMITTED = "remitted"
    NOT_REMITTED = "not_remitted"
    RESPONDED_ONLY = "responded_only"
    IMPROVED = "improved"
    WORSENED = "worsened"
    UNCHANGED = "unchanged"
    HELD_4 = "held_4"
    HELD_8 = "held_8"
    HELD_12 = "held_12"
    FELL_BY_4 = "fell_by_4"  # responded, and not known to respond on day 28
    FELL_BY_8 = "fell_by_8"  # known to respond on day 28, not on day 56
    FELL_BY_12 = "fell_by_12"
    LOST_BY_4 = "lost_by_4"
    LOST_BY_8 = "lost_by_8"
    LOST_BY_12 = "lost_by_12"
    LOST_4_TO_8 = "lost_4_to_8"
    LOST_8_TO_12 = "lost_8_to_12"
    NOT_LOST_BY_12 = "not_lost_by_12"
    UNKNOWN_4 = "unknown_4"
    UNKNOWN_8 = "unknown_8"
    UNKNOWN_12 = "unknown_12"
    KNOWN_8 = "known_8"
    BOOSTED_EARLY = "boosted_early"
    BOOSTED_ON_TIME = "boosted_on_time"
    BOOSTED_LATE = "boosted_late"
    BOOSTED_UNKNOWN = "boosted_unknown"


class Fate(StrEnum):
    """What is known of a response on day 56. Unknown ones by how far they were followed."""

    HELD = "held"
    LOST = "lost"
    FOLLOWED_LATE = "followed_late"  # last seen responding on day 28 or later
    FOLLOWED_EARLY = "followed_early"
    NO_RESPONSE = "no_response"


@dataclass(frozen=True, slots=True)
class Counted:
    """One course on one instrument, as a manager's counts know it: no dates but its month.

    `instrument` is empty for a course of a patient whatever was answered. `severity` and
    `failures` are UNKNOWN where not recorded, `indication` and `route` then are empty. `given_by`
    is who gave a booster, where somebody said so; nothing a manager sees is told apart by it.
    """

    site: Hashable
    instrument: str
    course_no: int
    month: date
    kind: str
    indication: str
    route: str
    severity: int = UNKNOWN
    failures: int = UNKNOWN
    step: Mark = Mark.TREATED
    remitted: bool | None = None
    change: Mark | None = None
    lower_days: int | None = None
    upper_days: int | None = None
    booster: str | None = None
    given_by: str | None = None


def count_course(
    site: Hashable, course: Course, *, indication: str | None, route: str | None, failures: int
) -> Counted:
    """Return a course as it counts whatever was answered."""
    month = course.last.day.replace(day=1)
    kind, reason = course.kind.value, indication or ""
    return Counted(site, "", course.number, month, kind, reason, route or "", failures=failures)


def step_of(episode: Episode) -> Mark:
    """Return how far a course got on the way to a stated response, and which it was."""
    if episode.responded is not None:
        return Mark.RESPONDED if episode.responded else Mark.NOT_RESPONDING
    if episode.baseline is None:
        return Mark.NO_BASELINE
    is_followed = episode.decided is not None
    return (
        Mark.INELIGIBLE
        if is_followed or episode.unstated is Unstated.NO_RULE
        else (Mark.NOT_FOLLOWED)
    )


def change_of(episode: Episode, instrument: Instrument) -> Mark | None:
    """Return reliable improvement or worsening from baseline to the last value that decides."""
    reliable = instrument.reliable_change
    if episode.baseline is None or episode.decided is None or reliable is None:
        return None
    gain = episode.baseline - episode.decided
    gain = gain if instrument.best == instrument.lowest else -gain
    if gain >= reliable:
        return Mark.IMPROVED
    return Mark.WORSENED if gain <= -reliable else Mark.UNCHANGED


def severity_of(baseline: float | None, instrument: Instrument) -> int:
    """Return the ninth of the scale, counted from its best end, in which a baseline lies."""
    if baseline is None:
        return UNKNOWN
    share = abs(baseline - instrument.best) / (instrument.highest - instrument.lowest)
    return min(int(share * SEVERITY_STEPS), SEVERITY_STEPS - 1)


def failures_of(covariates: Mapping[str, object]) -> int:
    """Return the recorded number of treatments that failed before, MOST_FAILURES for more."""
    for name, value in covariates.items():
        words = name.casefold().replace("-", "_").replace(" ", "_")
        if "fail" in words and ("treat" in words or "prior" in words):
            try:
                return max(0, min(int(float(str(value))), MOST_FAILURES))
            except ValueError:
                continue
    return UNKNOWN


def fate_of(course: Counted, day: int = WEEKS_8) -> Fate:
    """Return what is known of a course's response on a day."""
    if course.lower_days is None:
        return Fate.NO_RESPONSE
    if course.lower_days >= day:
        return Fate.HELD
    if course.upper_days is not None and course.upper_days <= day:
        return Fate.LOST
    return Fate.FOLLOWED_LATE if course.lower_days >= WEEKS_4 else Fate.FOLLOWED_EARLY
