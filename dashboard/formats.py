"""Numbers and dates as people read them. The only place that says %, mg or "ago".

Blank in, blank out: None and NaN become "", never "None" or 0. Never more decimals than were
recorded, and never more than `decimals`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MINUS = "\u2212"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# What Streamlit's Markdown gives a meaning to, in labels too.
MARKDOWN = frozenset("\\`*_{}[]()<>#+-.!|~$:&")


def is_blank(value: Any) -> bool:
    """Whether there is nothing to show: None, NaN or NaT."""
    return value is None or bool(pd.isna(value))


def number(value: Any, decimals: int = 1) -> str:
    """12, 6.3, -4: at most `decimals` decimals, no trailing zeros, a true minus sign."""
    if is_blank(value):
        return ""
    text = f"{round(float(value), decimals):.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "0") else text.replace("-", MINUS)


def change(value: Any, decimals: int = 1) -> str:
    """A difference with its sign, a true minus: +3, 0."""
    text = number(value, decimals)
    return text if text in ("", "0") or text.startswith(MINUS) else f"+{text}"


def share(value: Any, decimals: int = 0) -> str:
    """A share between 0 and 1 as "54 %"; the space never breaks over two lines."""
    return "" if is_blank(value) else f"{number(float(value) * 100, decimals)}\u00a0%"


def day(value: date | None) -> str:
    """5 Jan 2026"""
    return "" if is_blank(value) else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date | None, *, today: date | None = None) -> str:
    """3 May, with the year where it is not that of `today`."""
    if is_blank(value):
        return ""
    if today is not None and value.year != today.year:
        return day(value)
    return f"{value.day} {MONTHS[value.month - 1]}"


def weekday(value: date | None) -> str:
    """Fri 20 Nov"""
    return "" if is_blank(value) else f"{WEEKDAYS[value.weekday()]} {short_day(value)}"


def clock(value: datetime | None) -> str:
    """09:05"""
    return "" if is_blank(value) else f"{value.hour:02d}:{value.minute:02d}"


def moment(value: datetime | None, zone: str) -> str:
    """21 Nov 2026, 14:32 at a place"""
    if is_blank(value):
        return ""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local)}, {clock(local)}"


def days(count: Any) -> str:
    """1 day, 12 days"""
    if is_blank(count):
        return ""
    text = number(count)
    return f"{text} day" if text == "1" else f"{text} days"


def day_range(lower: Any, upper: Any) -> str:
    """24–31 days; "under 7 days" from 0; "at least 19 days" without an end."""
    if is_blank(lower):
        return ""
    if is_blank(upper):
        return f"at least {days(lower)}"
    if lower == upper:
        return days(lower)
    return f"under {days(upper)}" if lower == 0 else f"{number(lower)}–{days(upper)}"


def age(on: date | None, today: date) -> str:
    """How long ago something was: today, 3 days ago, and from 100 days on in whole months."""
    if is_blank(on):
        return ""
    passed = (today - on).days
    if passed < 0:
        return f"in {days(-passed)}"
    if passed >= 100:
        months = (today.year - on.year) * 12 + today.month - on.month - (today.day < on.day)
        return f"{months} months ago"
    return {0: "today", 1: "yesterday"}.get(passed, f"{days(passed)} ago")


def dose(milligrams: Any, per_kilogram: Any = None) -> str:
    """40 mg (0.5 mg/kg), or whichever of the two is known."""
    relative = "" if is_blank(per_kilogram) else f"{number(per_kilogram, 2)} mg/kg"
    if is_blank(milligrams):
        return relative
    return f"{number(milligrams)} mg ({relative})" if relative else f"{number(milligrams)} mg"


def count(amount: int, singular: str, plural: str | None = None) -> str:
    """1 course, 4 courses; thousands apart: 12,400 scores."""
    return f"{amount:,} {singular if amount == 1 else plural or singular + 's'}"


def initials(name: str | None, code: str) -> str:
    """M.K. for a name, the clinic's number where there is none."""
    letters = [word[0].upper() for word in (name or "").split() if word[0].isalpha()]
    return ".".join((letters[0], letters[-1])) + "." if len(letters) > 1 else code


def plain(text: str) -> str:
    """Text that Markdown will show as it is: nothing in data may format, link or load."""
    return "".join(f"\\{char}" if char in MARKDOWN else char for char in text)


def spoken(label: str, whose: str) -> str:
    """A label as Markdown of which `whose` is heard and not seen: in a list the style sheet hides
    what is small in a button, so that buttons that look alike do not sound alike."""
    return f"{label} :small[{plain(whose)}]"


def span(wait: timedelta) -> str:
    """1 h 20 min, 12 min, 2.3 days: a length of time as one says it."""
    minutes = round(wait.total_seconds() / 60)
    if minutes < 60:
        return f"{minutes} min" if minutes else "under a minute"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return days(wait.total_seconds() / 86_400)
