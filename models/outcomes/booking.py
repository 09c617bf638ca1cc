"""For when the next infusion is booked, and whether it has been given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# An infusion so many days before or after the day booked is the one that was meant.
TOLERANCE = timedelta(days=3)


class Booked(StrEnum):
    AWAITED = "awaited"
    FULFILLED = "fulfilled"
    GONE_BY = "gone_by"  # nothing was recorded near the day, nor since
    GIVEN_LATER = "given_later"


@dataclass(frozen=True, slots=True)
class Booking:
    """What became of a booked day, and the infusion that says so, if one does."""

    state: Booked
    given_on: date | None = None


def follow_booking(
    planned_on: date, made_on: date, given: Iterable[date], *, today: date
) -> Booking:
    """Say what became of the booking made on a day, out of the days infusions were given on.

    An infusion of the day on which the booking was made is the one it was made after, unless it
    was booked for that day; one before that day is none of it.
    """
    since = sorted(day for day in given if made_on < day or day == planned_on >= made_on)
    near = [day for day in since if abs(day - planned_on) <= TOLERANCE]
    if near:
        return Booking(Booked.FULFILLED, min(near, key=lambda day: (abs(day - planned_on), day)))
    later = [day for day in since if day > planned_on]
    if later:
        return Booking(Booked.GIVEN_LATER, later[0])
    return Booking(Booked.AWAITED if planned_on >= today else Booked.GONE_BY)
