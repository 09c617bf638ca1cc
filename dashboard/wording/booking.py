"""The next infusion that is booked, in words."""

from __future__ import annotations

from dashboard.formats import age, day, moment, short_day, weekday
from data.queries.planned_infusions import Planned, PlannedVersion
from models.outcomes.booking import TOLERANCE, Booked, Booking

LABEL = "Next infusion"
BOOKED_FOR = "Next infusion booked for"
SAVE = "Save the day"
TAKE_BACK, WHY = "Take it back", "Why is it taken back?"
NOT_SAVED, SAVED, TAKEN_BACK = "Not saved", "The day is saved.", "Nothing is booked any more."
NO_DAY = "Choose a day first."
EARLIER = "Said before"
ABOUT = (
    f"An infusion within {TOLERANCE.days} days of the day booked counts as the one that was meant."
)
MARK = "<i class='booked'></i>next infusion booked"  # HTML


def said(planned: Planned) -> str:
    """Return what is booked; plain text."""
    booking, latest = planned.booking, planned.latest
    if booking is None or latest is None or latest.planned_on is None:
        return "No next infusion is booked."
    on = f"{weekday(latest.planned_on)} {latest.planned_on.year}"
    match booking.state:
        case Booked.AWAITED:
            return f"Next infusion booked for {on}, {age(latest.planned_on, planned.today)}."
        case Booked.GONE_BY:
            passed = age(latest.planned_on, planned.today)
            return f"An infusion was booked for {on}, {passed}: none is recorded since."
        case _:
            return f"No next infusion is booked. {_given(latest, booking)}"


def _given(latest: PlannedVersion, booking: Booking) -> str:
    on = short_day(latest.planned_on, today=booking.given_on)
    if booking.given_on == latest.planned_on:
        return f"The last one was booked for {on} and given that day."
    return f"The last one was booked for {on} and given on {day(booking.given_on)}."


def is_gone_by(planned: Planned) -> bool:
    return planned.booking is not None and planned.booking.state is Booked.GONE_BY


def line(version: PlannedVersion, zone: str) -> str:
    """Return one thing that was said before, with who and when."""
    what = f"booked for {day(version.planned_on)}" if version.planned_on else "taken back"
    why = f": {version.reason}" if version.reason else ""
    return f"{what}{why} ({version.recorded_by}, {moment(version.recorded_at, zone)})"


def picture(planned: Planned) -> str:
    """Return what the picture's alternative says of it; empty where nothing is ahead."""
    return said(planned) if planned.booked_on else ""
