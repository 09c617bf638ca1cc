"""How likely responses lost in (lower, upper] are, and how that changes with the law's figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.outcomes.forecast.laws import (
    Array,
    Law,
    log_days,
    log_survival,
    log_survival_slope,
)

# Two days of one interval are never so close that the difference of two survivals vanishes.
LEAST_DIFFERENCE = 1e-12


@dataclass(frozen=True, eq=False)
class Intervals:
    """(lower, upper] in log days. Response held beyond `lower`; `lost` says whether `upper` is
    known. A loss before the first check-in has lower 0, which bears no information by itself.
    """

    log_lower: Array
    log_upper: Array
    from_start: NDArray[np.bool_]
    lost: NDArray[np.bool_]

    @classmethod
    def of_days(cls, lower: Array, upper: Array) -> Intervals:
        lost = np.isfinite(upper)
        return cls(log_days(lower), log_days(np.where(lost, upper, 1.0)), lower <= 0, lost)

    def __len__(self) -> int:
        return self.log_lower.size


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """Log-likelihoods (rows, locations) with their slopes by location and by log scale."""

    value: Array
    by_location: Array
    by_log_scale: Array


def log_likelihood(law: Law, rows: Intervals, location: Array, scale: float) -> Array:
    """Return (rows, locations) for `location` of that shape."""
    value, _ = _log_survival_after(law, rows.log_lower, location, scale)
    value[rows.from_start] = 0.0
    upper, _ = _log_survival_after(law, rows.log_upper[rows.lost], location[rows.lost], scale)
    value[rows.lost] += np.log(-np.expm1(-_difference(value[rows.lost], upper)))
    return value


def likelihoods(law: Law, rows: Intervals, location: Array, scale: float) -> Likelihoods:
    """The same with its slopes: S(lower) - S(upper), or S(lower) where nothing was lost."""
    lost = rows.lost
    value, z = _log_survival_after(law, rows.log_lower, location, scale)
    slope = log_survival_slope(law, z, value)
    value[rows.from_start] = slope[rows.from_start] = 0.0
    turn = slope * z
    value_u, z_u = _log_survival_after(law, rows.log_upper[lost], location[lost], scale)
    slope_u = log_survival_slope(law, z_u, value_u)
    gap = _difference(value[lost], value_u)
    pull = 1 / np.expm1(np.minimum(gap, 700.0))
    value[lost] += np.log(-np.expm1(-gap))
    by_location, by_log_scale = -slope, -turn
    by_location[lost] -= pull * (slope[lost] - slope_u)
    by_log_scale[lost] -= pull * (turn[lost] - slope_u * z_u)
    return Likelihoods(value, by_location / scale, by_log_scale)


def _log_survival_after(
    law: Law, log_day: Array, location: Array, scale: float
) -> tuple[Array, Array]:
    z = (log_day[:, None] - location) / scale
    return log_survival(law, z), z


def _difference(lower: Array, upper: Array) -> Array:
    return np.asarray(np.maximum(lower - upper, LEAST_DIFFERENCE))
