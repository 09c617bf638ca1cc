"""What the export and the screen show of one group: both curves, with limits, and their medians."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.outcomes.curves.bootstrap import PatientBootstrap, bootstrap_by_patient
from models.outcomes.curves.curve import Curve
from models.outcomes.curves.kaplan_meier import kaplan_meier, midpoint
from models.outcomes.curves.observations import Days, read_groups, read_intervals, share_within
from models.outcomes.curves.quantiles import Quantile
from models.outcomes.curves.restricted_mean import RestrictedMean, restricted_mean
from models.outcomes.curves.turnbull import Npmle, turnbull

KAPLAN_MEIER = "kaplan_meier"
TURNBULL = "turnbull"
# Eight weeks: the horizon of the export's rmst_56.
TAU = 56.0


@dataclass(frozen=True, eq=False)
class CurveTable:
    """A curve as rows, one value a day in each array; NaN where there is no limit."""

    method: str
    day: Days
    at_risk: Days
    survival: Days
    ci_lower: Days
    ci_upper: Days


@dataclass(frozen=True)
class MedianRow:
    """One method's median and restricted mean; None in the median means "not reached"."""

    method: str
    patients: int
    courses: int
    lost: int
    median: Quantile
    restricted_mean: RestrictedMean


@dataclass(frozen=True, eq=False)
class Summary:
    """Both estimates of one group, each patient's courses together counting once."""

    kaplan_meier: Curve
    turnbull: Npmle
    tables: tuple[CurveTable, CurveTable]
    medians: tuple[MedianRow, MedianRow]


def summarise(
    lower: ArrayLike,
    upper: ArrayLike,
    patient: ArrayLike,
    *,
    seed: int,
    tau: float = TAU,
    replicates: int = 200,
    level: float = 0.95,
) -> Summary:
    """Mid-point Kaplan-Meier (robust limits) and Turnbull (patient bootstrap) of the same courses.

    Courses weigh 1/n within a patient, n being that patient's courses given here.
    """
    left, right = read_intervals(lower, upper)
    owner = read_groups(patient, left.size)
    weights = share_within(owner)
    time, lost = midpoint(left, right)
    curve = kaplan_meier(time, lost, weights=weights, cluster=owner, level=level)
    npmle = turnbull(left, right, weights=weights)
    day = npmle.corners()[0]
    drawn = bootstrap_by_patient(
        left, right, owner, days=day, tau=tau, seed=seed, replicates=replicates, level=level
    )
    counts = (int(np.unique(owner).size), left.size, int(lost.sum()))
    mean = restricted_mean(curve, tau)
    medians = (
        MedianRow(TURNBULL, *counts, _median(npmle, drawn), _mean(npmle, drawn, tau)),
        MedianRow(KAPLAN_MEIER, *counts, curve.quantile(0.5), mean),
    )
    return Summary(curve, npmle, (_tabulate(npmle, drawn, curve), _copy(curve)), medians)


def _median(npmle: Npmle, drawn: PatientBootstrap) -> Quantile:
    return Quantile(npmle.quantile(0.5).value, drawn.median_lower, drawn.median_upper)


def _mean(npmle: Npmle, drawn: PatientBootstrap, tau: float) -> RestrictedMean:
    mean = restricted_mean(npmle, tau)
    error = None if mean.value is None else drawn.restricted_mean_error
    return RestrictedMean(mean.value, error, tau, mean.reason, mean.known_to)


def _tabulate(npmle: Npmle, drawn: PatientBootstrap, curve: Curve) -> CurveTable:
    """Day 0 and both end points of each innermost interval, each day once."""
    day, at = np.unique(drawn.day, return_index=True)
    at_risk, survival = curve.at_risk_at(day), npmle.survival_at(day)
    return CurveTable(TURNBULL, day, at_risk, survival, drawn.ci_lower[at], drawn.ci_upper[at])


def _copy(curve: Curve) -> CurveTable:
    return CurveTable(
        KAPLAN_MEIER, curve.day, curve.at_risk, curve.survival, curve.ci_lower, curve.ci_upper
    )
