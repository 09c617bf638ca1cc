"""One measure of every site, beside what its patients let expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtri

from models.outcomes.sites import funnel
from models.outcomes.sites.casemix import CaseMix, Cells, fit_case_mix, shift_to
from models.outcomes.sites.clustering import Floats
from models.outcomes.sites.design import Covariates, choose_columns
from models.outcomes.sites.shrinkage import Shrunken, shrink

LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class SiteRate:
    """One site's share with the outcome: `rate` of `courses` (which may be weights), worth `size`
    independent ones; and the same by covariates.
    """

    rate: float
    courses: float
    size: float
    covariates: Sequence[Covariates]
    cell_courses: Floats
    cell_events: Floats


@dataclass(frozen=True, eq=False)
class Judged:
    """Per site, in order: limits and estimates on the scale of adjusted rates, and of crude ones.

    `shrunken` is of the reference sites only, in their order.
    """

    crude: Floats
    crude_limits: tuple[Floats, Floats]
    adjusted: Floats
    adjusted_limits: tuple[Floats, Floats]
    watch: tuple[Floats, Floats]
    differs: tuple[Floats, Floats]
    crude_watch: tuple[Floats, Floats]
    crude_differs: tuple[Floats, Floats]
    size: Floats
    p_value: Floats
    is_high: funnel.Flags
    shrunken: Shrunken
    target: float
    scatter: funnel.Scatter
    crude_scatter: funnel.Scatter


class _Scale:
    """Turns a site's own share into the share the whole group's patients would have had there."""

    def __init__(
        self, mix: CaseMix, designs: list[Floats], sites: Sequence[SiteRate], ref: list[int]
    ) -> None:
        self._lines = [mix.intercept + design @ mix.slopes for design in designs]
        self._courses = [site.cell_courses for site in sites]
        self._group_line = np.concatenate([self._lines[i] for i in ref])
        self._group_courses = np.concatenate([self._courses[i] for i in ref])

    def shifts(self, shares: Floats) -> Floats:
        """Per site (first axis) the shift in log-odds that makes these its shares."""
        rows = [
            shift_to(line, courses, np.atleast_1d(share) * courses.sum())
            for line, courses, share in zip(self._lines, self._courses, shares, strict=True)
        ]
        return np.array(rows).reshape(np.shape(shares))

    def group_share(self, shifts: Floats) -> Floats:
        flat = np.ravel(shifts)
        expected = self._group_courses @ expit(self._group_line[:, None] + flat[None, :])
        return np.asarray(expected / self._group_courses.sum()).reshape(np.shape(shifts))

    def adjust(self, shares: Floats) -> Floats:
        return self.group_share(self.shifts(shares))

    def steepness(self, shifts: Floats) -> Floats:
        """How fast each site's own share rises with its shift."""
        slopes = []
        for line, courses, shift in zip(self._lines, self._courses, shifts, strict=True):
            rate = expit(line + shift)
            slopes.append(float(courses @ (rate * (1 - rate)) / courses.sum()))
        return np.array(slopes)


def judge(sites: Sequence[SiteRate], reference: Sequence[int]) -> Judged:
    """Compare all `sites` with what the `reference` ones (places in `sites`) let expect of them."""
    ref = list(reference)
    columns = choose_columns(
        [row for i in ref for row in sites[i].covariates],
        np.concatenate([sites[i].cell_courses for i in ref]),
    )
    designs = [columns.build(site.covariates) for site in sites]
    mix = fit_case_mix(_stack([sites[i] for i in ref], [designs[i] for i in ref]))
    rate = np.array([site.rate for site in sites])
    raw = np.array([site.size for site in sites])
    expected, size = _expect(mix, designs, sites)
    size = _doubt_target(size, raw, ref)
    scale = _Scale(mix, designs, sites, ref)
    scatter = funnel.judge_scatter(funnel.scores(rate[ref], expected[ref], size[ref]))
    worth = size / scatter.factor
    target = float(sum(sites[i].rate * sites[i].courses for i in ref))
    target /= float(sum(sites[i].courses for i in ref))
    centre = np.full(rate.size, target)
    crude_scatter = funnel.judge_scatter(funnel.scores(rate[ref], centre[ref], raw[ref]))
    crude_worth = raw / crude_scatter.factor
    return Judged(
        rate,
        wilson(rate, raw),
        scale.adjust(rate),
        _adjust_both(scale, wilson(rate, size)),
        _adjust_both(scale, funnel.limits(expected, worth, funnel.WATCH_LEVEL)),
        _adjust_both(scale, funnel.limits(expected, worth, funnel.DIFFERS_LEVEL)),
        funnel.limits(centre, crude_worth, funnel.WATCH_LEVEL),
        funnel.limits(centre, crude_worth, funnel.DIFFERS_LEVEL),
        worth,
        funnel.p_values(rate, expected, worth),
        rate > expected,
        _shrink(scale, sites, rate, size, ref),
        target,
        scatter,
        crude_scatter,
    )


def wilson(rate: Floats, size: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Wilson's limits of a share of `size` independent courses, which need not be whole."""
    z = float(ndtri((1 + level) / 2))
    middle = (rate + z**2 / (2 * size)) / (1 + z**2 / size)
    width = z / (1 + z**2 / size) * np.sqrt(rate * (1 - rate) / size + z**2 / (4 * size**2))
    return np.clip(middle - width, 0.0, 1.0), np.clip(middle + width, 0.0, 1.0)


def _stack(sites: Sequence[SiteRate], designs: list[Floats]) -> Cells:
    owner = np.concatenate([np.full(s.cell_courses.size, i) for i, s in enumerate(sites)])
    return Cells(
        owner.astype(np.intp),
        np.concatenate(designs),
        np.concatenate([site.cell_courses for site in sites]),
        np.concatenate([site.cell_events for site in sites]),
    )


def _expect(
    mix: CaseMix, designs: list[Floats], sites: Sequence[SiteRate]
) -> tuple[Floats, Floats]:
    """Each site's expected share, and how many independent courses its distance from it is worth.

    What covariates do is itself estimated: a site unlike the others is expected less surely.
    """
    expected, size = [], []
    for design, site in zip(designs, sites, strict=True):
        rate = mix.rates(design)
        n = float(site.cell_courses.sum())
        share = float(site.cell_courses @ rate) / n
        weight = site.cell_courses * rate * (1 - rate)
        pull = weight @ (design - mix.centre)
        repeated = site.courses / site.size
        chance = n * share * (1 - share)
        variance = repeated * (chance + float(pull @ mix.covariance @ pull))
        expected.append(share)
        size.append(n * chance / variance * site.courses / n)
    return np.array(expected), np.array(size)


def _doubt_target(size: Floats, raw: Floats, ref: list[int]) -> Floats:
    """Those who are no part of the target lie off it by its chance error as well as by theirs."""
    outside = np.ones(size.size, dtype=np.bool_)
    outside[ref] = False
    return np.where(outside, 1 / (1 / size + 1 / float(raw[ref].sum())), size)


def _adjust_both(scale: _Scale, pair: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    return scale.adjust(pair[0]), scale.adjust(pair[1])


def _shrink(
    scale: _Scale, sites: Sequence[SiteRate], rate: Floats, size: Floats, ref: list[int]
) -> Shrunken:
    """Shrink on the scale of log-odds; nobody and everybody count as half a course away."""
    inside = np.clip(rate, 0.5 / size, 1 - 0.5 / size)
    shifts = scale.shifts(inside)
    error = np.sqrt(inside * (1 - inside) / size) / scale.steepness(shifts)
    found = shrink(shifts[ref], error[ref], level=LEVEL)
    value, lower, upper = (scale.group_share(x) for x in (found.value, found.lower, found.upper))
    return Shrunken(value, lower, upper, found.spread)
