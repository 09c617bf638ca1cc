"""How long responses hold at each site, as rows of text."""

from __future__ import annotations

from dataclasses import replace

from dashboard.formats import number
from dashboard.wording.site_tables import HIDDEN
from data.site_reports import SitesReport
from models.outcomes.curves import Quantile
from models.outcomes.sites.durations import SiteDuration
from models.outcomes.sites.verdicts import Share

COLUMNS = (
    "Site",
    "Courses",
    "Median",
    "Difference of medians",
    "Days held of the first 56",
    "Difference",
)
GROUP = "All sites"


def with_group(report: SitesReport) -> list[SiteDuration]:
    """Return each site's durations, and after them the group's where it is more than one site."""
    if report.whole.is_shown and (len(report.durations) > 1 or report.others > 0):
        return [*report.durations, replace(report.whole, site=GROUP)]
    return report.durations


def rows(found: list[SiteDuration]) -> list[list[str]]:
    return [[each.site, *_row(each, is_alone=len(found) < 2)] for each in found]


def _row(each: SiteDuration, *, is_alone: bool) -> list[str]:
    differences = [median_difference(each), length(each, each.mean_difference)]
    if each.site == GROUP:
        differences = ["", ""]
    elif is_alone:
        differences = [HIDDEN, HIDDEN]
    courses = f"{each.courses:,}" if each.courses else HIDDEN
    return [courses, median(each), differences[0], length(each, each.mean), differences[1]]


def median_difference(each: SiteDuration) -> str:
    if each.is_shown and each.median_difference is None:
        return "not reached"
    return length(each, each.median_difference)


def median(each: SiteDuration) -> str:
    if not each.is_shown or each.median is None:
        return HIDDEN
    return quantile(each.median)


def quantile(found: Quantile) -> str:
    if found.value is None:
        return "not reached"
    if found.ci_lower is None:
        return number(found.value, 0)
    if found.ci_upper is None:
        return f"{number(found.value, 0)} (from {number(found.ci_lower, 0)})"
    return f"{number(found.value, 0)} ({number(found.ci_lower, 0)} to {number(found.ci_upper, 0)})"


def length(each: SiteDuration, days: Share | None) -> str:
    if not each.is_shown:
        return HIDDEN
    if days is None:
        return "not followed"
    return f"{number(days.value, 0)} ({number(days.lower, 0)} to {number(days.upper, 0)})"
