"""What the whole run of a response's scores says of the day it is lost, noisy as each score is.

A recorded loss is where a noisy score was first seen beyond the line, twice; the illness itself may
have passed it weeks before or after. So a run of scores is laid beside two shapes, for each day it
may have been lost on: wearing off in a straight line that crosses on that day, or holding level
until that day and then falling. Days under which such scores are likely count more. How far a
patient responded at first is summed out; how noisy scores are, and how often responses end in a
fall, is learnt from the clinic. Earlier responses tell of the patient in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.outcomes.forecast.effects import GRID, Effects, sum_of_earlier
from models.outcomes.forecast.laws import Array, survival
from models.outcomes.forecast.responses import Response

# Cells of days a response may be lost in, each a fifth longer than the one before; the last one is
# open, and what lies in it is put evenly before LAST.
CELLS = 32
DAYS: Array = np.geomspace(1.5, 400.0, CELLS)
LAST = 800.0
EDGES: Array = np.array([0.0, *np.sqrt(DAYS[1:] * DAYS[:-1]), LAST])
# A line is not followed further than this, in heights above the clinic's line.
DEEPEST = -2.5
# After a fall scores lie about here, in shares of the baseline below the line, give or take.
FALLEN, FALLEN_SPREAD = -0.3, 0.2
# How far beyond the clinic's line responses begin, in shares of the baseline. Wide on purpose: as
# narrow as first good scores are, it took a low one for chance, and forecasts were worse.
HEIGHT, HEIGHT_SPREAD = 0.3, 0.45
# A response that is over though its last score was good shows within so many days of it.
SHOWN = 7.0
# What noise is before any was seen, and for how many pairs of scores that counts.
USUAL_NOISE, NOISE_PAIRS = 0.12, 10
CLOSE = 14  # days between two scores whose difference is noise rather than change
# Of each shape so many are taken as seen before any was; more responses than this teach no more.
SHAPES_SEEN, MOST_RESPONSES, ROUNDS = 2.0, 1500, 12
# For how many responses it counts that durations scatter as the recorded ones do.
SCATTER_SEEN = 20.0
# Every second value of the patient's effect will do where days are as coarse as this.
COARSE = slice(None, None, 2)
# Rows worked out at a time, so that what they take stays near the processor.
CHUNK = 500


@dataclass(frozen=True, eq=False)
class Looks:
    """Follow-ups of several responses one after another; `start` is the first of each response."""

    start: NDArray[np.intp]
    day: Array
    margin: Array

    @classmethod
    def of(cls, responses: Sequence[Response]) -> Looks:
        """Take each from its first good score to the one that confirmed its loss."""
        spans = [_span(response) for response in responses]
        sizes = [span.stop - span.start for span in spans]
        pairs = list(zip(responses, spans, strict=True))
        return cls(
            np.cumsum([0, *sizes[:-1]]).astype(np.intp),
            np.array([day for one, span in pairs for day in one.days[span]], dtype=np.float64),
            np.array([at for one, span in pairs for at in one.margins[span]], dtype=np.float64),
        )


def _span(response: Response) -> slice:
    end = len(response.days)
    if response.is_lost:
        end = min(end, sum(day <= response.upper for day in response.days) + 1)
    return slice(response.first_well, end)


@dataclass(frozen=True)
class Paths:
    """`noise` is the spread of one score, a share of the baseline; `sudden` the share of responses
    that end in a fall; `narrower` what the scale of recorded durations is multiplied by.
    """

    noise: float
    sudden: float
    narrower: float

    def likelihood(self, responses: Sequence[Response]) -> Array:
        """How likely each one's scores are (n, CELLS) if lost in each cell; the greatest is 1."""
        gradual, sudden = self.by_shape(responses)
        mixed = (1 - self.sudden) * gradual + self.sudden * sudden
        return np.asarray(mixed / mixed.max(axis=1, keepdims=True))

    def by_shape(self, responses: Sequence[Response]) -> Array:
        """The same of wearing off and of falling: (2, n, CELLS), the greatest of a response 1."""
        looks = Looks.of(responses)
        share = looks.day[:, None] / DAYS
        margin, over = looks.margin[:, None], share >= 1
        level = self.noise**2
        found = np.stack([
            _log_likelihood(looks.start, np.maximum(1 - share, DEEPEST), margin, level),
            _log_likelihood(
                looks.start,
                np.where(over, 0.0, 1.0),
                np.where(over, margin - FALLEN, margin),
                np.where(over, level + FALLEN_SPREAD**2, level),
            ),
        ])  # fmt: skip
        return np.asarray(np.exp(found - found.max(axis=(0, 2))[:, None]))

    def chance_of_loss(
        self,
        effects: Effects,
        responses: Sequence[Response],
        likelihood: Array,
        rows: NDArray[np.intp],
        last_well: Array,
        until: Array,
    ) -> Array:
        """The chance (asked, times) that responses `rows`, well on `last_well`, are lost by days
        `until`, not before. `effects` and `likelihood` are of all `responses`, in order within
        each patient.
        """
        effects = replace(effects, scale=effects.scale * self.narrower)
        own = np.zeros((len(responses), GRID[COARSE].size))
        earlier = np.setdiff1d(np.arange(len(responses)), rows)
        for part, cells in _in_chunks(effects, earlier):
            at = earlier[part]
            own[at] = np.log(np.einsum("npc,nc->np", cells, likelihood[at]))
        weight = _shares(sum_of_earlier(responses, own)[rows] - 0.5 * GRID[COARSE] ** 2)
        chance = np.empty((rows.size, CELLS))
        for part, cells in _in_chunks(effects, rows):
            chance[part] = np.einsum("np,npc->nc", weight[part], cells)
        chance *= likelihood[rows]
        lost = np.cumsum(chance / chance.sum(axis=1, keepdims=True), axis=1)
        by_then, well_by_chance = _read_days(lost, until), _read_days(lost, last_well[:, None])
        unseen = np.maximum(1 - (until - last_well[:, None]) / SHOWN, 0.0)
        return np.asarray(by_then - well_by_chance * unseen)


def _log_likelihood(
    start: NDArray[np.intp], slope: Array, value: Array, variance: Array | float
) -> Array:
    """Of value = height * slope + noise, with the normal height summed out (n, CELLS)."""
    precision = np.broadcast_to(1 / np.asarray(variance), slope.shape)
    squares = np.add.reduceat(slope * slope * precision, start, axis=0) + HEIGHT_SPREAD**-2
    products = np.add.reduceat(slope * value * precision, start, axis=0)
    products += HEIGHT / HEIGHT_SPREAD**2
    rest = np.add.reduceat(value * value * precision - np.log(precision), start, axis=0)
    return np.asarray(0.5 * (products**2 / squares - np.log(squares) - rest))


def fit_paths(effects: Effects, responses: Sequence[Response]) -> Paths:
    """Learn the noise, and by expectation and maximisation the share of falls and the scale.

    `effects` are log-normal, so that the scale is the root mean square of log days about a place.
    """
    begun = Paths(_noise(responses), 0.5, 1.0)
    taken = np.arange(0, len(responses), 1 + len(responses) // MOST_RESPONSES)
    shapes = begun.by_shape([responses[row] for row in taken.tolist()])
    weight = _shares(effects.log_weight[taken][:, COARSE])
    square = (np.log(DAYS) - effects.location[taken][:, COARSE, None]) ** 2
    share, scale = np.array([0.5, 0.5]), effects.scale
    for _ in range(ROUNDS):
        seen, scatter = np.zeros(2), 0.0
        for part, cells in _in_chunks(replace(effects, scale=scale), taken):
            joint = weight[part, :, None] * cells
            likely = share[:, None, None] * shapes[:, part]
            found = np.einsum("nc,snc->sn", joint.sum(axis=1), likely)
            seen += (found / found.sum(axis=0)).sum(axis=1)
            away = ((joint * square[part]).sum(axis=1) * likely.sum(axis=0)).sum(axis=1)
            scatter += float((away / found.sum(axis=0)).sum())
        share = (seen + SHAPES_SEEN) / (taken.size + 2 * SHAPES_SEEN)
        scatter += SCATTER_SEEN * effects.scale**2
        scale = float(np.sqrt(scatter / (taken.size + SCATTER_SEEN)))
    # Half of what was learnt, on the scale of logarithms; noise never makes durations more alike.
    narrower = min(1.0, float(np.sqrt(scale / effects.scale)))
    return Paths(begun.noise, float(share[1]), narrower)


def _noise(responses: Sequence[Response]) -> float:
    """The spread of one score, from differences of two close ones while a response held."""
    squares = [
        (after[1] - before[1]) ** 2 / 2
        for response in responses
        for before, after in pairwise(zip(response.days, response.margins, strict=True))
        if after[0] <= response.lower and after[0] - before[0] <= CLOSE
    ]
    total = sum(squares) + NOISE_PAIRS * USUAL_NOISE**2
    return float(np.sqrt(total / (len(squares) + NOISE_PAIRS)))


def _in_chunks(effects: Effects, rows: NDArray[np.intp]) -> Iterator[tuple[slice, Array]]:
    """Yield the chance (rows, effects, CELLS) of each cell at each COARSE effect of a patient."""
    for begin in range(0, rows.size, CHUNK):
        part = slice(begin, min(begin + CHUNK, rows.size))
        away = np.log(EDGES[1:-1]) - effects.location[rows[part], COARSE][:, :, None]
        held = survival(effects.law, away / effects.scale)
        yield part, -np.diff(held, axis=2, prepend=1.0, append=0.0) + 1e-300


def _shares(log_weight: Array) -> Array:
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _read_days(lost: Array, days: Array) -> Array:
    """Read off (n, CELLS) lost by the end of each cell at `days` (n, times), evenly in a cell."""
    place = np.clip(np.searchsorted(EDGES, days, side="right") - 1, 0, CELLS - 1)
    share = np.clip((days - EDGES[place]) / np.diff(EDGES)[place], 0.0, 1.0)
    ends = np.column_stack([np.zeros(len(lost)), lost])
    before = np.take_along_axis(ends, place, axis=1)
    return np.asarray(before + share * (np.take_along_axis(ends, place + 1, axis=1) - before))
