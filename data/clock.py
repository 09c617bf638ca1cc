"""The only place that asks what time it is, and which day that is where."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from models.outcomes.history import Moment


def now() -> datetime:
    return datetime.now(UTC)


def today(zone: str = "UTC") -> date:
    """Return the calendar day at a site."""
    return now().astimezone(ZoneInfo(zone)).date()


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones; to find them takes hundreds of files."""
    return frozenset(available_timezones())


def instant(day: date, clock: time | None, zone: str) -> datetime | None:
    """Turn a site's local day and time into UTC.

    A time the clocks skipped in spring is read as the hour after; of a time that happened
    twice in autumn, the first is meant.
    """
    if clock is None:
        return None
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def moment(day: date, at: datetime | None, zone: str) -> Moment:
    """Return the local moment of a stored record; `day` decides, `at` adds the clock time."""
    if at is None:
        return Moment(day)
    return Moment(day, at.astimezone(ZoneInfo(zone)).time().replace(tzinfo=None))
