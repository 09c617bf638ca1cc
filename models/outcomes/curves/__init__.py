"""How long responses hold: curves over (lower, upper] days, their medians and restricted means.

Days are floats counted from day 0 of a course; `upper` is infinite where response was not lost.
"""

from __future__ import annotations

from models.outcomes.curves.bootstrap import PatientBootstrap, bootstrap_by_patient
from models.outcomes.curves.curve import Curve
from models.outcomes.curves.kaplan_meier import kaplan_meier, midpoint
from models.outcomes.curves.quantiles import Quantile
from models.outcomes.curves.restricted_mean import RestrictedMean, restricted_mean
from models.outcomes.curves.summary import CurveTable, MedianRow, Summary, summarise
from models.outcomes.curves.turnbull import Npmle, turnbull

__all__ = [
    "Curve",
    "CurveTable",
    "MedianRow",
    "Npmle",
    "PatientBootstrap",
    "Quantile",
    "RestrictedMean",
    "Summary",
    "bootstrap_by_patient",
    "kaplan_meier",
    "midpoint",
    "restricted_mean",
    "summarise",
    "turnbull",
]
