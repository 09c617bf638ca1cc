"""The two plain ways of saying when a response is lost that the outlook must be better than."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.outcomes.curves import kaplan_meier, midpoint
from models.outcomes.forecast import Response
from models.outcomes.forecast.laws import Array

LEAST_SURVIVAL = 1e-6


def say_by_population(
    learnt_from: Sequence[Response], well_on: Sequence[float], until: Sequence[float]
) -> Array:
    """The chance to be lost by days `until` of those still well on `well_on`, by Kaplan-Meier.

    Days count from the last infusion; losses are dated half-way. 0 where nothing was learnt.
    """
    lower = np.array([one.lower for one in learnt_from], dtype=np.float64)
    upper = np.array([one.upper for one in learnt_from], dtype=np.float64)
    if lower.size == 0:
        return np.zeros(len(until))
    curve = kaplan_meier(*midpoint(lower, upper))

    def survival_at(days: Sequence[float]) -> Array:
        place = np.searchsorted(curve.day, np.asarray(days, dtype=np.float64), side="right") - 1
        return np.where(place < 0, 1.0, curve.survival[np.maximum(place, 0)])

    still_well = np.maximum(survival_at(well_on), LEAST_SURVIVAL)
    return np.asarray(np.clip(1 - survival_at(until) / still_well, 0.0, 1.0))


def days_left_by_last(own: Sequence[tuple[int, int | None]], days_since: int) -> float | None:
    """Days left if a response held as long as the patient's last one; None without an earlier one.

    The last one's day half-way, or its last day known where it was not lost; negative where that
    is past.
    """
    if not own:
        return None
    lower, upper = own[-1]
    return (lower if upper is None else (lower + upper) / 2) - days_since
