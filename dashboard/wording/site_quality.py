"""How far the figures of each site can be trusted, as rows of text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.formats import is_blank, number, share
from dashboard.wording.site_tables import HIDDEN
from data.quarters import days_of
from data.queries.data_quality import DataQuality
from data.site_reports import SitesReport
from models.outcomes.sites.facts import Mark

MISSING = "What is missing of the courses"
FORMS = "Forms and flags of {}"
MISSING_COLUMNS = (
    "Site",
    "Never answered",
    "Without a baseline",
    "Not followed up",
    "Not eligible",
    "Unknown at 8 weeks",
)
FORM_COLUMNS = (
    "Site",
    "Forms",
    "By link",
    "In the clinic",
    "By staff",
    "Imported",
    "Entered late",
    "Totals that disagree",
    "Without a total",
    "Check-ins finished",
    "Flags",
    "Median wait",
)
NOTES = (
    "The last whole quarter, counted once when it was over. Modes mixed in one site make its "
    "figures harder to compare: people answer staff otherwise than a screen."
)
MISSING_NOTE = (
    "Shares of the step before; “Unknown at 8 weeks” of courses that responded. Where a step is "
    "hidden, what lies beside it is as well."
)
# What falls out between two steps.
_FALLS = (
    ("everyone", Mark.TREATED.value),
    (Mark.TREATED.value, "baseline"),
    ("baseline", "followed"),
    ("followed", "stated"),
)


def missing(report: SitesReport, sites: list[str]) -> list[list[str]]:
    """Return of each site what share of courses is not known, step by step."""
    steps = {(row.site, row.step): int(row.courses) for row in report.funnel.itertuples()}
    figures = {(row.site, row.mark): int(row.courses) for row in report.figures.itertuples()}
    return [
        [
            site,
            *(_fall(steps.get((site, a)), steps.get((site, b))) for a, b in _FALLS),
            _unknown(site, steps, figures),
        ]
        for site in sites
    ]


def _fall(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return HIDDEN
    return _part(before - after, before)


def _unknown(site: str, steps: dict[Any, int], figures: dict[Any, int]) -> str:
    responded = steps.get((site, Mark.RESPONDED.value))
    held = figures.get((site, Mark.HELD_8.value))
    lost = figures.get((site, Mark.LOST_BY_8.value))
    if responded is None or held is None or lost is None:
        return HIDDEN
    return _part(responded - held - lost, responded)


def _part(some: int, whole: int) -> str:
    return f"{some:,} ({share(some / whole)})" if whole else "none"


def name_quarter(quarter: str) -> str:
    """Turn 2026-Q3 into July to September 2026."""
    first, last = days_of(quarter)
    return f"{first:%B} to {last:%B %Y}"


def forms(quality: DataQuality, sites: list[str]) -> list[list[str]]:
    frames = (quality.forms, quality.flags, quality.checkins)
    by_site = [{row["site"]: row for row in frame.to_dict("records")} for frame in frames]
    return [_forms(site, *(rows.get(site) for rows in by_site)) for site in sites]


def _forms(site: str, forms: Any, flags: Any, checkins: Any) -> list[str]:
    counted = [
        _cell(forms, name)
        for name in ("forms", "link", "kiosk", "staff", "import", "late", "disagreeing", "unscored")
    ]
    return [site, *counted, _finished(checkins), _cell(flags, "raised"), _wait(flags)]


def _cell(row: Any, name: str) -> str:
    if row is None:
        return "none"
    return HIDDEN if is_blank(row[name]) else f"{int(row[name]):,}"


def _finished(row: Any) -> str:
    if row is None:
        return "none"
    if is_blank(row["started"]) or is_blank(row["submitted"]):
        return HIDDEN
    return f"{share(row['submitted'] / row['started'])} of {int(row['started']):,}"


def _wait(row: Any) -> str:
    if row is None:
        return "none"
    hours = row["median_hours"]
    return HIDDEN if pd.isna(hours) else f"{number(hours)} h"
