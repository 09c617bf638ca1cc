"""How long responses hold at each site, and how that differs from all other sites together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.disclosure import FEWEST_SHOWN
from models.outcomes.curves import Npmle, Quantile, midpoint
from models.outcomes.disclosure import publish_site
from models.outcomes.sites.clustering import Floats, estimate_likeness
from models.outcomes.sites.compare import SiteTables, read_repeats
from models.outcomes.sites.curve_days import Days, choose_days
from models.outcomes.sites.facts import WEEKS_8, Mark
from models.outcomes.sites.spans import HeldCurve, Spans, fit_held, fit_turnbull, join
from models.outcomes.sites.verdicts import Measure, Share

LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class SiteCurve:
    """Turnbull's curve on the days that may be shown, limits clustered by patient.

    `at_risk` is in courses, rounded down to tens: to the course it would tell how few left.
    """

    day: Floats
    survival: Floats
    ci_lower: Floats
    ci_upper: Floats
    at_risk: Floats


@dataclass(frozen=True)
class SiteDuration:
    """One site. None: hidden, not reached, or not followed as long. Days.

    `mean` is the restricted mean to day 56; the differences are from all other sites shown.
    """

    site: str
    is_shown: bool
    courses: int | None = None
    median: Quantile | None = None
    mean: Share | None = None
    median_difference: Share | None = None
    mean_difference: Share | None = None
    curve: SiteCurve | None = None


def describe_durations(
    tables: Mapping[str, SiteTables], *, fewest: int = FEWEST_SHOWN, level: float = LEVEL
) -> list[SiteDuration]:
    """Return every site's durations; a site is left out wherever its responses are hidden."""
    shown = _shown(tables, fewest)
    days, drawn = choose_days({name: site.spans for name, site in shown.items()}, fewest)
    likeness = estimate_likeness(read_repeats(shown.values(), Measure.HOLD_8_WEEKS))
    fits = {name: fit_held(site.spans, likeness) for name, site in shown.items()}
    found = []
    for name in tables:
        if name not in shown:
            found.append(SiteDuration(name, is_shown=False))
            continue
        others = [site.spans for other, site in shown.items() if other != name]
        rest = fit_held(join(others), likeness) if others else None
        found.append(
            _describe(name, shown[name], fits[name], rest, days if name in drawn else (), level)
        )
    return found


def describe_group(
    tables: Mapping[str, SiteTables], *, fewest: int = FEWEST_SHOWN, level: float = LEVEL
) -> SiteDuration:
    """Return the durations of all sites shown, as one."""
    shown = _shown(tables, fewest)
    if not shown:
        return SiteDuration("", is_shown=False)
    spans = join([site.spans for site in shown.values()])
    fit = fit_held(spans, estimate_likeness(read_repeats(shown.values(), Measure.HOLD_8_WEEKS)))
    mean = fit.restricted_mean(WEEKS_8)
    days, _ = choose_days({name: site.spans for name, site in shown.items()}, fewest)
    return SiteDuration(
        "",
        is_shown=True,
        courses=int(spans.courses.sum()),
        median=fit.median(level),
        mean=None if mean is None else _interval(*mean, level),
        curve=_read_curve(spans, fit_turnbull(spans), fit, days, level) if days else None,
    )


def _shown(tables: Mapping[str, SiteTables], fewest: int) -> dict[str, SiteTables]:
    return {
        name: site
        for name, site in tables.items()
        if publish_site(site.marks, fewest).get(Mark.RESPONDED)
    }


def _describe(
    name: str, site: SiteTables, fit: HeldCurve, rest: HeldCurve | None, days: Days, level: float
) -> SiteDuration:
    mean = fit.restricted_mean(WEEKS_8)
    other = None if rest is None else rest.restricted_mean(WEEKS_8)
    difference = None
    if mean is not None and other is not None:
        error = float(np.hypot(mean[1], other[1]))
        difference = _interval(mean[0] - other[0], error, level)
    median = fit.median(level)
    return SiteDuration(
        name,
        is_shown=True,
        courses=int(site.spans.courses.sum()),
        median=median,
        mean=None if mean is None else _interval(*mean, level),
        median_difference=None if rest is None else subtract(median, rest.median(level)),
        mean_difference=difference,
        curve=_read_curve(site.spans, site.curve, fit, days, level) if days else None,
    )


def _interval(value: float, error: float, level: float) -> Share:
    width = float(ndtri((1 + level) / 2)) * error
    return Share(value, value - width, value + width)


def subtract(one: Quantile, other: Quantile) -> Share | None:
    """The difference of two medians, with limits recovered from theirs (Zou and Donner 2008).

    None unless both medians and all their limits were reached.
    """
    a, al, au = one.value, one.ci_lower, one.ci_upper
    b, bl, bu = other.value, other.ci_lower, other.ci_upper
    if a is None or al is None or au is None or b is None or bl is None or bu is None:
        return None
    low = a - b - float(np.hypot(a - al, bu - b))
    return Share(a - b, low, a - b + float(np.hypot(au - a, b - bl)))


def _read_curve(spans: Spans, npmle: Npmle, fit: HeldCurve, shown: Days, level: float) -> SiteCurve:
    days = np.array(shown, dtype=np.float64)
    at = np.searchsorted(fit.curve.day, days, side="right") - 1
    survival = npmle.survival_at(days)
    inside = (survival > 0) & (survival < 1)
    height = np.where(inside, survival, 0.5)
    spread = np.sqrt(fit.log_variance()[at])
    width = float(ndtri((1 + level) / 2)) * spread / -np.log(height)
    low = np.where(inside, height ** np.exp(width), np.nan)
    high = np.where(inside, height ** np.exp(-width), np.nan)
    followed = np.array([spans.courses[_ends(spans) >= day].sum() // 10 * 10 for day in days])
    return SiteCurve(days, survival, low, high, followed)


def _ends(spans: Spans) -> Floats:
    return midpoint(spans.lower, spans.upper)[0]
