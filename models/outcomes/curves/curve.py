"""A Kaplan-Meier curve and the rows it was made of."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.outcomes.curves.observations import Codes, Days
from models.outcomes.curves.quantiles import Quantile, cross_steps, read_share


@dataclass(frozen=True, eq=False)
class Followed:
    """The rows of a curve, reduced to numbers; what the robust variance is summed over."""

    day_index: Codes
    lost: NDArray[np.bool_]
    weight: Days
    cluster: Codes | None
    robust: bool

    @property
    def is_single(self) -> bool:
        """Whether it is all one cluster; R then states an error of 0, which is no certainty."""
        groups = self.lost.size if self.cluster is None else int(self.cluster.max(initial=-1)) + 1
        return groups == 1


@dataclass(frozen=True, eq=False)
class Curve:
    """Share still responding after each distinct day, from day 0 on.

    All arrays have one value a day; none at all where there were no courses. `at_risk` and
    `events` are sums of weights. Limits are NaN where the log-log formula has none: at 0, and at 1
    before the first loss (other than on day 0, where 1 is by definition).
    """

    day: Days
    at_risk: Days
    events: Days
    survival: Days
    ci_lower: Days
    ci_upper: Days
    standard_error: Days
    level: float
    courses: int
    followed: Followed = field(repr=False)

    @property
    def known_to(self) -> float:
        """The last day anything is known of: without end once everyone has lost response."""
        if self.day.size == 0:
            return float("-inf")
        return float("inf") if self.survival[-1] == 0 else float(self.day[-1])

    def survival_at(self, days: ArrayLike) -> Days:
        """Survival after each of `days`; NaN before day 0 and beyond the last follow-up."""
        asked = np.asarray(days, dtype=np.float64)
        known = (asked >= 0) & (asked <= self.known_to)
        at = np.searchsorted(self.day, asked, side="right") - 1
        held = np.append(self.survival, np.nan)
        return np.where(known, held[np.where(known, at, -1)], np.nan)

    def at_risk_at(self, days: ArrayLike) -> Days:
        """Weights of the courses still followed at the start of each of `days`."""
        asked = np.asarray(days, dtype=np.float64)
        at = np.searchsorted(self.day, asked, side="left")
        return np.asarray(np.append(self.at_risk, 0.0)[at], dtype=np.float64)

    def quantile(self, q: float) -> Quantile:
        """The day by which a share `q` has lost response, with limits read off the limits."""
        height = read_share(q)
        return Quantile(
            cross_steps(self.day, self.survival, height),
            cross_steps(self.day, self.ci_lower, height),
            cross_steps(self.day, self.ci_upper, height),
        )
