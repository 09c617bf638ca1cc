"""Figures of sites as rows of text. What is hidden says so; it is never a zero or a blank."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.formats import is_blank, number, share
from dashboard.wording import statuses
from data.site_reports import EVERYONE, SitesReport
from models.outcomes.sites.facts import Breakdown, Mark
from models.outcomes.sites.verdicts import Comparison, Measure, Reason, Share, SiteResult, Verdict

HIDDEN = "hidden"
STEPS = {
    EVERYONE: "Treated",
    Mark.TREATED.value: "Answered",
    "baseline": "With a baseline",
    "followed": "Followed up",
    "stated": "Eligible",
    Mark.RESPONDED.value: "Responded",
    Mark.HELD_4.value: "Still at 4 weeks",
    Mark.HELD_8.value: "Still at 8 weeks",
    Mark.HELD_12.value: "Still at 12 weeks",
}
FUNNEL_COLUMNS = ("Site", *STEPS.values())
RATES = {
    Mark.IMPROVED.value: "Reliably better",
    Mark.WORSENED.value: "Reliably worse",
    Mark.BOOSTED_LATE.value: "Late boosters",
}
RATE_COLUMNS = ("Site", "Response", "Remission", *RATES.values(), "8-week hold")
COMPARED_COLUMNS = (
    "Site",
    "Courses",
    "Crude",
    "Adjusted",
    "Drawn to the group",
    "95 % limits",
    "99.8 % limits",
    "Reading",
)
BREAKDOWN_COLUMNS = ("", "Eligible", "Responded")
BREAKDOWNS = {
    Breakdown.KIND: "Kind of course",
    Breakdown.INDICATION: "Indication",
    Breakdown.ROUTE: "Route",
}
VERDICTS = {
    Verdict.SAME: "cannot be told apart",
    Verdict.WATCH: "watch: outside 95 %",
    Verdict.ABOVE: "above by more than chance",
    Verdict.BELOW: "below by more than chance",
}
REASONS = {
    None: "hidden",
    Reason.TOO_FEW: "hidden: too few courses",
    Reason.NONE: "no courses",
    Reason.NOT_FOLLOWED: "not followed for long enough",
}


def sites_of(report: SitesReport) -> list[str]:
    """Return every site, those with nothing to show as well."""
    return [result.site for result in report.comparisons[Measure.RESPONSE].results]


def leave_out_hidden(
    columns: tuple[str, ...], rows: list[list[str]]
) -> tuple[tuple[str, ...], list[list[str]], list[str]]:
    """Return a table without columns that are hidden in every row, and the names of these."""
    kept = [
        place
        for place in range(len(columns))
        if not rows or any(row[place] != HIDDEN for row in rows)
    ]
    left_out = [name for place, name in enumerate(columns) if place not in kept]
    return (
        tuple(columns[place] for place in kept),
        [[row[place] for place in kept] for row in rows],
        left_out,
    )


def funnel(report: SitesReport) -> list[list[str]]:
    """Return one row a site: courses at each step, and how many fell out before it."""
    by_site = {site: rows.set_index("step") for site, rows in report.funnel.groupby("site")}
    return [[site, *_steps(by_site.get(site))] for site in sites_of(report)]


def _steps(rows: pd.DataFrame | None) -> list[str]:
    if rows is None:
        return [HIDDEN] * len(STEPS)
    return [
        _step(rows.loc[step, "courses"], rows.loc[step, "fell_out"])
        if step in rows.index
        else HIDDEN
        for step in STEPS
    ]


def _step(courses: Any, fell: Any) -> str:
    return f"{int(courses):,}" + (
        "" if is_blank(fell) or not fell else f"\u00a0(\u2212{int(fell):,})"
    )


def rates(report: SitesReport) -> list[list[str]]:
    figures = {(row.site, row.mark): row for row in report.figures.itertuples()}
    results = {measure: _by_site(found) for measure, found in report.comparisons.items()}
    return [
        [
            site,
            bounded(results[Measure.RESPONSE][site]),
            bounded(results[Measure.REMISSION][site]),
            *(_share_of(figures.get((site, mark))) for mark in RATES),
            bounded(results[Measure.HOLD_8_WEEKS][site]),
        ]
        for site in sites_of(report)
    ]


def _by_site(comparison: Comparison) -> dict[str, SiteResult]:
    return {result.site: result for result in comparison.results}


def _share_of(row: Any) -> str:
    return HIDDEN if row is None else f"{share(row.share)} of {row.of:,}"


def bounded(result: SiteResult) -> str:
    """Return a rate, of how many, and what it could be whatever the unknown ones were."""
    if result.crude is None:
        return REASONS[result.reason] if result.verdict is Verdict.HIDDEN else HIDDEN
    said = f"{share(result.crude.value)} of {result.denominator:,}"
    low, high = result.worst_case, result.best_case
    if low is None or high is None:
        return said
    return f"{said}; from {number(low * 100, 0)} to {share(high)}"


def compared(comparison: Comparison) -> list[list[str]]:
    return [_compared(result) for result in comparison.results]


def _compared(result: SiteResult) -> list[str]:
    if result.verdict is Verdict.HIDDEN:
        courses = HIDDEN if result.denominator is None else f"{result.denominator:,}"
        return [result.site, courses, *[HIDDEN] * 5, REASONS[result.reason]]
    return [
        result.site,
        f"{result.denominator:,}",
        with_limits(result.crude),
        with_limits(result.adjusted),
        with_limits(result.shrunken),
        _range(result.watch),
        _range(result.differs),
        REASONS[Reason.TOO_FEW] if is_untold(result) else VERDICTS[result.verdict],
    ]


def is_untold(result: SiteResult) -> bool:
    """Whether a site's rate is hidden and nothing is said of it."""
    return result.crude is None and result.verdict in (Verdict.SAME, Verdict.WATCH)


def with_limits(rate: Share | None) -> str:
    if rate is None:
        return HIDDEN
    return f"{share(rate.value)} ({_range((rate.lower, rate.upper))})"


def _range(limits: tuple[float, float] | None) -> str:
    if limits is None:
        return HIDDEN
    return f"{number(limits[0] * 100, 0)} to {share(limits[1])}"


def breakdown(group: pd.DataFrame, which: Breakdown) -> list[list[str]]:
    """Return response by kind, indication or route, of the group."""
    return [
        [name_value(row.value, which), *_counts(row)]
        for row in group[group["breakdown"] == which.value].itertuples()
    ]


def name_value(value: str, which: Breakdown) -> str:
    if not value:
        return "Not recorded"
    if which is Breakdown.INDICATION:
        return statuses.INDICATIONS.get(value, value)
    return value.capitalize() if which is Breakdown.KIND else value


def _counts(row: Any) -> list[str]:
    if is_blank(row.stated):
        return [HIDDEN, HIDDEN]
    return [f"{int(row.stated):,}", f"{share(row.share)} ({int(row.responded):,})"]
