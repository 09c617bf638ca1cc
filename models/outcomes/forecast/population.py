"""What Kaplan-Meier of everybody says: the part of the answer that needs no patient to be alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.outcomes.curves import kaplan_meier, midpoint
from models.outcomes.forecast.laws import Array

# With this many losses the curve of all counts as much as the model, with ten times as many little.
EVEN_AT = 20
LEAST_SURVIVAL = 1e-6


@dataclass(frozen=True, eq=False)
class Population:
    """The share still responding after each of `day`; it stays where it was after the last."""

    day: Array
    survival: Array

    @classmethod
    def of(cls, lower: Array, upper: Array) -> Population:
        curve = kaplan_meier(*midpoint(lower, upper))
        return cls(curve.day, curve.survival)

    def survival_at(self, days: Array) -> Array:
        place = np.searchsorted(self.day, days, side="right") - 1
        return np.asarray(self.survival[np.maximum(place, 0)])

    def chance_of_loss(self, well_on: Array, until: Array, held_beyond: Array) -> Array:
        """The chance (n, times) to be lost by days `until`, of those still well on `well_on`.

        `held_beyond` (n, times) is the share still responding of those who did on the last day
        anybody was followed: 1 until then. Without it the curve would stay where it ends, and
        a clinic that treats anew every month would seem never to lose a response later.
        """
        well = np.maximum(self.survival_at(well_on), LEAST_SURVIVAL)[:, None]
        held = np.clip(self.survival_at(until) / well, 0.0, 1.0)
        return np.asarray(1 - held * held_beyond)


def population_weight(losses: int) -> float:
    """What the curve of all counts beside the model: much where few losses have taught it."""
    return EVEN_AT / (EVEN_AT + losses)
