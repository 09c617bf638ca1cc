"""When a message may reach somebody: never at night, on their own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Nothing between nine in the evening and eight in the morning (TCPA's hours are 21 to 8).
QUIET_FROM, QUIET_UNTIL = 21, 8


def is_quiet(at: datetime, zone: str) -> bool:
    hour = at.astimezone(ZoneInfo(zone)).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def wait_out_quiet(at: datetime, zone: str) -> datetime:
    """Return the same instant, or eight the next morning where it falls into the night."""
    if not is_quiet(at, zone):
        return at
    local = at.astimezone(ZoneInfo(zone))
    morning = local.date() + timedelta(days=1 if local.hour >= QUIET_FROM else 0)
    return instant(morning, QUIET_UNTIL, zone)


def instant(day: date, hour: int, zone: str) -> datetime:
    """Return an hour of somebody's day. One the clocks skipped is read as the hour after."""
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)
