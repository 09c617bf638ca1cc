"""What a patient reads about their check-ins on their own page."""

from __future__ import annotations

from datetime import date

from dashboard.wording.checkin import EN, say_day
from data.queries.due import PatientDue
from models.checkins.schedule import State, next_due, open_today

BEGIN = "Begin my check-in"
TELL_ANYWAY = "Tell how I am all the same"


def due(found: PatientDue) -> str:
    """Return what is due now, what comes next and how many were done."""
    return f"{_now(found)} {_done(found)}".strip()


def _now(found: PatientDue) -> str:
    now, coming = open_today(found.dues), next_due(found.dues)
    if now is not None:
        if now.closes_on == found.today:
            return "A check-in is due. It is open until tonight."
        return f"A check-in is due. It is open until {_day(now.closes_on)}."
    if coming is not None:
        return f"Nothing is due today. The next check-in comes on {_day(coming.due_on)}."
    if any(each.state is State.PAUSED for each in found.dues[-1:]):
        return "Your check-ins are paused, as you asked. Nothing is due today."
    return "Nothing is due today."


def _done(found: PatientDue) -> str:
    if not found.done:
        return ""
    return f"You have done {found.done} so far."  # no share: nobody is to feel marked


def _day(day: date) -> str:
    return say_day(EN, day)
