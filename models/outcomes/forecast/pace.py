"""How the scores of now change the pace of loss: faster or slower than the durations say.

The hazard that a patient's durations give is multiplied by exp(x'slopes), x being what the scores
say (landmarks.FEATURES), with slopes of their own for the first week after a score, the two weeks
that follow and all later ones. They are held towards what is to be expected before any was seen:
the nearer to the line and the steeper the fall, the sooner. There is no constant term: on average
the durations are right, and only the difference between patients is to be learnt.
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

# A score says most of the next days and less of what comes after: days at which the slopes change.
TURNS: Array = np.array([7.0, 21.0])
# A row for each spell between them, a column for each of FEATURES: about what large invented
# clinics of many shapes teach (tests/benchmarks/README.md). A clinic of some size overrules it.
EXPECTED: Array = np.array([[-0.30, -0.12], [-0.20, -0.12], [-0.05, -0.10]])
HELD_TO = 0.2
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
    """The hazard by the durations after a day, up to some days, in the spells between TURNS."""

    parts: Array  # (n, times, spells)

    @classmethod
    def after(cls, effects: Effects, rows: NDArray[np.intp], since: Array, until: Array) -> Split:
        """`since` (n,) is the day of a score, `until` (n, times) are days not before it."""
        days = np.column_stack([since, since[:, None] + TURNS, until])
        held = effects.log_held(rows, days)
        hazard = np.maximum(held[:, :1] - held[:, 1:], 0.0)
        at_turns, whole = hazard[:, None, : TURNS.size], hazard[:, TURNS.size :, None]
        return cls(np.diff(np.minimum(at_turns, whole), axis=2, prepend=0.0, append=whole))

    @property
    def whole(self) -> Array:
        return np.asarray(self.parts.sum(axis=2))


@dataclass(frozen=True, eq=False)
class Pace:
    """`slopes`: (spells, FEATURES) by which the log hazard changes with a spread of each."""

    scale: Scale
    slopes: Array

    def hazard(self, features: Array, split: Split) -> Array:
        """The hazard (n, times) of a split one, at the pace that `features` (n, ...) set."""
        factor = _factor(self.scale.apply(features) @ self.slopes.T)
        return np.asarray((split.parts * factor[:, None, :]).sum(axis=2))


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
        return Pace(scale, EXPECTED)
    marks, rows = scale.apply(landmarks.features), landmarks.row
    lost = np.isfinite(upper[rows])
    until = np.column_stack([lower[rows], np.where(lost, upper[rows], lower[rows])])
    split = Split.after(effects, rows, landmarks.day, until)

    def negative(at: Array) -> tuple[float, Array]:
        value, slopes = log_posterior(marks, split, lost, at.reshape(EXPECTED.shape))
        return -value, -slopes.ravel()

    found = minimize(negative, EXPECTED.ravel(), jac=True, method="L-BFGS-B")
    return Pace(scale, np.asarray(found.x, dtype=np.float64).reshape(EXPECTED.shape))


def log_posterior(
    marks: Array, split: Split, lost: NDArray[np.bool_], slopes: Array
) -> tuple[float, Array]:
    """Return the log posterior of `slopes` and how it changes with them.

    `marks` (n, FEATURES) on one scale; `split` up to (lower, upper) of what each was `lost` in,
    and up to lower twice where it was not.
    """
    parts = split.parts * _factor(marks @ slopes.T)[:, None, :]
    held, seen = parts[:, 0].sum(axis=1), parts[:, 1].sum(axis=1)
    gap = np.where(lost, np.maximum(seen - held, LEAST_HAZARD), 1.0)
    value = -held + np.where(lost, np.log(-np.expm1(-gap)), 0.0)
    pull = np.where(lost, 1 / np.expm1(np.minimum(gap, 500.0)), 0.0)
    change = pull[:, None] * (parts[:, 1] - parts[:, 0]) - parts[:, 0]
    away = (slopes - EXPECTED) / HELD_TO
    return float(value.sum() - 0.5 * (away**2).sum()), change.T @ marks - away / HELD_TO


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
