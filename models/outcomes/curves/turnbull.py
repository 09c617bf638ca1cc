"""Turnbull's curve: the estimate where loss is only known to lie between two check-ins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.outcomes.curves.innermost import find_overlaps
from models.outcomes.curves.likelihood import maximise
from models.outcomes.curves.observations import Days, add_up, read_intervals, read_weights
from models.outcomes.curves.quantiles import Quantile, cross_lines, read_share

# Mass under this is what is left of a place the fit has given up.
LEAST_MASS = 1e-9


@dataclass(frozen=True, eq=False)
class Npmle:
    """Masses (m,) on innermost intervals (m, 2), in order; (lower, upper] unless the two are equal.

    The data say nothing of how mass lies inside an interval; it is taken as evenly spread, so the
    curve is a straight line there. A last interval without end holds those not yet lost. `gap` is
    the proof of the fit: the log-likelihood is within `gap` a unit of weight of its maximum.
    """

    intervals: NDArray[np.float64]
    mass: Days
    courses: int
    gap: float
    rounds: int

    @property
    def known_to(self) -> float:
        """The last day the curve is known on: without end once everyone has lost response."""
        if self.mass.size == 0:
            return float("-inf")
        is_open = np.isinf(self.intervals[-1, 1])
        return float(self.intervals[-1, 0]) if is_open else float("inf")

    def survival_at(self, days: ArrayLike) -> Days:
        """Survival after each of `days`; NaN before day 0 and beyond the last follow-up."""
        asked = np.asarray(days, dtype=np.float64)
        known = (asked >= 0) & (asked <= self.known_to)
        # Added up from the end, or a curve that reaches 0 would end at 0.0000000000000002.
        survival = self.mass @ (1 - share_passed(self.intervals, asked))
        return np.where(known, survival, np.nan)

    def corners(self) -> tuple[Days, Days]:
        """(day, survival) at day 0 and both ends of each interval: the curve's straight lines.

        A day appears twice where intervals meet (harmless) or where mass lies on that day alone.
        """
        if self.mass.size == 0:
            return np.empty(0), np.empty(0)
        day = np.concatenate(([0.0], self.intervals.ravel()))
        left = np.append(np.cumsum(self.mass[::-1])[::-1][1:], 0.0)
        ends = np.column_stack([np.append(1.0, left[:-1]), left]).ravel()
        survival = np.concatenate(([1.0], ends))
        finite = np.isfinite(day)
        return day[finite], survival[finite]

    def quantile(self, q: float) -> Quantile:
        """The day by which a share `q` has lost response; limits only come from a bootstrap."""
        return Quantile(cross_lines(*self.corners(), read_share(q)), None, None)


def turnbull(lower: ArrayLike, upper: ArrayLike, *, weights: ArrayLike | None = None) -> Npmle:
    """The self-consistent estimate for half-open (lower, upper] rows; lower == upper is exact.

    Equals R's survfit(Surv(type="interval2")), run to convergence. Rows of weight 0 are left out.
    """
    left, right = read_intervals(lower, upper)
    weight = read_weights(weights, left.size)
    kept = weight > 0
    if not kept.any():
        return Npmle(np.empty((0, 2)), np.empty(0), 0, 0.0, 0)
    overlaps = find_overlaps(left[kept], right[kept])
    fit = maximise(overlaps, add_up(weight[kept], overlaps.row, overlaps.lower.size))
    held = fit.mass > LEAST_MASS
    mass = fit.mass[held] / fit.mass[held].sum()
    return Npmle(overlaps.intervals[held], mass, int(kept.sum()), fit.gap, fit.rounds)


def share_passed(intervals: NDArray[np.float64], days: Days) -> NDArray[np.float64]:
    """The share of each interval behind each day, (intervals, *days); none of one without end."""
    shape = (-1,) + (1,) * days.ndim
    begin, end = intervals[:, 0].reshape(shape), intervals[:, 1].reshape(shape)
    endless = np.isinf(end)
    width = np.where(endless, 1.0, end - begin)
    inside = np.divide(
        days - begin,
        width,
        out=np.zeros(np.broadcast_shapes(width.shape, days.shape)),
        where=width > 0,
    )
    passed = np.where(days >= end, 1.0, np.clip(inside, 0.0, 1.0))
    return np.where(endless, 0.0, passed)
