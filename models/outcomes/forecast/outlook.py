"""What may be said of a patient on a day: a window in which the response may be lost, or why not.

Never one date. The window counts from the day of asking; where it begins at 0, the response may be
over already, because nobody has looked since.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from models.outcomes.courses import Course
from models.outcomes.episodes import Episode, Held, Unstated
from models.outcomes.forecast.laws import Array
from models.outcomes.forecast.model import DurationModel, read_day
from models.outcomes.forecast.responses import Response
from models.outcomes.rules import Rules

SHARES = (0.10, 0.25, 0.50, 0.75, 0.90)
WEEKS = tuple(range(7, 113, 7))
# Days ahead that are worked out; between them the chance is taken as growing evenly. Beyond the
# last one nothing is said.
AHEAD: Array = np.unique(
    [*range(8), 9, 11, 17, 25, *WEEKS, 126, 140, 154, 168, 196, 224, 280, 336, 420]
).astype(np.float64)


class OutlookStatus(StrEnum):
    """STATED, or why there is no window."""

    STATED = "stated"
    IN_COURSE = "in_course"
    NOT_RESPONDING = "not_responding"
    LOST = "lost"
    NO_BASELINE = "no_baseline"
    NOT_ASSESSED = "not_assessed"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Window:
    """`quantiles`: days from the day of asking by which SHARES of such responses are lost, None
    beyond the last day worked out. `lost_within`: the chance to be lost within each of WEEKS.
    """

    quantiles: tuple[float | None, ...]
    lost_within: tuple[float, ...]
    curve: tuple[tuple[float, float], ...]  # (days ahead, chance to be lost by then)

    def chance_within(self, days: int) -> float:
        return self.lost_within[WEEKS.index(days)]


@dataclass(frozen=True, slots=True)
class Outlook:
    """`well_on` is the last follow-up that responded, `turned_on` a bad one after it. Own holds
    the patient's earlier responses as (lower, upper) days, upper None where not lost. `own_weight`
    is the share of the estimate they make up, 0 to 1.
    """

    status: OutlookStatus
    as_of: date
    course_end: date | None = None
    days_since: int | None = None
    well_on: date | None = None
    turned_on: date | None = None
    own: tuple[tuple[int, int | None], ...] = ()
    own_weight: float | None = None
    window: Window | None = None


def outlook_status(
    courses: Sequence[Course], latest: Episode | None, *, as_of: date, rules: Rules
) -> OutlookStatus:
    """Return whether a window can be stated of the latest course, as far as the patient goes."""
    if latest is None or not courses:
        return OutlookStatus.NO_BASELINE if courses else OutlookStatus.NOT_ASSESSED
    if latest.unstated is Unstated.NOT_ASSESSED:
        waiting = (as_of - courses[-1].last.day).days <= rules.response_window
        return OutlookStatus.IN_COURSE if waiting else OutlookStatus.NOT_ASSESSED
    if latest.unstated is not None:
        return OutlookStatus.NO_BASELINE
    if latest.held is None or latest.lower_days is None:
        return OutlookStatus.NOT_RESPONDING
    if latest.held not in (Held.OPEN, Held.POSSIBLE_LOSS):
        return OutlookStatus.LOST
    # After so long a silence even a loss that is seen could not be dated.
    unseen = (as_of - courses[-1].last.day).days - latest.lower_days
    return OutlookStatus.NOT_ASSESSED if unseen > rules.widest_gap else OutlookStatus.STATED


@dataclass(frozen=True, slots=True)
class Asked:
    """A patient and the day they are asked about. `responses` are theirs, in order, up to that day;
    of a STATED one the last of them still holds.
    """

    status: OutlookStatus
    as_of: date
    course_end: date | None
    responses: tuple[Response, ...]


def state_outlooks(model: DurationModel | None, asked: Sequence[Asked]) -> list[Outlook]:
    """Return one outlook for each; without a model, for want of losses, none is stated."""
    stated = [one for one in asked if one.status is OutlookStatus.STATED]
    windows = iter(_windows(model, stated) if model and stated else [])
    return [_outlook(model, one, windows) for one in asked]


def _windows(model: DurationModel, stated: Sequence[Asked]) -> list[Window]:
    responses = [response for one in stated for response in one.responses]
    places = np.cumsum([len(one.responses) for one in stated]) - 1
    since = [(one.as_of - one.responses[-1].day0).days for one in stated]
    chances = model.chance_of_loss(responses, places.tolist(), np.array(since, float), AHEAD)
    return [_window(np.maximum.accumulate(chance)) for chance in chances]


def _window(chance: Array) -> Window:
    within = np.interp(WEEKS, AHEAD, chance)
    return Window(
        tuple(read_day(AHEAD, chance, share) for share in SHARES),
        tuple(within.tolist()),
        tuple(zip(AHEAD.tolist(), chance.tolist(), strict=True)),
    )


def _outlook(model: DurationModel | None, one: Asked, windows: Iterator[Window]) -> Outlook:
    since = None if one.course_end is None else (one.as_of - one.course_end).days
    if one.status is not OutlookStatus.STATED:
        return Outlook(one.status, one.as_of, one.course_end, since, own=_own(one.responses))
    latest, earlier = one.responses[-1], one.responses[:-1]
    well_on, turned_on = _last_days(latest)
    return Outlook(
        OutlookStatus.STATED if model else OutlookStatus.TOO_FEW,
        one.as_of,
        one.course_end,
        since,
        well_on,
        turned_on,
        _own(earlier),
        model.weight_of_own(len(earlier)) if model else None,
        next(windows) if model else None,
    )


def _last_days(latest: Response) -> tuple[date, date | None]:
    well_on = latest.day0 + timedelta(days=int(latest.lower))
    seen_on = latest.day0 + timedelta(days=latest.days[-1])
    return well_on, seen_on if seen_on > well_on else None


def _own(responses: Sequence[Response]) -> tuple[tuple[int, int | None], ...]:
    return tuple((int(one.lower), int(one.upper) if one.is_lost else None) for one in responses)
