"""Durations of several responses a patient: one effect a patient, summed out of the likelihood.

log T = intercept + x'slopes + u + scale * W with u ~ N(0, spread^2), summed over evenly spaced
values of u, with exact slopes. (Gauss-Hermite nodes lie too far apart in the middle: with six
responses a patient, 15 of them missed the intercept by 0.1 where 21 even ones are right.) Weak
priors keep a small clinic from believing chance; without them and without a patient effect it is
the ordinary accelerated failure time model of R's survreg.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.outcomes.forecast.intervals import Intervals, likelihoods
from models.outcomes.forecast.laws import Array, Law

NODES = 21
REACH = 3.75  # spreads to either side; beyond lies one patient in six thousand
# Steps of the numerical second derivative, taken of exact first ones.
STEP = 1e-4
# From here on the spread of the patients' own slopes tells the curvature at the cost of one look.
MANY_ROWS = 5000


@dataclass(frozen=True)
class Priors:
    """Normal priors: mean and spread of the intercept, of log scale and of log patient spread, and
    the spread of each slope about 0 (covariates have spread 1). Measured: at 30 patients free
    slopes are worse than no forecast, and these cost nothing at 2000.
    """

    intercept: tuple[float, float] = (math.log(35.0), 1.0)
    slope: float = 0.05
    log_scale: tuple[float, float] = (math.log(0.6), 1.0)
    log_spread: tuple[float, float] = (math.log(0.4), 1.0)


# So wide that they decide nothing: maximum likelihood.
NO_PRIORS = Priors((0.0, 1e6), 1e6, (0.0, 1e6), (0.0, 1e6))


@dataclass(frozen=True, eq=False)
class Fitted:
    """One law, fitted. `covariance` is of intercept, slopes, log scale and, if any, log spread."""

    law: Law
    intercept: float
    slopes: Array
    scale: float
    spread: float
    log_likelihood: float
    covariance: Array

    def locations(self, design: Array) -> Array:
        return np.asarray(self.intercept + design @ self.slopes)

    def doubt(self, design: Array) -> Array:
        """The variance of each row's location that comes from having seen so few responses."""
        size = 1 + self.slopes.size
        rows = np.column_stack([np.ones(len(design)), design])
        held = rows @ self.covariance[:size, :size]
        return np.asarray(np.maximum((held * rows).sum(axis=1), 0.0))


class Unconverged(ArithmeticError):
    """The maximum was not reached. No estimate is better than a wrong one."""


def fit_marginal(
    law: Law,
    lower: Array,
    upper: Array,
    design: Array,
    patient: NDArray[np.intp] | None,
    priors: Priors = NO_PRIORS,
    nodes: int = NODES,
    reach: float = REACH,
) -> Fitted:
    """Fit responses lost in (lower, upper] days; `upper` is infinite where not lost.

    `patient` numbers each row's patient from 0 on; None leaves the patient effect out.
    """
    goal = _Posterior.arrange(law, lower, upper, design, patient, priors, nodes, reach)
    found = minimize(
        goal.negative,
        goal.centre,
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-6},
    )
    if not np.all(np.isfinite(found.x)):
        raise Unconverged("the durations could not be fitted")
    return goal.describe(np.asarray(found.x, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class _Posterior:
    """The log posterior as a function of one vector, and its slope."""

    law: Law
    rows: Intervals
    design: Array
    starts: NDArray[np.intp]
    owner: NDArray[np.intp]
    node: Array
    log_weight: Array
    mean: Array
    deviation: Array

    @classmethod
    def arrange(
        cls,
        law: Law,
        lower: Array,
        upper: Array,
        design: Array,
        patient: NDArray[np.intp] | None,
        priors: Priors,
        nodes: int = NODES,
        reach: float = REACH,
    ) -> _Posterior:
        """Put rows patient by patient, so that each patient's are summed in one go."""
        has_effect = patient is not None
        owner = np.arange(lower.size) if patient is None else patient
        order = np.argsort(owner, kind="stable")
        sorted_owner = owner[order]
        is_first = np.append(True, sorted_owner[1:] != sorted_owner[:-1])[: lower.size]
        node = np.linspace(-reach, reach, nodes) if has_effect else np.zeros(1)
        weight = np.exp(-0.5 * node**2)
        slopes = design.shape[1]
        pairs = [priors.intercept, *[(0.0, priors.slope)] * slopes, priors.log_scale]
        pairs += [priors.log_spread] if has_effect else []
        return cls(
            law,
            Intervals.of_days(lower[order], upper[order]),
            design[order],
            np.flatnonzero(is_first),
            np.cumsum(is_first) - 1,
            node,
            np.log(weight / weight.sum()),
            np.array([pair[0] for pair in pairs]),
            np.array([pair[1] for pair in pairs]),
        )

    @property
    def centre(self) -> Array:
        """Where to begin: no slopes, a month, usual scatter."""
        usual = Priors()
        begin = [usual.intercept[0], *[0.0] * self.design.shape[1], usual.log_scale[0]]
        return np.array(begin + [usual.log_spread[0]] * (self.node.size > 1))

    def negative(self, at: Array) -> tuple[float, Array]:
        """Minus the log posterior and minus its slope."""
        value, slope = self.log_likelihood(at)
        away = (at - self.mean) / self.deviation
        value -= 0.5 * float(away @ away)
        return -value, -(slope - away / self.deviation)

    def log_likelihood(self, at: Array) -> tuple[float, Array]:
        value, slopes = self.by_row(at)
        return value, np.asarray(slopes.sum(axis=0))

    def by_row(self, at: Array) -> tuple[float, Array]:
        """The log-likelihood, and its slope row by row: (rows, figures)."""
        width = self.design.shape[1]
        scale = math.exp(at[1 + width])
        effect = self.node * (math.exp(at[-1]) if self.node.size > 1 else 0.0)
        location = (at[0] + self.design @ at[1 : 1 + width])[:, None] + effect
        found = likelihoods(self.law, self.rows, location, scale)
        joint = np.add.reduceat(found.value, self.starts, axis=0) + self.log_weight
        top = joint.max(axis=1, keepdims=True)
        total = np.log(np.exp(joint - top).sum(axis=1, keepdims=True)) + top
        share = np.exp(joint - total)[self.owner]
        pull = share * found.by_location
        by_location = pull.sum(axis=1)
        columns = [by_location, self.design * by_location[:, None]]
        columns.append((share * found.by_log_scale).sum(axis=1))
        if self.node.size > 1:
            columns.append(pull @ effect)
        return float(total.sum()), np.column_stack(columns)

    def describe(self, at: Array) -> Fitted:
        width = self.design.shape[1]
        return Fitted(
            self.law,
            float(at[0]),
            at[1 : 1 + width],
            math.exp(at[1 + width]),
            math.exp(at[-1]) if self.node.size > 1 else 0.0,
            self.log_likelihood(at)[0],
            self._covariance(at),
        )

    def _covariance(self, at: Array) -> Array:
        """The inverse of the curvature at the maximum."""
        many = len(self.rows) > MANY_ROWS and self.node.size > 1
        bend = self._bend_of_many(at) if many else self._bend(at)
        return np.asarray(np.linalg.pinv((bend + bend.T) / 2, hermitian=True))

    def _bend(self, at: Array) -> Array:
        bend = np.empty((at.size, at.size))
        for place in range(at.size):
            step = np.zeros(at.size)
            step[place] = STEP
            ahead, behind = self.negative(at + step)[1], self.negative(at - step)[1]
            bend[place] = (ahead - behind) / (2 * STEP)
        return bend

    def _bend_of_many(self, at: Array) -> Array:
        slopes = np.add.reduceat(self.by_row(at)[1], self.starts, axis=0)
        return np.asarray(slopes.T @ slopes + np.diag(1 / self.deviation**2))
