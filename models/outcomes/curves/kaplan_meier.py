"""Kaplan-Meier, with a variance that fits several courses of one patient."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from models.outcomes.curves.curve import Curve, Followed
from models.outcomes.curves.influence import cumulate_variance, gain_of_loss
from models.outcomes.curves.observations import (
    Days,
    add_up,
    index_days,
    read_days,
    read_groups,
    read_intervals,
    read_weights,
)


def midpoint(lower: ArrayLike, upper: ArrayLike) -> tuple[Days, NDArray[np.bool_]]:
    """(time, event): a loss is dated half-way, a response not lost is followed to `lower`.

    Dating a loss by the day it was seen makes responses look days longer than they were.
    """
    left, right = read_intervals(lower, upper)
    event = np.isfinite(right)
    return (left + np.where(event, right, left)) / 2, event


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> Curve:
    """The product-limit curve with log-log limits, as R's survfit(conf.type="log-log").

    Greenwood's variance; with `weights` or `cluster` the infinitesimal jackknife, summed within
    each cluster before it is squared (a single cluster has none). Rows of weight 0 are left out.
    Losses on day 0 lower the curve on day 0 itself. Where everyone has lost response the
    standard error is NaN.
    """
    day, followed = _read_rows(time, event, weights, cluster)
    at_risk, events = _count(followed, day.size)
    # Only on the last day can all be lost, and there both are the same sum, in the same order.
    everyone_lost = events == at_risk
    survival: Days = np.where(everyone_lost, 0.0, 1 - events / at_risk).cumprod()
    gain = gain_of_loss(at_risk, events, everyone_lost)
    spread: Days = np.sqrt(cumulate_variance(followed, gain))
    spread[survival == 0] = np.nan
    ci_lower, ci_upper = _log_log_limits(survival, spread, level)
    error = survival * spread
    rows = followed.lost.size
    return Curve(day, at_risk, events, survival, ci_lower, ci_upper, error, level, rows, followed)


def _read_rows(
    time: ArrayLike, event: ArrayLike, weights: ArrayLike | None, cluster: ArrayLike | None
) -> tuple[Days, Followed]:
    days, lost = read_days(time, "time"), np.asarray(event, dtype=np.bool_)
    if lost.shape != days.shape:
        raise ValueError("time and event must have the same length")
    if not bool(np.all(np.isfinite(days))):
        raise ValueError("time must be finite")
    weight = read_weights(weights, days.size)
    groups = None if cluster is None else read_groups(cluster, days.size)
    kept = weight > 0
    if not bool(kept.all()):
        days, lost, weight = days[kept], lost[kept], weight[kept]
        groups = None if groups is None else groups[kept]
    day, index = index_days(days)
    if day.size and day[0] > 0:
        day, index = np.concatenate(([0.0], day)), index + 1
    robust = weights is not None or cluster is not None
    return day, Followed(index, lost, weight, groups, robust)


def _count(followed: Followed, size: int) -> tuple[Days, Days]:
    """Weights at risk and lost, a day."""
    index, lost = followed.day_index, followed.lost
    at_risk = add_up(followed.weight, index, size)[::-1].cumsum()[::-1]
    return at_risk, add_up(followed.weight[lost], index[lost], size)


def _log_log_limits(survival: Days, spread: Days, level: float) -> tuple[Days, Days]:
    """Limits from the normal distribution of log(-log S); `spread` is the error of log S."""
    open_days = (survival > 0) & (survival < 1)
    height = np.where(open_days, survival, 0.5)
    width = np.where(open_days, ndtri((1 + level) / 2) * spread / -np.log(height), np.nan)
    lower, upper = height ** np.exp(width), height ** np.exp(-width)
    if survival.size and survival[0] == 1:
        lower[0] = upper[0] = 1.0
    return lower, upper
