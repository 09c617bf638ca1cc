"""Who was followed counts for who was not: inverse probability of censoring weights.

Robins and Finkelstein 2000; for scores of forecasts Graf et al. 1999. Those followed count one over
the chance to be followed as long, by Kaplan-Meier of being followed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.outcomes.curves import kaplan_meier
from models.outcomes.forecast.laws import Array

# One who had one chance in twenty of still being seen would count for twenty.
LEAST_CHANCE = 0.05


def weigh(
    followed: Array, is_lost: NDArray[np.bool_], within: float
) -> tuple[Array, NDArray[np.bool_]]:
    """Return each row's weight, and whether it was lost within so many days.

    Weight 0: not known, because it was last seen well before that.
    """
    if followed.size == 0:
        return np.empty(0), np.empty(0, dtype=np.bool_)
    lost = is_lost & (followed <= within)
    known = lost | (followed >= within)
    chance = _chance_followed(followed, ~is_lost, np.minimum(followed, within))
    return np.where(known, 1 / np.maximum(chance, LEAST_CHANCE), 0.0), lost


def weigh_windows(followed: Array, is_lost: NDArray[np.bool_], high: Array) -> Array:
    """Return each row's weight where it is known whether its window held the loss, 0 elsewhere.

    Known for a loss, and for one still well after its window had ended, which missed it.
    """
    if followed.size == 0:
        return np.empty(0)
    outlived = ~is_lost & (followed > high)
    chance = _chance_followed(followed, ~is_lost & ~outlived, np.minimum(followed, high))
    return np.where(is_lost | outlived, 1 / np.maximum(chance, LEAST_CHANCE), 0.0)


def _chance_followed(followed: Array, ended: NDArray[np.bool_], until: Array) -> Array:
    """The chance to be followed until just before a day: who is lost on the day another goes
    unseen was still followed.
    """
    seen = kaplan_meier(followed, ended)
    at = np.searchsorted(seen.day, until, side="left") - 1
    return np.where(at < 0, 1.0, seen.survival[np.maximum(at, 0)])
