"""Weighted shares and how far off they could be, with patients and not sayings as the units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.outcomes.forecast.laws import Array
from models.outcomes.proportion import wilson_limits

SEED, DRAWS, LEVEL = 7, 300, 0.95


@dataclass(frozen=True, slots=True)
class Share:
    """A weighted share with 95 % limits; `count` sayings of `patients` are known, and it holds for
    at least one of `cases` of them, and not for at least one of `others`.
    """

    value: float
    ci_lower: float
    ci_upper: float
    count: int
    patients: int
    cases: int
    others: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with 95 % limits, None where the draws did not give one."""

    value: float
    ci_lower: float | None
    ci_upper: float | None


def share_of(holds: NDArray[np.bool_], weight: Array, patient: NDArray[np.intp]) -> Share | None:
    """Return the weighted share of rows it holds for; None where nothing is known.

    Wilson's limits for as many independent cases as the patients' weights are worth (Kish 1965):
    a patient's sayings are one case however many they are, which errs on the wide side.
    """
    if weight.sum() <= 0:
        return None
    value = float(weight[holds].sum() / weight.sum())
    owned = np.bincount(patient, weights=weight)
    worth = float(owned.sum() ** 2 / (owned**2).sum())
    lower, upper = wilson_limits(value, worth, level=LEVEL)
    known = weight > 0
    cases, others = (np.unique(patient[known & rows]).size for rows in (holds, ~holds))
    return Share(value, lower, upper, int(known.sum()), int((owned > 0).sum()), cases, others)


def draw_limits(
    figure: Callable[[Array], float | None], weight: Array, patient: NDArray[np.intp]
) -> Estimate | None:
    """Return a figure of weighted rows, with limits from drawing patients anew.

    `figure` is given the weights. Each draw takes as many patients as there are, with all they
    have; the weights for who was not followed stay those of the whole.
    """
    value = figure(weight)
    if value is None:
        return None
    patients = int(patient.max()) + 1
    chosen = np.random.default_rng(SEED).integers(0, patients, (DRAWS, patients))
    times = np.array([np.bincount(drawn, minlength=patients) for drawn in chosen])
    drawn = [figure(weight * row[patient]) for row in times]
    known = [one for one in drawn if one is not None]
    if len(known) < LEVEL * DRAWS or len(set(known)) == 1:
        return Estimate(value, None, None)
    lower, upper = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(lower), float(upper))
