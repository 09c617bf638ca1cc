"""What the one-page report on sites says besides the page's own sentences."""

from __future__ import annotations

from datetime import date

from dashboard.formats import MONTHS, day

TITLE = "Sites compared"
PRINT = "To print it or keep it as a PDF, use your browser's Print; it fits on paper as it is."
BACK = "Back to Compare sites"
FOLLOW_UP = "Who was followed up"
RATES = "Rates, and what they could be whatever the unknown ones were"
ADJUSTED = "{}, adjusted for case mix"
LENGTHS = "How long responses hold, in days"
EXCLUDED = "What is left out"
METHOD = "Method"
DEFINITIONS = "What each figure is counted of"
NOT_AN_INSTRUMENT = "There is no such instrument, or it has no response rule."


def dates(months: list[str], today: date) -> str:
    """Return which courses are in it, by the month of their last infusion, as far as shown."""
    said = f"Read on {day(today)} from all courses recorded until then"
    if not months:
        return f"{said}."
    first, last = (f"{MONTHS[int(month[5:]) - 1]} {month[:4]}" for month in (months[0], months[-1]))
    return f"{said}, month by month from {first} to {last}."


def excluded(sites: list[str]) -> str:
    """Return what takes no part, beginning with sites of whom nothing is shown."""
    said = (
        "Courses without a baseline, without an answer in the window or below the instrument's "
        "minimum are counted at their step and take no part in rates. Withdrawn and refused "
        "records take no part in anything."
    )
    return f"Nothing may be shown of {', '.join(sites)}. {said}" if sites else said
