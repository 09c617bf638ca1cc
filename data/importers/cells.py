"""Reading single cells: strict about meaning, patient about spelling."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache, wraps
from typing import TypeVar

from data.formulas import unguard
from data.importers.rows import BadCell, When
from models.entries import PATIENT_NUMBER

BLANK = frozenset({"", "na", "n/a", "nan", "null", "none", "."})
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
DAY = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})", re.ASCII)
CLOCK = re.compile(r"[T ](?P<clock>[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?)", re.ASCII)
ISO = re.compile(
    rf"{DAY.pattern}({CLOCK.pattern}\s?(?P<offset>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?", re.ASCII
)
SLASHED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", re.ASCII)
LONGEST_CELL = 10_000
DATE_ORDERS = ("ymd", "mdy", "dmy")


T = TypeVar("T")


def remember(read: Callable[..., T]) -> Callable[..., T]:
    """Keep what short cells were read as: a column repeats itself. Long ones are not worth it."""
    recall = lru_cache(maxsize=65_536)(read)

    @wraps(read)
    def remembered(text: str, *details: str) -> T:
        return recall(text, *details) if len(text) <= 64 else read(text, *details)

    return remembered


def is_blank(text: str) -> bool:
    return not text or text.strip().casefold() in BLANK


@remember
def read_number(text: str, column: str, decimal: str = ".") -> float | None:
    """Return a number, None for a blank cell. Only plain decimal digits count as a number."""
    if is_blank(text):
        return None
    plain = text.strip().replace(",", ".") if decimal == "," else text.strip()
    if not NUMBER.fullmatch(plain):
        raise BadCell(column, f"{shorten(text)} is not a number: expected digits, as in 40 or 0.5")
    return float(plain)


@remember
def read_whole(text: str, column: str) -> int | None:
    """Return a whole number; 3.0 is 3, 3.5 is refused."""
    number = read_number(text, column)
    if number is None:
        return None
    if number != int(number):
        raise BadCell(column, f"{shorten(text)} is not a whole number: expected one, as in 40")
    return int(number)


def read_when(text: str, column: str, order: str = "ymd") -> When:
    """Return a day with the time and offset it carries, if any.

    Dates are year-month-day. Another order is read only where the person importing says which,
    because 03/04/2026 is two different days.
    """
    day = _plain_day(text[:10])
    if day is not None:
        if len(text) == 10:
            return When(day)
        clock = _plain_clock(text[10:]) if len(text) <= 26 else None
        if clock is not None:
            return When(day, clock)
    return _read_other_when(text, column, order)


@lru_cache(maxsize=16_384)
def _plain_day(text: str) -> date | None:
    """Return a day written as 2026-03-04, None for anything else. Days and times of day repeat
    themselves in a column, their pairs hardly ever."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


@lru_cache(maxsize=16_384)
def _plain_clock(text: str) -> time | None:
    """Return what follows a day where it is a time without an offset, None for anything else."""
    found = CLOCK.fullmatch(text)
    try:
        return time.fromisoformat(found["clock"]) if found else None
    except ValueError:
        return None


def _read_other_when(text: str, column: str, order: str) -> When:
    plain = text.strip()
    if not plain:
        raise BadCell(column, "the date is missing: expected a day, as in 2026-03-04")
    found = ISO.fullmatch(plain)
    try:
        if found:
            return _from_iso(found)
        return When(_from_slashed(plain, order))
    except ValueError:
        raise BadCell(column, _date_sentence(text, order)) from None


def read_day(text: str, column: str, order: str = "ymd") -> date:
    return read_when(text, column, order).day


def _from_iso(found: re.Match[str]) -> When:
    day = date.fromisoformat(found["day"])
    if not found["clock"]:
        return When(day)
    at = datetime.fromisoformat(f"{found['day']}T{found['clock']}{found['offset'] or ''}")
    if at.tzinfo is not None:
        if not 1900 <= day.year < 3000:  # at either end of the calendar, zones cannot be applied
            raise ValueError(found[0])
        return When(day, None, at)
    return When(day, at.time())


def _from_slashed(plain: str, order: str) -> date:
    found = SLASHED.fullmatch(plain)
    if not found or order == "ymd":
        raise ValueError(plain)
    first, second, year = (int(group) for group in found.groups())
    month, day = (first, second) if order == "mdy" else (second, first)
    return date(year, month, day)


def _date_sentence(text: str, order: str) -> str:
    hint = "" if order != "ymd" else ", or say which order the dates are in"
    return f"{shorten(text)} is not a date: expected a real day as in 2026-03-04{hint}"


def read_text(text: str, column: str, longest: int) -> str | None:
    """Return trimmed text, None for an empty cell. Undoes the apostrophe our exports put in."""
    if not text:
        return None
    plain = unguard(text.strip())
    if len(plain) > longest:
        raise BadCell(column, f"{len(plain)} characters: expected at most {longest}")
    if not plain.isprintable() and any(
        not char.isprintable() and char not in "\n\t\r" for char in plain
    ):
        raise BadCell(column, "contains characters that cannot be shown")
    return plain or None


@remember
def read_code(text: str, column: str) -> str:
    """Return the clinic's own number of a patient."""
    code = read_text(text, column, 80)
    if code is None:
        raise BadCell(column, "the patient is missing: expected the clinic's number for them")
    if not PATIENT_NUMBER.fullmatch(code):
        raise BadCell(
            column,
            f"{shorten(code)} cannot be a patient's number: expected letters, digits, spaces and "
            ". : / # + - only, a letter or digit first",
        )
    return code


def shorten(text: str) -> str:
    """Quote a cell for a message, cut where it is long."""
    plain = text.strip()
    return repr(plain if len(plain) <= 40 else plain[:37] + "...")
