"""Estimates drawn towards the group, the more the fewer courses a site has.

Normal on the scale of log-odds; the spread between sites is averaged over its likelihood instead
of being set to one value, so that intervals stay wide enough where sites are few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from models.outcomes.sites.clustering import Floats

GRID = 200
# The prior of the spread between sites (half-normal, log-odds): 1 means a site among the best
# sixth has 2.7 times the odds of the middle one, more than was ever reported between clinics.
SPREAD_PRIOR = 1.0


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Per site: centre and limits. `spread` is Paule and Mandel's estimate of tau."""

    value: Floats
    lower: Floats
    upper: Floats
    spread: float


def shrink(
    effect: Floats, error: Floats, *, level: float = 0.95, prior: float | None = SPREAD_PRIOR
) -> Shrunken:
    """Draw effects with known standard errors towards their common mean.

    `prior` None is flat. Fewer than three sites are left as they are.
    """
    if effect.size < 3:
        width = ndtri((1 + level) / 2) * error
        return Shrunken(effect, effect - width, effect + width, 0.0)
    spread = np.linspace(0.0, _widest(effect, error, prior), GRID)
    weight, mean, variance = _posteriors(effect, error, spread, prior)
    value = weight @ mean
    lower, upper = (
        _quantile(weight, mean, variance, q) for q in ((1 - level) / 2, (1 + level) / 2)
    )
    return Shrunken(value, lower, upper, paule_mandel(effect, error))


def paule_mandel(effect: Floats, error: Floats) -> float:
    """The spread (standard deviation) at which the weighted scatter is what it should be."""

    def excess(tau2: float) -> float:
        weight = 1 / (error**2 + tau2)
        mean = weight @ effect / weight.sum()
        return float(weight @ (effect - mean) ** 2) - (effect.size - 1)

    if excess(0.0) <= 0:
        return 0.0
    top = float(np.ptp(effect)) ** 2 + 1.0
    return float(np.sqrt(brentq(excess, 0.0, top)))


def _widest(effect: Floats, error: Floats, prior: float | None) -> float:
    natural = 4 * float(np.ptp(effect)) + 4 * float(np.median(error))
    return natural if prior is None else min(natural, 4 * prior)


def _posteriors(
    effect: Floats, error: Floats, spread: Floats, prior: float | None
) -> tuple[Floats, Floats, Floats]:
    """Weights of each spread, and the sites' means and variances given it (spread, site)."""
    precision = 1 / (error[None, :] ** 2 + spread[:, None] ** 2)
    total = precision.sum(axis=1)
    centre = precision @ effect / total
    misfit = (precision * (effect[None, :] - centre[:, None]) ** 2).sum(axis=1)
    log_weight = np.log(precision).sum(axis=1) / 2 - np.log(total) / 2 - misfit / 2
    if prior is not None:
        log_weight = log_weight - (spread / prior) ** 2 / 2
    weight = np.exp(log_weight - log_weight.max())
    weight[[0, -1]] /= 2
    kept = (spread**2)[:, None] * precision
    mean = kept * effect[None, :] + (1 - kept) * centre[:, None]
    variance = kept * error[None, :] ** 2 + (1 - kept) ** 2 / total[:, None]
    return weight / weight.sum(), mean, variance


def _quantile(weight: Floats, mean: Floats, variance: Floats, q: float) -> Floats:
    """Quantiles of the mixture over spreads, by bisection, one a site."""
    error = np.sqrt(np.maximum(variance, 1e-12))
    low = (mean - 8 * error).min(axis=0)
    high = (mean + 8 * error).max(axis=0)
    for _ in range(60):
        middle = (low + high) / 2
        below = weight @ ndtr((middle[None, :] - mean) / error) < q
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray((low + high) / 2, dtype=np.float64)
