"""Funnel limits: how far a site may lie from what is expected of it by chance alone.

Exact binomial tails, at an effective number of courses that need not be whole: fewer than there
are where courses of one patient are alike, or where sites scatter more than chance explains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, chdtrc, ndtri

from models.outcomes.sites.clustering import Floats

Flags = NDArray[np.bool_]

WATCH_LEVEL, DIFFERS_LEVEL = 0.95, 0.998
# The share of scores drawn in to the next one at either end before scatter is judged, so that a
# site that does differ does not hide itself by widening everyone's limits (Spiegelhalter 2005).
DRAWN_IN = 0.1
SCATTER_TEST = 0.05


@dataclass(frozen=True)
class Scatter:
    """`factor` is what variances are multiplied with: 1 unless the test says more than chance."""

    statistic: float
    p_value: float
    factor: float
    sites: int


def tails(rate: Floats, expected: Floats, size: Floats) -> tuple[Floats, Floats]:
    """(P(X <= rate), P(X >= rate)) of a share of `size` courses; each includes the rate itself."""
    count = rate * size
    at_most = np.where(count >= size, 1.0, 1 - _at_least(count + 1, expected, size))
    return at_most, _at_least(count, expected, size)


def _at_least(count: Floats, expected: Floats, size: Floats) -> Floats:
    """P(X >= count) of a binomial, continued between whole numbers by the beta function."""
    inside = (count > 0) & (count < size + 1)
    first, second = np.where(inside, count, 1.0), np.where(inside, size - count + 1, 1.0)
    tail = betainc(first, second, expected)
    return np.asarray(np.where(count <= 0, 1.0, np.where(inside, tail, 0.0)), dtype=np.float64)


def scores(rate: Floats, expected: Floats, size: Floats) -> Floats:
    """Normal scores of the mid-p tail: how many standard errors from expectation."""
    low, high = tails(rate, expected, size)
    middle = np.clip((low + 1 - high) / 2, 1e-300, 1 - 1e-16)
    return np.asarray(ndtri(middle), dtype=np.float64)


def p_values(rate: Floats, expected: Floats, size: Floats) -> Floats:
    """Two-sided: twice the smaller tail."""
    low, high = tails(rate, expected, size)
    return np.asarray(np.minimum(2 * np.minimum(low, high), 1.0), dtype=np.float64)


def limits(expected: Floats, size: Floats, level: float) -> tuple[Floats, Floats]:
    """The lowest and highest share whose tail is not yet smaller than (1 - level) / 2."""
    tail = (1 - level) / 2
    high = _search(lambda share: _at_least(share * size, expected, size) > tail, size)
    low = _search(lambda share: _at_least((1 - share) * size, 1 - expected, size) <= tail, size)
    return low, high


def _search(goes_on: Callable[[Floats], Flags], size: Floats) -> Floats:
    low, high = np.zeros(size.size), np.ones(size.size)
    for _ in range(50):
        middle = (low + high) / 2
        further = goes_on(middle)
        low, high = np.where(further, middle, low), np.where(further, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)


def judge_scatter(z: Floats) -> Scatter:
    """Spiegelhalter's test of over-dispersion on winsorised scores."""
    sites = z.size
    if sites < 3:
        return Scatter(float(z @ z), 1.0, 1.0, sites)
    pulled = int(np.floor(DRAWN_IN * sites))
    ordered = np.sort(z)
    drawn_in = np.clip(z, ordered[pulled], ordered[sites - 1 - pulled])
    statistic = float(drawn_in @ drawn_in)
    p_value = float(chdtrc(sites - 1, statistic))
    factor = max(statistic / sites, 1.0) if p_value < SCATTER_TEST else 1.0
    return Scatter(statistic, p_value, factor, sites)


def stand_out(p: Floats, level: float) -> Flags:
    """Holm's procedure: which sites differ, with a chance of `level` that any is wrong."""
    order = np.argsort(p)
    ordered = p[order] * np.arange(p.size, 0, -1)
    rejected = np.maximum.accumulate(ordered) < level
    found = np.zeros(p.size, dtype=np.bool_)
    found[order] = rejected
    return found
