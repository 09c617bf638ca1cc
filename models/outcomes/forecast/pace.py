"""How the scores of now change the pace of loss: faster or slower than the durations say.

The hazard that a patient's durations give is multiplied by exp(x'near) in the next three weeks
and by exp(x'later) after, x being what the scores say (landmarks.FEATURES). The figures are held
towards none at all, so that with few patients the durations decide. There is no constant term:
on average the durations are right, and only the difference between patients is to be learnt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from models.outcomes.forecast.effects import Effects
from models.outcomes.forecast.landmarks import FEATURES, Landmarks
from models.outcomes.forecast.laws import Array

# A score says something of the next weeks, and less of what comes after.
NEAR_DAYS = 21.0
HELD_TO = 0.3
STEEPEST = 4.0
LEAST_HAZARD = 1e-10
# What one bad score after a good one means before any was seen: rather a loss than not.
USUAL_LOG_ODDS, ODDS_SPREAD, ODDS_HELD_TO = 0.5, 1.0, 0.5


@dataclass(frozen=True, eq=False)
class Scale:
    """Means and spreads of FEATURES, to put them on one scale."""

    mean: Array
    spread: Array

    @classmethod
    def learn(cls, features: Array) -> Scale:
        if len(features) < 2:
            return cls(np.zeros(len(FEATURES)), np.ones(len(FEATURES)))
        spread = features.std(axis=0)
        return cls(features.mean(axis=0), np.where(spread > 0, spread, 1.0))

    def apply(self, features: Array) -> Array:
        return np.asarray((features - self.mean) / self.spread)


@dataclass(frozen=True, eq=False)
class Split:
    """The hazard (n, times) by the durations after a day, within NEAR_DAYS of it and later."""

    near: Array
    later: Array

    @classmethod
    def after(cls, effects: Effects, rows: NDArray[np.intp], since: Array, until: Array) -> Split:
        """`since` (n,) is the day of a score, `until` (n, times) are days not before it."""
        turn = (since + NEAR_DAYS)[:, None]
        held = effects.log_held(rows, np.column_stack([since, turn, until]))
        total, near = held[:, :1] - held[:, 2:], held[:, :1] - held[:, 1:2]
        near = np.where(until <= turn, total, near)
        return cls(np.maximum(near, 0.0), np.maximum(total - near, 0.0))


@dataclass(frozen=True, eq=False)
class Pace:
    scale: Scale
    near: Array
    later: Array

    def hazard(self, features: Array, split: Split) -> Array:
        """The hazard (n, times) of a split one, at the pace that `features` (n, ...) set."""
        marks = self.scale.apply(features)
        near, later = _factor(marks @ self.near), _factor(marks @ self.later)
        return np.asarray(near[:, None] * split.near + later[:, None] * split.later)


@dataclass(frozen=True, eq=False)
class Turning:
    """The chance that a first bad score is a loss."""

    scale: Scale
    constant: float
    slopes: Array

    def chance(self, features: Array) -> Array:
        return np.asarray(expit(self.constant + self.scale.apply(features) @ self.slopes))


def fit_pace(effects: Effects, landmarks: Landmarks, lower: Array, upper: Array) -> Pace:
    """Fit from every follow-up at which a response held; lower, upper: of all responses.

    Each counts in full: a weight by response would count short responses too often.
    """
    scale = Scale.learn(landmarks.features)
    if len(landmarks) == 0:
        none = np.zeros(len(FEATURES))
        return Pace(scale, none, none)
    marks, rows = scale.apply(landmarks.features), landmarks.row
    lost = np.isfinite(upper[rows])
    until = np.column_stack([lower[rows], np.where(lost, upper[rows], lower[rows])])
    split = Split.after(effects, rows, landmarks.day, until)

    def negative(at: Array) -> tuple[float, Array]:
        fast, slow = _factor(marks @ at[: marks.shape[1]]), _factor(marks @ at[marks.shape[1] :])
        near_parts, later_parts = fast[:, None] * split.near, slow[:, None] * split.later
        whole = near_parts + later_parts
        gap = np.where(lost, np.maximum(whole[:, 1] - whole[:, 0], LEAST_HAZARD), 1.0)
        value = -whole[:, 0] + np.where(lost, np.log(-np.expm1(-gap)), 0.0)
        pull = np.where(lost, 1 / np.expm1(np.minimum(gap, 500.0)), 0.0)
        slopes = [
            marks.T @ (-part[:, 0] + pull * (part[:, 1] - part[:, 0]))
            for part in (near_parts, later_parts)
        ]
        held = at / HELD_TO**2
        return 0.5 * float(at @ held) - float(value.sum()), held - np.concatenate(slopes)

    found = minimize(negative, np.zeros(2 * marks.shape[1]), jac=True, method="L-BFGS-B")
    fitted = np.asarray(found.x, dtype=np.float64)
    return Pace(scale, fitted[: marks.shape[1]], fitted[marks.shape[1] :])


def fit_turning(landmarks: Landmarks, confirmed: NDArray[np.bool_]) -> Turning:
    scale = Scale.learn(landmarks.features)
    marks = np.column_stack([np.ones(len(landmarks)), scale.apply(landmarks.features)])
    mean = np.array([USUAL_LOG_ODDS, *[0.0] * len(FEATURES)])
    spread = np.array([ODDS_SPREAD, *[ODDS_HELD_TO] * len(FEATURES)])

    def negative(at: Array) -> tuple[float, Array]:
        odds, away = marks @ at, (at - mean) / spread
        value = float((np.logaddexp(0, odds) - confirmed * odds).sum() + 0.5 * away @ away)
        return value, marks.T @ (expit(odds) - confirmed) + away / spread

    found = np.asarray(minimize(negative, mean, jac=True, method="L-BFGS-B").x, dtype=np.float64)
    return Turning(scale, float(found[0]), found[1:])


def _factor(log_factor: Array) -> Array:
    return np.asarray(np.exp(np.clip(log_factor, -STEEPEST, STEEPEST)))
