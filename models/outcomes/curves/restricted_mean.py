"""The mean number of days response held, counted up to a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.outcomes.curves.curve import Curve
from models.outcomes.curves.influence import gain_of_loss, own_constant
from models.outcomes.curves.observations import Days
from models.outcomes.curves.turnbull import Npmle


class NoMean(StrEnum):
    """Why there is no restricted mean."""

    NO_COURSES = "no_courses"
    FOLLOW_UP_ENDS = "follow_up_ends"


@dataclass(frozen=True)
class RestrictedMean:
    """Days; `value` is None, with the reason, where the curve is not known up to `tau`.

    `standard_error` is also None for a Turnbull curve (only the patient bootstrap gives one) and
    for a single patient.
    """

    value: float | None
    standard_error: float | None
    tau: float
    reason: NoMean | None = None
    known_to: float | None = None


def restricted_mean(curve: Curve | Npmle, tau: float) -> RestrictedMean:
    """The area under the curve from day 0 to `tau`.

    Follow-up that ends before `tau`, response not lost by all, gives no mean: R carries the last
    value on to `tau`, which is a guess.
    """
    if not 0 < tau < np.inf:
        raise ValueError("tau must be a number of days above 0")
    if curve.courses == 0:
        return RestrictedMean(None, None, tau, NoMean.NO_COURSES)
    if curve.known_to < tau:
        return RestrictedMean(None, None, tau, NoMean.FOLLOW_UP_ENDS, curve.known_to)
    if isinstance(curve, Npmle):
        return RestrictedMean(float(curve.mass @ mean_within(curve.intervals, tau)), None, tau)
    width = _widths(curve.day, tau)
    return RestrictedMean(float(width @ curve.survival), _spread(curve, width), tau)


def mean_within(intervals: NDArray[np.float64], tau: float) -> Days:
    """The mean of min(day, tau) over each interval, days evenly spread; tau for one without end."""
    begin = np.minimum(intervals[:, 0], tau)
    end = np.minimum(intervals[:, 1], tau)
    width = np.where(np.isinf(intervals[:, 1]), np.inf, intervals[:, 1] - intervals[:, 0])
    late = np.divide(
        intervals[:, 1] - end, width, out=np.zeros(end.size), where=(width > 0) & np.isfinite(width)
    )
    return np.where(np.isinf(width), tau, (1 - late) * (begin + end) / 2 + late * tau)


def _widths(day: Days, tau: float) -> Days:
    """Days up to `tau` for which the curve keeps the height of each of its steps."""
    return np.diff(np.minimum(np.append(day, np.inf), tau))


def _spread(curve: Curve, width: Days) -> float | None:
    """Standard error: R's print(survfit, rmean=tau), or the influence of each row or cluster."""
    followed, area = curve.followed, width * curve.survival
    gain = gain_of_loss(curve.at_risk, curve.events, curve.survival == 0)
    later = area[::-1].cumsum()[::-1]
    if not followed.robust:
        return float(np.sqrt(later**2 @ gain.step))
    if followed.is_single:
        return None
    before = np.append(0.0, np.cumsum(area * gain.so_far))
    index = followed.day_index
    moved = followed.weight * (before[index] + own_constant(followed, gain) * later[index])
    if followed.cluster is not None:
        moved = np.bincount(followed.cluster, moved)
    return float(np.sqrt(moved @ moved))
