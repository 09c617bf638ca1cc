"""How long responses hold at each site, and how that differs from all other sites together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from models.disclosure import FEWEST_SHOWN
from models.outcomes.curves import Npmle, Quantile, midpoint
from models.outcomes.disclosure import publish_site
from models.outcomes.sites.clustering import Floats, estimate_likeness
from models.outcomes.sites.compare import SiteTables, read_repeats
from models.outcomes.sites.facts import WEEKS_8, WEEKS_12, Mark
from models.outcomes.sites.spans import HeldCurve, Spans, fit_held, fit_turnbull, join
from models.outcomes.sites.verdicts import Measure, Share

LEVEL = 0.95
WEEK = 7
FEWEST_DAYS = 3  # with day 0 alone, or one more, there is no curve to draw


@dataclass(frozen=True, eq=False)
class SiteCurve:
    """Turnbull's curve on the days that may be shown, limits clustered by patient.

    Between two of the days enough lost response, or nobody, that none is pointed at. `at_risk`
    is in courses, rounded down to tens: to the course it would tell how few left in between.
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
    shown = {
        name: site
        for name, site in tables.items()
        if publish_site(site.marks, fewest).get(Mark.RESPONDED)
    }
    likeness = estimate_likeness(read_repeats(shown.values(), Measure.HOLD_8_WEEKS))
    fits = {name: fit_held(site.spans, likeness) for name, site in shown.items()}
    found = []
    for name in tables:
        if name not in shown:
            found.append(SiteDuration(name, is_shown=False))
            continue
        others = [site.spans for other, site in shown.items() if other != name]
        rest = fit_held(join(others), likeness) if others else None
        found.append(_describe(name, shown[name], fits[name], rest, fewest, level))
    return found


def describe_group(
    tables: Mapping[str, SiteTables], *, fewest: int = FEWEST_SHOWN, level: float = LEVEL
) -> SiteDuration:
    """Return the durations of all sites shown, as one.

    Its curve stands on the days of which every one of these sites has a curve: on any other, what
    the group's leaves of them would be a hidden step of one site. A site without days of its own
    takes no part in the curve.
    """
    sites = [s for s in tables.values() if publish_site(s.marks, fewest).get(Mark.RESPONDED)]
    if not sites:
        return SiteDuration("", is_shown=False)
    likeness = estimate_likeness(read_repeats(sites, Measure.HOLD_8_WEEKS))
    fit = fit_held(join([site.spans for site in sites]), likeness)
    mean = fit.restricted_mean(WEEKS_8)
    days = {id(site): set(_shown_days(site.spans, fewest)) for site in sites}
    drawn = [site for site in sites if len(days[id(site)]) >= FEWEST_DAYS]
    curve = None
    if drawn:
        spans = join([site.spans for site in drawn])
        shared = sorted(set.intersection(*(days[id(site)] for site in drawn)))
        held = fit_held(spans, likeness)
        curve = _read_curve(spans, fit_turnbull(spans), held, shared, level)
    return SiteDuration(
        "",
        is_shown=True,
        courses=sum(int(site.spans.courses.sum()) for site in sites),
        median=fit.median(level),
        mean=None if mean is None else _interval(*mean, level),
        curve=curve,
    )


def _describe(
    name: str, site: SiteTables, fit: HeldCurve, rest: HeldCurve | None, fewest: int, level: float
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
        curve=_publish_curve(site, fit, fewest, level),
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


def _publish_curve(site: SiteTables, fit: HeldCurve, fewest: int, level: float) -> SiteCurve:
    return _read_curve(site.spans, site.curve, fit, _shown_days(site.spans, fewest), level)


def _read_curve(
    spans: Spans, npmle: Npmle, fit: HeldCurve, shown: Sequence[float], level: float
) -> SiteCurve:
    days = np.array(shown)
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


def _shown_days(spans: Spans, fewest: int) -> list[float]:
    """Day 0 and those weeks between which nobody, or at least `fewest`, lost response.

    A patient's weights add up to 1 at most, so a sum of weights never exceeds the patients.
    """
    time, lost = midpoint(spans.lower, spans.upper)
    days = [0.0]
    for day in range(WEEK, WEEKS_12 + 1, WEEK):
        between = lost & (time > days[-1]) & (time <= day)
        followed = float(spans.weight[time >= day].sum())
        is_safe = not between.any() or float(spans.weight[between].sum()) >= fewest
        if is_safe and followed >= fewest:
            days.append(float(day))
    return days
