"""How far to trust the outlook here: what was said on past days, against what came of it.

Each past saying is made of nothing but what was known on its day. What came of it is only known for
some: others were given the next course or were seen no more before the day in question. Those
count through the ones who stayed (inverse probability of censoring weights): leaving them out would
overstate how often a response is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.outcomes.curves import kaplan_meier
from models.outcomes.forecast.laws import Array

WITHIN = 14
BINS = 8
# One who had one chance in twenty of still being seen would count for twenty.
LEAST_CHANCE = 0.05
EVERY = 28


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said of one response on a day, and what is known of it now, in days from then.

    It was lost in (lower, upper], or `upper` is None. `within`: the chance then stated to lose it
    within 14 days; `low`, `high`: the 80 % window, `high` None where it had no end. `population`:
    the chance by Kaplan-Meier of all; `last_own`: days left if it held as long as the patient's
    last one, None without an earlier one. `prompted`: it was on the list for review.
    """

    patient: int
    on: date
    lower: float
    upper: float | None
    within: float
    low: float | None
    high: float | None
    population: float
    last_own: float | None
    prompted: bool = False

    @property
    def lost_at(self) -> float | None:
        """Half-way through the interval; never before the day it was said on."""
        return None if self.upper is None else max((self.lower + self.upper) / 2, 0.0)

    @property
    def followed_to(self) -> float:
        lost = self.lost_at
        return max(self.lower, 0.0) if lost is None else lost


@dataclass(frozen=True)
class Method:
    """One way of saying: the mean squared error of its chances, and how often it put the one that
    was lost before the one that was not. `auc` is None where there was nothing to tell apart.
    """

    said: int
    brier: float
    auc: float | None


@dataclass(frozen=True)
class Bin:
    """Sayings of about the same chance: what was said on average, and what share was lost."""

    said: float
    lost: float
    count: int


@dataclass(frozen=True)
class Prompts:
    """Of those on the list the share lost within 14 days, and of those lost the share listed."""

    listed: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True)
class BackTest:
    """`known`: sayings whose 14 days are known; `base`: the share lost within them. `coverage`: how
    many of the responses the 80 % windows held, where it is known; `covered_of` how many that were.
    """

    sayings: int
    patients: int
    known: int
    base: float | None
    outlook: Method | None
    population: Method | None
    last_own: Method | None
    calibration: tuple[Bin, ...]
    coverage: float | None
    covered_of: int
    prompts: Prompts


def list_days(first: date, last: date, *, every: int = EVERY) -> list[date]:
    """The days a rolling back-test looks back to, oldest first."""
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, every)]


def run_backtest(sayings: Sequence[Saying], *, within: int = WITHIN) -> BackTest:
    """Compare what was said with what came of it; all None where nothing is known yet."""
    weight, lost = weigh(sayings, within)
    chance = np.array([one.within for one in sayings], dtype=np.float64)
    population = np.array([one.population for one in sayings], dtype=np.float64)
    has_own = np.array([one.last_own is not None for one in sayings], dtype=np.bool_)
    own = np.array([one.last_own is not None and one.last_own <= within for one in sayings], float)
    covered, covered_of = _coverage(sayings)
    known = weight > 0
    return BackTest(
        sayings=len(sayings),
        patients=len({one.patient for one in sayings}),
        known=int(known.sum()),
        base=_mean(lost.astype(float), weight),
        outlook=_judge(chance, lost, weight),
        population=_judge(population, lost, weight),
        last_own=_judge(own, lost, np.where(has_own, weight, 0.0)),
        calibration=_calibrate(chance, lost, weight),
        coverage=covered,
        covered_of=covered_of,
        prompts=_prompts(sayings, lost, weight),
    )


def weigh(sayings: Sequence[Saying], within: float) -> tuple[Array, NDArray[np.bool_]]:
    """Return each saying's weight and whether it was lost within so many days.

    Weight 0: not known, because it was last seen well before that. The others weigh one over
    the chance to be followed as long as they were (by Kaplan-Meier of being followed).
    """
    if not sayings:
        return np.empty(0), np.empty(0, dtype=np.bool_)
    followed = np.array([one.followed_to for one in sayings])
    was_lost = np.array([one.upper is not None for one in sayings])
    lost = was_lost & (followed <= within)
    known = lost | (followed >= within)
    seen = kaplan_meier(followed, ~was_lost)
    # Followed until just before: who is lost on the day another goes unseen was still followed.
    at = np.searchsorted(seen.day, np.minimum(followed, within), side="left") - 1
    chance = np.where(at < 0, 1.0, seen.survival[np.maximum(at, 0)])
    return np.where(known, 1 / np.maximum(chance, LEAST_CHANCE), 0.0), lost


def _judge(chance: Array, lost: NDArray[np.bool_], weight: Array) -> Method | None:
    brier = _mean((chance - lost) ** 2, weight)
    if brier is None:
        return None
    return Method(int((weight > 0).sum()), brier, _area(chance, lost, weight))


def _area(chance: Array, lost: NDArray[np.bool_], weight: Array) -> float | None:
    """The weighted share of pairs, one lost and one not, of which the lost one had more chance."""
    gone, kept = lost & (weight > 0), ~lost & (weight > 0)
    if not gone.any() or not kept.any():
        return None
    order = np.argsort(chance[kept], kind="stable")
    levels, heights = chance[kept][order], np.append(0.0, np.cumsum(weight[kept][order]))
    below = heights[np.searchsorted(levels, chance[gone], side="left")]
    up_to = heights[np.searchsorted(levels, chance[gone], side="right")]
    pairs = weight[gone] @ (below + up_to) / 2
    return float(pairs / (weight[gone].sum() * heights[-1]))


def _calibrate(chance: Array, lost: NDArray[np.bool_], weight: Array) -> tuple[Bin, ...]:
    """Equal numbers a bin, fewest chances first; fewer bins where there is little to fill them."""
    known = np.flatnonzero(weight > 0)
    if known.size == 0:
        return ()
    order = known[np.argsort(chance[known], kind="stable")]
    bins = min(BINS, max(known.size // 10, 1))
    return tuple(
        Bin(
            float(np.average(chance[part], weights=weight[part])),
            float(np.average(lost[part], weights=weight[part])),
            int(part.size),
        )
        for part in np.array_split(order, bins)
    )


def _coverage(sayings: Sequence[Saying]) -> tuple[float | None, int]:
    """The weighted share of windows that held the day of loss.

    Known for a loss, and for one still well after its window had ended, which missed it.
    """
    if not sayings:
        return None, 0
    followed = np.array([one.followed_to for one in sayings])
    was_lost = np.array([one.upper is not None for one in sayings])
    low = np.array([np.inf if one.low is None else one.low for one in sayings])
    high = np.array([np.inf if one.high is None else one.high for one in sayings])
    outlived = ~was_lost & (followed > high)
    seen = kaplan_meier(followed, ~was_lost & ~outlived)
    at = np.searchsorted(seen.day, np.minimum(followed, high), side="left") - 1
    chance = np.where(at < 0, 1.0, seen.survival[np.maximum(at, 0)])
    weight = np.where(was_lost | outlived, 1 / np.maximum(chance, LEAST_CHANCE), 0.0)
    held = was_lost & (followed >= low) & (followed <= high)
    return _mean(held.astype(float), weight), int((weight > 0).sum())


def _prompts(sayings: Sequence[Saying], lost: NDArray[np.bool_], weight: Array) -> Prompts:
    listed = np.array([one.prompted for one in sayings], dtype=np.bool_)
    return Prompts(
        int(listed.sum()),
        _mean(lost.astype(float), np.where(listed, weight, 0.0)),
        _mean(listed.astype(float), np.where(lost, weight, 0.0)),
    )


def _mean(values: Array, weight: Array) -> float | None:
    return float(np.average(values, weights=weight)) if weight.sum() > 0 else None
