"""The day by which a given share has lost response."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.outcomes.curves.observations import Days

# A curve that is level at exactly one half computes as 0.4999999 or 0.5000001; R allows the same.
LEVEL_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True)
class Quantile:
    """Days; None means "not reached" (or, for all three, no courses)."""

    value: float | None
    ci_lower: float | None
    ci_upper: float | None


def read_share(q: float) -> float:
    """The height of the curve at which a share `q` has lost response."""
    if not 0 < q < 1:
        raise ValueError("a quantile lies between 0 and 1")
    return 1 - q


def cross_steps(day: Days, survival: Days, height: float) -> float | None:
    """The first day a step curve is at or under `height`, or None.

    Where it runs level at exactly that height the middle of the level stretch is taken, to the
    last day if it never falls further: R's quantile.survfit. NaN in `survival` never counts.
    """
    reached = np.flatnonzero(survival <= height + LEVEL_TOLERANCE)
    if reached.size == 0:
        return None
    first = reached[0]
    if survival[first] < height - LEVEL_TOLERANCE:
        return float(day[first])
    beyond = np.flatnonzero(survival < height - LEVEL_TOLERANCE)
    end = day[beyond[0]] if beyond.size else day[-1]
    return float((day[first] + end) / 2)


def cross_lines(day: Days, survival: Days, height: float) -> float | None:
    """The same for a curve drawn as straight lines through its corners (day, survival)."""
    reached = np.flatnonzero(survival <= height + LEVEL_TOLERANCE)
    if reached.size == 0:
        return None
    after = reached[0]
    if survival[after] < height - LEVEL_TOLERANCE:
        before = after - 1
        fall = survival[before] - survival[after]
        share = (survival[before] - height) / fall
        return float(day[before] + share * (day[after] - day[before]))
    level = np.flatnonzero(np.abs(survival - height) <= LEVEL_TOLERANCE)
    return float((day[level[0]] + day[level[-1]]) / 2)
