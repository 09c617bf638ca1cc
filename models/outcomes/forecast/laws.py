"""The two laws a duration may follow: log T = location + scale * W.

W is the smallest extreme value (Weibull durations) or the standard normal (log-normal durations).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

Array = NDArray[np.float64]
# exp(30) is beyond any hazard that matters and far from overflow.
STEEPEST = 30.0
# Days come from dates; a loss on day 0 and one a second later are the same to us.
SHORTEST = 1e-3
HALF_LOG_TWO_PI = 0.9189385332046727


class Law(StrEnum):
    WEIBULL = "weibull"
    LOG_NORMAL = "log_normal"

    @property
    def variance(self) -> float:
        """The variance of W, by which one's own durations are weighed against everyone's."""
        return float(np.pi**2 / 6) if self is Law.WEIBULL else 1.0


def log_survival(law: Law, z: Array) -> Array:
    if law is Law.WEIBULL:
        return np.asarray(-np.exp(np.minimum(z, STEEPEST)))
    return np.asarray(log_ndtr(-z))


def survival(law: Law, z: Array) -> Array:
    """The same without its logarithm, which is quicker."""
    if law is Law.WEIBULL:
        return np.asarray(np.exp(-np.exp(np.minimum(z, STEEPEST))))
    return np.asarray(ndtr(-z))


def log_survival_slope(law: Law, z: Array, value: Array) -> Array:
    """The derivative of the log survival by z, given its value there."""
    if law is Law.WEIBULL:
        return value.copy()  # the caller may go on to change either
    # Below z + 1 always (Birnbaum 1942); far out, where a search may look, rounding forgets that.
    most = np.log1p(np.maximum(z, 0.0))
    return np.asarray(-np.exp(np.minimum(-0.5 * z * z - HALF_LOG_TWO_PI - value, most)))


def log_days(days: Array) -> Array:
    return np.asarray(np.log(np.maximum(days, SHORTEST)))
