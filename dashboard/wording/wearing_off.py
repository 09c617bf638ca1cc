"""The sentences about outlooks on Today: whose window is near, and by which line."""

from __future__ import annotations

from datetime import date

from dashboard import formats
from dashboard.wording.outlook import window_in_words
from data.queries.wearing_off import MOST, OVER, WITHIN, WearingOff

HEADING = "Outlook within two weeks"
TAG = "Wearing off"
TOO_MANY = (
    f"Outlooks of more than {MOST} patients are not worked out at once: choose a site to see whose "
    "window is near."
)


def rule(count: int) -> str:
    return (
        f"{formats.count(count, 'person', 'people')}. Review prompts from estimates, not from a "
        f"score that met a rule: seen responding lately, and of patients like these "
        f"{formats.share(OVER)} or more lose response within {WITHIN} days. What each outlook "
        "rests on is on the chart."
    )


def sentence(row: WearingOff, today: date) -> str:
    outlook = row.outlook
    assert outlook.course_end is not None
    assert outlook.well_on is not None
    well = (outlook.well_on - outlook.course_end).days
    said = window_in_words(outlook, today)
    return f"Day {outlook.days_since}, {row.instrument} last seen well on day {well}; {said}."


def context(row: WearingOff, today: date) -> str:
    parts = [row.code, row.site]
    if row.last_infusion_on:
        parts.append(f"last infusion {formats.age(row.last_infusion_on, today)}")
    parts.append(f"last check-in {formats.age(row.last_assessed_on, today)}")
    if row.outlook.own:
        spans = ", ".join(_span(*spell) for spell in row.outlook.own[-3:])
        parts.append(f"earlier courses held {spans} days")
    return " · ".join(parts)


def _span(lower: int, upper: int | None) -> str:
    return f"{lower} or more" if upper is None else f"{lower}–{upper}"
