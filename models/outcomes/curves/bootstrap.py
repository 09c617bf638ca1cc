"""How far a Turnbull curve could be off: patients drawn again, with all their courses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from models.outcomes.curves.innermost import Overlaps, find_overlaps
from models.outcomes.curves.likelihood import maximise
from models.outcomes.curves.observations import (
    Codes,
    Days,
    read_days,
    read_groups,
    read_intervals,
    share_within,
)
from models.outcomes.curves.quantiles import cross_lines
from models.outcomes.curves.restricted_mean import mean_within
from models.outcomes.curves.turnbull import share_passed

# Enough for limits: sampling error is thousands of times this.
REPLICATE_GAP = 1e-6
# Replicates this close on a day are one and the same.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class PatientBootstrap:
    """Percentile limits at `day`, of the median, and the spread of the restricted mean to `tau`.

    A limit of the median is None where it was not reached in that share of replicates. Where a
    replicate's follow-up ends early its last value is carried on. Limits are NaN where replicates
    do not differ (other than on day 0), and all is NaN and None for no more than one patient:
    that would look like certainty.
    """

    day: Days
    ci_lower: Days
    ci_upper: Days
    median_lower: float | None
    median_upper: float | None
    restricted_mean_error: float | None
    replicates: int
    level: float


def bootstrap_by_patient(
    lower: ArrayLike,
    upper: ArrayLike,
    patient: ArrayLike,
    *,
    days: ArrayLike,
    tau: float,
    seed: int,
    replicates: int = 200,
    level: float = 0.95,
) -> PatientBootstrap:
    """Draw as many patients as there are, with replacement, and fit each draw anew.

    Each patient's courses weigh 1/n within the patient. The same seed gives the same limits.
    """
    left, right = read_intervals(lower, upper)
    asked, owner = read_days(days, "days"), read_groups(patient, left.size)
    if left.size == 0 or owner.max() == 0:
        unknown = np.full(asked.size, np.nan)
        return PatientBootstrap(asked, unknown, unknown, None, None, None, 0, level)
    overlaps = find_overlaps(left, right)
    weights = _draw_weights(overlaps.row, owner, replicates, seed)
    masses = _fit_draws(overlaps, weights)
    tails = ((1 - level) / 2, (1 + level) / 2)
    survival = 1 - masses @ share_passed(overlaps.intervals, asked)
    ci_lower, ci_upper = _limits(asked, survival, tails)
    medians = _find_medians(overlaps.intervals, masses)
    earliest = float(np.quantile(medians, tails[0], method="lower"))
    latest = float(np.quantile(medians, tails[1], method="higher"))
    means = masses @ mean_within(overlaps.intervals, tau)
    error = float(np.std(means, ddof=1))
    return PatientBootstrap(
        asked, ci_lower, ci_upper, _reached(earliest), _reached(latest), error, replicates, level
    )


def _limits(
    days: Days, survival: NDArray[np.float64], tails: tuple[float, float]
) -> tuple[Days, Days]:
    bounded = np.clip(survival, 0.0, 1.0)
    ci_lower, ci_upper = np.quantile(bounded, tails, axis=0)
    differ = (np.ptp(bounded, axis=0) > SAME) | ((days == 0) & (bounded.min(axis=0) > 1 - SAME))
    return np.where(differ, ci_lower, np.nan), np.where(differ, ci_upper, np.nan)


def _draw_weights(row: Codes, owner: Codes, replicates: int, seed: int) -> NDArray[np.float64]:
    """(distinct rows, replicates): weights of each distinct row in each draw of patients."""
    patients = int(owner.max()) + 1
    shares = csr_array((share_within(owner), (row, owner)), shape=(int(row.max()) + 1, patients))
    generator = np.random.default_rng(seed)
    drawn = np.empty((patients, replicates))
    for replicate in range(replicates):
        chosen = generator.integers(0, patients, patients)
        drawn[:, replicate] = np.bincount(chosen, minlength=patients)
    return np.asarray(shares @ drawn, dtype=np.float64)


def _fit_draws(overlaps: Overlaps, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(replicates, intervals): masses of each draw, on the intervals of the whole sample.

    Starting from the fit of the whole sample also settles, in its proportions, how mass lies
    where a draw alone could not tell.
    """
    whole = maximise(overlaps, weights.mean(axis=1)).mass
    fits = [maximise(overlaps, drawn, whole, REPLICATE_GAP).mass for drawn in weights.T]
    return np.array(fits)


def _find_medians(intervals: NDArray[np.float64], masses: NDArray[np.float64]) -> Days:
    """The median of each draw; infinite where it is not reached."""
    finite = intervals[np.isfinite(intervals[:, 1])]
    day = np.concatenate(([0.0], finite.ravel()))
    left = 1 - np.cumsum(masses[:, : len(finite)], axis=1)
    before = np.column_stack([np.ones(len(masses)), left[:, :-1]])[:, : len(finite)]
    ends = np.stack([before, left], axis=2).reshape(len(masses), -1)
    heights = np.column_stack([np.ones(len(masses)), ends])
    found = [cross_lines(day, height, 0.5) for height in heights]
    return np.array([np.inf if median is None else median for median in found])


def _reached(day: float) -> float | None:
    return day if np.isfinite(day) else None
