"""The masses that make interval-censored rows most likely.

Newton steps on the places that matter (constrained Newton, Wang 2007), between self-consistent
(EM) steps. The likelihood is concave, so `gap` <= g proves it is within g a unit of weight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from models.outcomes.curves.innermost import Overlaps
from models.outcomes.curves.observations import Codes, Days

GAP = 1e-9
MOST_ROUNDS = 2000
# EM steps between Newton steps: cheap, and they never make the likelihood worse.
EM_STEPS = 3
# Places solved for together; the work grows with the cube. A year of daily check-ins fits.
BLOCK = 400
# A full step at the summit changes nothing but rounding; refusing it would stop short.
ROUNDING = 1e-14
# Places that the rows cannot tell apart would make the curvature singular.
RIDGE = 1e-9
# Mass too small to be told from rounding; its place can come back through the gradient.
NOTHING = 1e-13


@dataclass(frozen=True, eq=False)
class Fit:
    """Masses summing to 1, and the largest share by which the gradient exceeds its bound."""

    mass: Days
    gap: float
    rounds: int


class Unconverged(ArithmeticError):
    """The maximum was not reached. No estimate is better than a wrong one."""


def maximise(overlaps: Overlaps, weight: Days, start: Days | None = None, gap: float = GAP) -> Fit:
    """Fit masses to weighted distinct rows, from `start` (which must suit all rows) if given."""
    kept = weight > 0
    rows = _Rows(overlaps.first[kept], overlaps.last[kept], weight[kept] / weight[kept].sum())
    places = len(overlaps.intervals)
    mass = np.full(places, 1 / places) if start is None else start
    for done in range(MOST_ROUNDS):
        slope = rows.slope(mass)
        excess = float(slope.max() - 1)
        if excess <= gap:
            return Fit(mass, excess, done)
        mass = _step_newton(rows, mass, slope)
        for _ in range(EM_STEPS):
            mass = mass * rows.slope(mass)
    raise Unconverged(f"gap {excess:.1e} after {MOST_ROUNDS} rounds")


@dataclass(frozen=True, eq=False)
class _Rows:
    """Distinct rows over places: first..last, both included, and a share of the weight."""

    first: Codes
    last: Codes
    share: Days

    def chance(self, mass: Days) -> Days:
        so_far = np.concatenate(([0.0], np.cumsum(mass)))
        return np.asarray(so_far[self.last + 1] - so_far[self.first], dtype=np.float64)

    def slope(self, mass: Days) -> Days:
        """Derivative of the log-likelihood by each mass; 1 where mass is right, under 1 else."""
        pull = self.share / self.chance(mass)
        change = np.bincount(self.first, pull, mass.size + 1)
        change -= np.bincount(self.last + 1, pull, mass.size + 1)
        return np.asarray(np.cumsum(change[:-1]), dtype=np.float64)

    def log_likelihood(self, mass: Days) -> float:
        chance = self.chance(mass)
        if chance.min() <= 0:
            return float("-inf")
        return float(self.share @ np.log(chance))

    def curvature(self, mass: Days, places: Codes) -> NDArray[np.float64]:
        """Minus the second derivatives between some places: rows covering both, pull squared."""
        bend = self.share / self.chance(mass) ** 2
        begin = np.searchsorted(places, self.first)
        end = np.searchsorted(places, self.last, side="right") - 1
        inside = begin <= end
        size = places.size
        cell = begin[inside] * size + end[inside]
        grid = np.bincount(cell, bend[inside], size * size).reshape(size, size)
        upper = np.triu(grid[:, ::-1].cumsum(axis=1)[:, ::-1].cumsum(axis=0))
        return np.asarray(upper + np.triu(upper, 1).T, dtype=np.float64)


def _step_newton(rows: _Rows, mass: Days, slope: Days) -> Days:
    """Towards the maximum of the quadratic through `mass`, as far as the likelihood rises."""
    places = np.flatnonzero(((mass > NOTHING) | _peaks(slope)) & (slope > 0))
    aim = np.zeros_like(mass)
    for start in range(0, places.size, BLOCK):
        block = places[start : start + BLOCK]
        aim[block] = _solve(rows.curvature(mass, block), mass[block], slope[block])
    if not aim.sum() > 0:
        return mass
    towards = aim / aim.sum() - mass
    before = rows.log_likelihood(mass)
    for halved in range(30):
        tried = np.maximum(mass + towards / 2**halved, 0.0)
        if rows.log_likelihood(tried) > before - ROUNDING:
            return np.asarray(tried / tried.sum(), dtype=np.float64)
    return mass


def _peaks(slope: Days) -> NDArray[np.bool_]:
    """Places where more mass would help most among their neighbours."""
    padded = np.concatenate(([-np.inf], slope, [-np.inf]))
    return np.asarray((slope > 1) & (slope >= padded[:-2]) & (slope >= padded[2:]))


def _solve(curvature: NDArray[np.float64], mass: Days, slope: Days) -> Days:
    """Masses >= 0 that maximise the quadratic, other places being held (active set)."""
    curvature[np.diag_indices_from(curvature)] += RIDGE * curvature.diagonal().max()
    bound = slope - 1 + curvature @ mass
    here, free = mass.copy(), np.arange(mass.size)
    while free.size:
        factor = cho_factor(curvature[np.ix_(free, free)], check_finite=False)
        best = cho_solve(factor, bound[free], check_finite=False)
        falling = best < 0
        if not falling.any():
            here[free] = best
            break
        at = here[free]
        reach = float(np.min(at[falling] / (at[falling] - best[falling])))
        moved = at + reach * (best - at)
        gone = falling & (moved <= NOTHING)
        here[free] = np.where(gone, 0.0, moved)
        free = free[~gone]
    return here
