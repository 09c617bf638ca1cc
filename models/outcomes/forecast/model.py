"""Everything learnt from a clinic's responses, and what it says of one that still holds.

SHARE_OF_PATHS of the answer is what the whole run of scores says. In the rest both laws are fitted
and count half each: which of them fits better is kept, but following only that one forecast no
better on simulated clinics than both together. Of each, SHARE_OF_PACE comes from the durations at
the pace of the present scores and what is left from the durations alone. Where few losses have been
seen, Kaplan-Meier of all counts beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.outcomes.forecast.covariates import Columns
from models.outcomes.forecast.effects import GRID, Effects, weigh_effects
from models.outcomes.forecast.landmarks import (
    describe_path,
    latest_landmarks,
    turned_landmarks,
    well_landmarks,
)
from models.outcomes.forecast.laws import Array, Law, log_days, log_survival
from models.outcomes.forecast.marginal import Fitted, Priors, fit_marginal
from models.outcomes.forecast.pace import Pace, Split, Turning, fit_pace, fit_turning
from models.outcomes.forecast.paths import Paths, fit_paths
from models.outcomes.forecast.population import LEAST_SURVIVAL, Population, population_weight
from models.outcomes.forecast.responses import Response

# Raised whenever the same responses would give another model.
VERSION = 5
# Under ten recorded losses a clinic has no durations of its own to speak of.
LEAST_LOSSES = 10
# Measured: between a half and all of it makes little difference where the last score was good.
# Where it was not, the rest keeps the chance that it was a loss from being taken for certain.
SHARE_OF_PACE = 0.7
# Measured: at 0.5 to 0.7 it differs little; the latest score keeps a say, because shapes may be
# other than the two in paths.py.
SHARE_OF_PATHS = 0.6
# The law beside which the runs are laid. The other one's end, widened by noise as it is, is drawn
# out too far: about 0.001 better than both together, measured (tests/benchmarks/README.md).
LAW_OF_PATHS = Law.WEIBULL
# Days a usual duration is read from, and the shares that are said of it.
USUAL_DAYS: Array = np.arange(1.0, 731.0)
USUAL_SHARES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class FittedLaw:
    durations: Fitted
    pace: Pace

    @property
    def law(self) -> Law:
        return self.durations.law


@dataclass(frozen=True, eq=False)
class DurationModel:
    """`usual`: days by which 10, 50 and 90 % of all lose response; None beyond two years."""

    columns: Columns
    laws: tuple[FittedLaw, ...]
    turning: Turning
    paths: Paths
    population: Population
    patients: int
    responses: int
    losses: int
    usual: tuple[float | None, ...]

    @property
    def better_law(self) -> Law:
        """The law under which what was seen is likelier."""
        return max(self.laws, key=lambda one: one.durations.log_likelihood).law

    def weight_of_own(self, responses: int) -> float:
        """What share of the estimate a patient's own earlier responses make up, 0 to 1.

        The curve of all knows nothing of them, so where it counts much they count little.
        """
        shares = []
        for one in self.laws:
            own = responses * one.durations.spread**2
            shares.append(own / (own + one.law.variance * one.durations.scale**2))
        return float((1 - population_weight(self.losses)) * np.mean(shares))

    def chance_of_loss(self, responses: Sequence[Response], asked: Sequence[int],
                       days_since: Array, ahead: Array) -> Array:  # fmt: skip
        """The chance (asked, ahead) that a response is over so many days after it is asked about.

        `responses`: those of the patients asked about, in order within each patient; `asked`:
        the places of those that still hold, `days_since` their age on the day of asking.
        """
        rows = np.asarray(asked, dtype=np.intp)
        holding = [responses[row] for row in asked]
        design = self.columns.design([response.facts for response in responses])
        last_well = np.array([response.lower for response in holding])
        latest = latest_landmarks(holding)
        until = np.maximum(days_since[:, None] + ahead, latest.day[:, None])
        # One more day, from which on Kaplan-Meier of all knows nothing.
        until = np.column_stack([until, np.maximum(latest.day, self.population.day[-1])])
        turned = np.where(latest.day > last_well, self.turning.chance(latest.features), 0.0)
        likelihood = self.paths.likelihood(responses)
        effects = {one.law: weigh_effects(one.durations, responses, design) for one in self.laws}
        chances = []
        for one in self.laws:
            split = Split.after(effects[one.law], rows, latest.day, until)
            since_well = effects[one.law].log_held(rows, np.column_stack([last_well, latest.day]))
            waited = (since_well[:, 0] - since_well[:, 1])[:, None]
            alone = -np.expm1(-(waited + split.whole))
            paced = np.exp(-one.pace.hazard(latest.features, split))
            by_scores = 1 - (1 - turned)[:, None] * paced
            chances.append((1 - SHARE_OF_PACE) * alone + SHARE_OF_PACE * by_scores)
        by_paths = self.paths.chance_of_loss(
            effects[LAW_OF_PATHS], responses, likelihood, rows, last_well, until
        )
        by_model = (1 - SHARE_OF_PATHS) * np.mean(chances, axis=0) + SHARE_OF_PATHS * by_paths
        held = (1 - by_model[:, :-1]) / np.maximum(1 - by_model[:, -1:], LEAST_SURVIVAL)
        of_all = self.population.chance_of_loss(last_well, until[:, :-1], np.minimum(held, 1.0))
        weight = population_weight(self.losses)
        return np.asarray((1 - weight) * by_model[:, :-1] + weight * of_all)


def fit_model(responses: Sequence[Response], priors: Priors | None = None) -> DurationModel | None:
    """Fit a clinic's responses, given in order within each patient; None with too few losses."""
    losses = sum(response.is_lost for response in responses)
    if losses < LEAST_LOSSES:
        return None
    lower = np.array([response.lower for response in responses])
    upper = np.array([response.upper for response in responses])
    columns = Columns.learn([response.facts for response in responses])
    design = columns.design([response.facts for response in responses])
    patient = _number_patients(responses)
    described = [describe_path(response) for response in responses]
    well = well_landmarks(responses, described)
    laws: list[FittedLaw] = []
    effects: dict[Law, Effects] = {}
    for law in Law:
        fitted = fit_marginal(law, lower, upper, design, patient, priors or Priors())
        effects[law] = weigh_effects(fitted, responses, design)
        laws.append(FittedLaw(fitted, fit_pace(effects[law], well, lower, upper)))
    return DurationModel(
        columns=columns,
        laws=tuple(laws),
        turning=fit_turning(*turned_landmarks(responses, described)),
        paths=fit_paths(effects[Law.LOG_NORMAL], responses),
        population=Population.of(lower, upper),
        patients=int(patient[-1]) + 1,
        responses=len(responses),
        losses=losses,
        usual=_usual_days(laws, design),
    )


def _number_patients(responses: Sequence[Response]) -> NDArray[np.intp]:
    change = [later.patient != earlier.patient for earlier, later in pairwise(responses)]
    return np.concatenate([[0], np.cumsum(change)]).astype(np.intp)


def _usual_days(laws: Sequence[FittedLaw], design: Array) -> tuple[float | None, ...]:
    """Days by which the USUAL_SHARES of everybody's responses are lost."""
    weight = np.exp(-0.5 * GRID**2)
    lost = np.zeros(USUAL_DAYS.size)
    for one in laws:
        middle = float(one.durations.locations(design).mean())
        spread = float(np.hypot(one.durations.spread, one.durations.locations(design).std()))
        z = (log_days(USUAL_DAYS)[:, None] - middle - spread * GRID) / one.durations.scale
        held = np.exp(log_survival(one.law, z)) @ weight / weight.sum()
        lost += (1 - held) / len(laws)
    return tuple(read_day(USUAL_DAYS, lost, share) for share in USUAL_SHARES)


def read_day(days: Array, lost: Array, share: float) -> float | None:
    """The day by which a share is lost, straight between the days; None if that is beyond them."""
    if lost[-1] < share:
        return None
    place = int(np.searchsorted(lost, share))
    if place == 0:
        return float(days[0])
    rise = lost[place] - lost[place - 1]
    return float(
        days[place - 1] + (days[place] - days[place - 1]) * (share - lost[place - 1]) / rise
    )
