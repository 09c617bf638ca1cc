"""How much each row moves the curve: the infinitesimal jackknife.

With Y at risk and d lost on a day, dN and Y_i the row's own share of them, the derivative of
log S(t) by the weight of row i is the sum over days up to t of (d Y_i / Y - dN_i) / (Y - d):
H(t) as long as the row is followed, and from its own day on the constant H(own day), less
1/(Y - d) if it was lost. So sums of squares over clusters need no table of clusters by days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.outcomes.curves.curve import Followed
from models.outcomes.curves.observations import Codes, Days, add_up


@dataclass(frozen=True, eq=False)
class Gain:
    """Per day: 1 / (Y - d), and H, the sum so far of d / (Y (Y - d)); H is Greenwood's sum.

    Days on which everyone lost response count as nothing: the curve is 0 from there on.
    """

    of_loss: Days
    step: Days
    so_far: Days


def gain_of_loss(at_risk: Days, events: Days, everyone_lost: NDArray[np.bool_]) -> Gain:
    """The terms both variances are made of; one value a day."""
    left = np.where(everyone_lost, 1.0, at_risk - events)
    of_loss = np.where(everyone_lost, 0.0, 1 / left)
    step = np.where(everyone_lost, 0.0, events / (at_risk * left))
    return Gain(of_loss, step, np.cumsum(step))


def own_constant(followed: Followed, gain: Gain) -> Days:
    """What a row adds to log S, per unit of its weight, from its own day on."""
    index = followed.day_index
    return np.asarray(gain.so_far[index] - followed.lost * gain.of_loss[index], dtype=np.float64)


def cumulate_variance(followed: Followed, gain: Gain) -> Days:
    """Variance of log S, one value a day; NaN where a single cluster shows no spread."""
    if not followed.robust:
        return gain.so_far
    if followed.is_single:
        return np.full(gain.so_far.size, np.nan)
    constant = own_constant(followed, gain)
    if followed.cluster is None:
        still, both, past = _sum_rows(followed, constant, gain.so_far.size)
    else:
        still, both, past = _sum_clusters(followed, constant, gain.so_far.size)
    variance = gain.so_far**2 * still + 2 * gain.so_far * both + past
    return np.maximum(variance, 0.0)


def _sum_rows(followed: Followed, constant: Days, size: int) -> tuple[Days, Days, Days]:
    """Squares of the rows still followed after each day and of those past, each its own cluster."""
    square = followed.weight**2
    still = _after(add_up(square, followed.day_index, size))
    past = add_up(square * constant**2, followed.day_index, size).cumsum()
    return still, np.zeros(size), past


def _sum_clusters(followed: Followed, constant: Days, size: int) -> tuple[Days, Days, Days]:
    """Sums over clusters of W^2, W A and A^2 after each day.

    W is the weight of a cluster's rows still followed, A the constants of its rows past. Only
    the rows of a day change them, so it is enough to add up what each row changes.
    """
    assert followed.cluster is not None
    order = np.argsort(followed.cluster * size + followed.day_index)
    index, weight = followed.day_index[order], followed.weight[order]
    starts = np.flatnonzero(np.diff(followed.cluster[order], prepend=-1))
    passed = _cumulate_within(weight * constant[order], starts)
    before = passed - weight * constant[order]
    held = _cumulate_within(weight[::-1], _reverse_starts(starts, weight.size))[::-1]
    left = held - weight
    still = _after(add_up(held**2 - left**2, index, size))
    both = _after(add_up(held * before - left * passed, index, size))
    past = add_up(passed**2 - before**2, index, size).cumsum()
    return still, both, past


def _cumulate_within(values: Days, starts: Codes) -> Days:
    """Running sums that begin again at each of `starts`."""
    if values.size == 0:
        return values
    total = np.cumsum(values)
    lengths = np.diff(np.append(starts, values.size))
    earlier = total[starts] - values[starts]
    return np.asarray(total - np.repeat(earlier, lengths), dtype=np.float64)


def _reverse_starts(starts: Codes, size: int) -> Codes:
    """Where the same groups start when read from the end."""
    return (size - np.append(starts[1:], size))[::-1]


def _after(daily: Days) -> Days:
    """Sums over later days; added up from the end, so that the thin tail keeps its digits."""
    return np.append(daily[::-1].cumsum()[::-1][1:], 0.0)[: daily.size]
