"""Comparing what was said with what came of it: calibration, windows, and against plainer ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from models.outcomes.backtest.prompting import PromptRecord
from models.outcomes.backtest.sayings import WITHIN, Saying, Sheet
from models.outcomes.backtest.shares import Estimate, Share, draw_limits, share_of
from models.outcomes.backtest.weights import weigh, weigh_windows
from models.outcomes.forecast.laws import Array

Figure = Callable[[Array, NDArray[np.bool_], Array], float | None]
BINS, FEWEST_IN_BIN = 8, 10
# Of fewer patients whose outcome is known no share is worth saying.
FEWEST_PATIENTS = 10


@dataclass(frozen=True, slots=True)
class Method:
    """One way of saying: the mean squared error of its chances, and how often it put the one that
    was lost before the one that was not. `auc` is None where there was nothing to tell apart.
    """

    said: int
    brier: Estimate
    auc: Estimate | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Sayings of about the same chance: what was said on average, and what share was lost."""

    said: float
    lost: Share


@dataclass(frozen=True, slots=True)
class Windows:
    """What share of the 80 % windows held the day of loss; the others were lost before or after."""

    held: Share
    early: Share
    late: Share


@dataclass(frozen=True, slots=True)
class BackTest:
    """What is None is not known. `known`: sayings whose 14 days are known, of `known_patients`.

    `outlook_own` is the outlook where there was a last own duration, to set beside `last_own`;
    `brier_gain` and `auc_gain` are how much better than Kaplan-Meier of all the outlook was.
    """

    first: date | None
    last: date | None
    sayings: int
    patients: int
    known: int
    known_patients: int
    base: Share | None
    outlook: Method | None
    population: Method | None
    outlook_own: Method | None
    last_own: Method | None
    brier_gain: Estimate | None
    auc_gain: Estimate | None
    calibration: tuple[Bin, ...]
    windows: Windows | None
    prompts: tuple[PromptRecord, ...] = ()

    @property
    def is_enough(self) -> bool:
        return self.known_patients >= FEWEST_PATIENTS


def run_backtest(
    sayings: Sequence[Saying], prompts: Sequence[PromptRecord] = (), *, within: int = WITHIN
) -> BackTest:
    """Compare what was said with what came of it."""
    sheet = Sheet.of(sayings)
    weight, lost = weigh(sheet.followed, sheet.is_lost, within)
    by_last = sheet.last_own <= within
    own = np.where(np.isnan(sheet.last_own), 0.0, weight)
    days = [one.on for one in sayings]
    return BackTest(
        first=min(days, default=None),
        last=max(days, default=None),
        sayings=len(sayings),
        patients=np.unique(sheet.patient).size,
        known=int((weight > 0).sum()),
        known_patients=np.unique(sheet.patient[weight > 0]).size,
        base=share_of(lost, weight, sheet.patient),
        outlook=_judge(sheet, sheet.within, sheet.within, lost, weight),
        population=_judge(sheet, sheet.population, sheet.population, lost, weight),
        outlook_own=_judge(sheet, sheet.within, sheet.within, lost, own),
        last_own=_judge(
            sheet, by_last.astype(np.float64), -np.nan_to_num(sheet.last_own), lost, own
        ),
        brier_gain=_gain(sheet, lost, weight, _brier, sign=-1.0),
        auc_gain=_gain(sheet, lost, weight, _area, sign=1.0),
        calibration=_calibrate(sheet, lost, weight),
        windows=_judge_windows(sheet),
        prompts=tuple(prompts),
    )


def _judge(
    sheet: Sheet, chance: Array, rank: Array, lost: NDArray[np.bool_], weight: Array
) -> Method | None:
    brier = draw_limits(lambda drawn: _brier(chance, lost, drawn), weight, sheet.patient)
    if brier is None:
        return None
    auc = draw_limits(lambda drawn: _area(rank, lost, drawn), weight, sheet.patient)
    return Method(int((weight > 0).sum()), brier, auc)


def _gain(
    sheet: Sheet, lost: NDArray[np.bool_], weight: Array, figure: Figure, *, sign: float
) -> Estimate | None:
    def compare(drawn: Array) -> float | None:
        here, plain = (figure(chance, lost, drawn) for chance in (sheet.within, sheet.population))
        return None if here is None or plain is None else sign * (here - plain)

    return draw_limits(compare, weight, sheet.patient)


def _brier(chance: Array, lost: NDArray[np.bool_], weight: Array) -> float | None:
    total = weight.sum()
    return float(weight @ (chance - lost) ** 2 / total) if total > 0 else None


def _area(rank: Array, lost: NDArray[np.bool_], weight: Array) -> float | None:
    """The weighted share of pairs, one lost and one not, of which the lost one ranked higher."""
    gone, kept = lost & (weight > 0), ~lost & (weight > 0)
    if not gone.any() or not kept.any():
        return None
    order = np.argsort(rank[kept], kind="stable")
    levels, heights = rank[kept][order], np.append(0.0, np.cumsum(weight[kept][order]))
    below = heights[np.searchsorted(levels, rank[gone], side="left")]
    up_to = heights[np.searchsorted(levels, rank[gone], side="right")]
    pairs = weight[gone] @ (below + up_to) / 2
    return float(pairs / (weight[gone].sum() * heights[-1]))


def _calibrate(sheet: Sheet, lost: NDArray[np.bool_], weight: Array) -> tuple[Bin, ...]:
    """Equal numbers a bin, fewest chances first; fewer bins where there is little to fill them."""
    known = np.flatnonzero(weight > 0)
    if known.size == 0:
        return ()
    order = known[np.argsort(sheet.within[known], kind="stable")]
    bins = min(BINS, max(known.size // FEWEST_IN_BIN, 1))
    return tuple(_bin(sheet, lost, weight, part) for part in np.array_split(order, bins))


def _bin(sheet: Sheet, lost: NDArray[np.bool_], weight: Array, part: NDArray[np.intp]) -> Bin:
    share = share_of(lost[part], weight[part], sheet.patient[part])
    assert share is not None  # only of what is known
    return Bin(float(np.average(sheet.within[part], weights=weight[part])), share)


def _judge_windows(sheet: Sheet) -> Windows | None:
    weight = weigh_windows(sheet.followed, sheet.is_lost, sheet.high)
    early = sheet.is_lost & (sheet.followed < sheet.low)
    late = sheet.followed > sheet.high
    held = ~early & ~late
    shares = [share_of(which, weight, sheet.patient) for which in (held, early, late)]
    if any(share is None for share in shares):
        return None
    return Windows(*(share for share in shares if share is not None))
