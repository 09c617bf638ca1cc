"""A patient's own effect, as far as their earlier responses tell, and the hazard that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.outcomes.forecast.intervals import Intervals, log_likelihood
from models.outcomes.forecast.laws import Array, Law, log_days, log_survival
from models.outcomes.forecast.marginal import Fitted
from models.outcomes.forecast.responses import Response

# Four spreads to either side; finer or wider changes no figure that is shown.
GRID: Array = np.linspace(-4, 4, 33)


@dataclass(frozen=True, eq=False)
class Effects:
    """Each response's place on the scale of log days (n, 33) and the log weight of each place.

    The weights know the patient's earlier responses and nothing of the response itself.
    """

    law: Law
    scale: float
    location: Array
    log_weight: Array

    def log_held(self, rows: NDArray[np.intp], days: Array) -> Array:
        """The log share (n, times) of responses like these that hold beyond `days` (n, times).

        The difference of two days is the hazard between them, for one still well on the first:
        having held until then itself speaks for a longer effect, and is counted.
        """
        z = (log_days(days)[:, :, None] - self.location[rows][:, None, :]) / self.scale
        values = log_survival(self.law, z) + self.log_weight[rows][:, None, :]
        top = values.max(axis=-1)
        return np.asarray(np.log(np.exp(values - top[..., None]).sum(axis=-1)) + top)


def weigh_effects(fitted: Fitted, responses: Sequence[Response], design: Array) -> Effects:
    """Weigh the patient's effect at each of `responses`, given in order within each patient.

    What the clinic's own figures leave in doubt widens the effect: with few patients nobody's
    place is known well, however little patients differ.
    """
    width = np.sqrt(fitted.spread**2 + fitted.doubt(design))
    location = fitted.locations(design)[:, None] + width[:, None] * GRID
    rows = Intervals.of_days(
        np.array([response.lower for response in responses]),
        np.array([response.upper for response in responses]),
    )
    own = log_likelihood(fitted.law, rows, location, fitted.scale)
    return Effects(
        fitted.law, fitted.scale, location, sum_of_earlier(responses, own) - 0.5 * GRID**2
    )


def sum_of_earlier(responses: Sequence[Response], own: Array) -> Array:
    """Add up, for each response, the rows of the same patient before it."""
    earlier = np.zeros_like(own)
    for row in range(1, len(responses)):
        if responses[row].patient == responses[row - 1].patient:
            earlier[row] = earlier[row - 1] + own[row - 1]
    return earlier
