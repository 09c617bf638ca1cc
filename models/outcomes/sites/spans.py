"""Durations of one group as counts per (lower, upper] day, each patient counting once.

What a patient's courses weigh together is 1. For the variance that is not enough: two courses of
one patient tell less than two patients, but more than one course. With `likeness` r the courses
of a patient with n of them count as n / (1 + (n - 1) r) observations, which needs no more than the
sums of 1/n and 1/n^2 a day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.outcomes.curves import Curve, Npmle, Quantile, kaplan_meier, midpoint, turnbull
from models.outcomes.curves.influence import Gain, gain_of_loss, own_constant
from models.outcomes.curves.observations import add_up
from models.outcomes.curves.quantiles import cross_steps
from models.outcomes.sites.clustering import Floats


@dataclass(frozen=True, eq=False)
class Spans:
    """One row a distinct (lower, upper]; `upper` infinite if not lost. `weight` is the sum of 1/n
    over courses, `square` that of 1/n^2, n being a patient's courses here.
    """

    lower: Floats
    upper: Floats
    courses: Floats
    weight: Floats
    square: Floats

    @property
    def patients(self) -> float:
        return float(self.weight.sum())

    def spreads(self, likeness: float) -> Floats:
        """What each row adds to a variance, per squared influence of a unit of weight."""
        return (1 - likeness) * self.square + likeness * self.weight

    def deflation(self, likeness: float) -> float:
        """The variance beside that of one observation a patient; at most 1."""
        return float(self.spreads(likeness).sum() / self.weight.sum())


def join(groups: list[Spans]) -> Spans:
    """All rows of several groups of different patients."""
    parts = [(g.lower, g.upper, g.courses, g.weight, g.square) for g in groups]
    return Spans(*(np.concatenate(column) for column in zip(*parts, strict=True)))


@dataclass(frozen=True, eq=False)
class HeldCurve:
    """The mid-point Kaplan-Meier curve of a group, with variances clustered by patient."""

    curve: Curve
    spreads: Floats
    gain: Gain

    def log_variance(self) -> Floats:
        """Variance of log S, a day."""
        followed, size = self.curve.followed, self.curve.day.size
        constant = own_constant(followed, self.gain)
        index = followed.day_index
        still = self.spreads.sum() - add_up(self.spreads, index, size).cumsum()
        past = add_up(self.spreads * constant**2, index, size).cumsum()
        variance = self.gain.so_far**2 * np.maximum(still, 0.0) + past
        return np.asarray(np.maximum(variance, 0.0), dtype=np.float64)

    def median(self, level: float) -> Quantile:
        """The median with limits read off log-log limits of the curve."""
        curve = self.curve
        inside = (curve.survival > 0) & (curve.survival < 1)
        height = np.where(inside, curve.survival, 0.5)
        width = ndtri((1 + level) / 2) * np.sqrt(self.log_variance()) / -np.log(height)
        low = np.where(inside, height ** np.exp(width), np.nan)
        high = np.where(inside, height ** np.exp(-width), np.nan)
        day = curve.day
        return Quantile(
            cross_steps(day, curve.survival, 0.5),
            cross_steps(day, low, 0.5),
            cross_steps(day, high, 0.5),
        )

    def restricted_mean(self, tau: float) -> tuple[float, float] | None:
        """Mean days held up to `tau` and its standard error; None where follow-up ends before."""
        curve = self.curve
        if curve.courses == 0 or curve.known_to < tau:
            return None
        width = np.diff(np.minimum(np.append(curve.day, np.inf), tau))
        area = width * curve.survival
        later = area[::-1].cumsum()[::-1]
        before = np.append(0.0, np.cumsum(area * self.gain.so_far))
        index = curve.followed.day_index
        moved = before[index] + own_constant(curve.followed, self.gain) * later[index]
        return float(width @ curve.survival), float(np.sqrt(self.spreads @ moved**2))


def fit_held(spans: Spans, likeness: float) -> HeldCurve:
    """The curve of a group of whose patients' courses any two are alike to this degree."""
    time, lost = midpoint(spans.lower, spans.upper)
    curve = kaplan_meier(time, lost, weights=spans.weight)
    gain = gain_of_loss(curve.at_risk, curve.events, curve.survival == 0)
    return HeldCurve(curve, spans.spreads(likeness), gain)


def fit_turnbull(spans: Spans) -> Npmle:
    """Turnbull's curve of a group, each patient counting once."""
    return turnbull(spans.lower, spans.upper, weights=spans.weight)


def chances(spans: Spans, npmle: Npmle, day: float) -> tuple[float, Floats]:
    """The share still responding on `day` by a group's curve, and each row's own chance of it.

    The curve is the mean of the rows' chances: that is what makes it self-consistent. NaN where
    nobody was followed as far.
    """
    share = float(npmle.survival_at(np.array([day]))[0])
    known = min(npmle.known_to, 1e9)
    at = [npmle.survival_at(np.minimum(edge, known)) for edge in (spans.lower, spans.upper)]
    begin, end = at[0], np.where(np.isfinite(spans.upper), at[1], 0.0)
    open_rows = (spans.lower < day) & (spans.upper > day)
    width = np.where(open_rows, np.maximum(begin - end, 1e-12), 1.0)
    inside = np.clip((share - end) / width, 0.0, 1.0)
    return share, np.where(open_rows, inside, (spans.lower >= day).astype(np.float64))


def observations_at(spans: Spans, whole: Curve, day: float, likeness: float) -> float:
    """How many patients with a known answer a group's follow-up to `day` is worth.

    The variance is worked out as if this group lost response like the whole one and was followed
    as it was: on its own curve it would look certain wherever nobody happened to lose response,
    and worth little wherever most had lost it early. Rows in which `day` lies between two
    check-ins say nothing of that day and blur what the rows beside them say; counting that share
    twice makes it as large as it was measured to be (simulated).
    """
    early = (whole.day <= day) & (whole.events > 0)
    held = float(whole.survival_at(np.array([day]))[0])
    before = np.append(1.0, whole.survival)[np.flatnonzero(early)]
    at_risk = spans.patients * _share_followed(spans, whole.day[early]) * before
    if not 0 < held < 1 or bool(np.any(at_risk <= 0)):
        return 0.0 if bool(np.any(at_risk <= 0)) else spans.patients
    risk = whole.events[early] / whole.at_risk[early]
    variance = held**2 * float(np.sum(risk / ((1 - risk) * at_risk))) * spans.deflation(likeness)
    between = np.isfinite(spans.upper) & (spans.lower < day) & (spans.upper > day)
    seen = 1 - float(spans.weight[between].sum()) / spans.patients
    return min(held * (1 - held) / variance, spans.patients / spans.deflation(likeness)) * seen**2


def _share_followed(spans: Spans, days: Floats) -> Floats:
    """The share that would still be followed up at the start of each day if nobody lost response.

    The curve of the ends of follow-up, loss being what cuts it short. Where the last of them lost
    response nothing more is to be known, and the share stays as it was.
    """
    time, lost = midpoint(spans.lower, spans.upper)
    followed = kaplan_meier(time, ~lost, weights=spans.weight)
    place = np.searchsorted(followed.day, days, side="left") - 1
    return np.append(followed.survival, 1.0)[np.where(place < 0, -1, place)]
