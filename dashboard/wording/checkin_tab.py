"""The sentences about a patient's check-ins: what is due, what was done, and ways to the form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboard.formats import clock, count, day, share, short_day, weekday
from dashboard.wording.checkin import EN
from data.queries.due import PatientDue, Remark
from data.queries.messages import Undelivered
from models.checkins.schedule import Due, State, next_due, open_today

TAB = "Check-ins"
COLUMNS = ("Due", "Form", "Asks", "What became of it")
NOTHING = "No check-in is planned for this patient: none was due yet, or they have left."
TABLET = "Open on the tablet"
LINK = "Make a link"
NOT_MADE = "Not made"
CODE = "Code for the tablet"
QR = "Square code that leads to this check-in"
REMARKS = "What they said besides"
EARLIER = "Earlier check-ins"
STATES = {
    State.DONE: "done",
    State.MISSED: "missed",
    State.PAUSED: "paused",
    State.OPEN: "open",
    State.UPCOMING: "to come",
}
STEPS = {"baseline": "before the first infusion", "in_course": "between infusions"}


def summary(due: PatientDue) -> str:
    """Return what is open, what comes next and how many were done, as sentences."""
    return " ".join(part for part in (_open(due), _next(due), _done(due), missed(due)) if part)


def _open(due: PatientDue) -> str:
    now = open_today(due.dues)
    if now is None:
        return "No check-in is open today."
    return f"Open until {weekday(now.closes_on)}: {asks(now)}, due {weekday(now.due_on)}."


def _next(due: PatientDue) -> str:
    coming = next_due(due.dues)
    return f"The next comes on {weekday(coming.due_on)}." if coming else ""


def _done(due: PatientDue) -> str:
    if not due.expected:
        return "None was expected to be done yet."
    return f"{due.done} of {due.expected} expected were done ({share(due.done / due.expected)})."


def missed(due: PatientDue) -> str:
    forms = due.missed_in_a_row
    return f"The last {forms} full forms in a row were missed." if forms > 1 else ""


def asks(due: Due) -> str:
    return " and ".join(due.instruments)


def line(due: Due, today: date) -> tuple[str, ...]:
    span = short_day(due.due_on, today=today)
    if due.closes_on != due.due_on:
        span += f" – {short_day(due.closes_on, today=today)}"
    return span, STEPS.get(due.step, due.step), asks(due), STATES[due.state]


def shown(dues: Sequence[Due], before: int) -> tuple[list[Due], list[Due]]:
    """Return the next and the last ones, newest first, and those before them."""
    newest = list(reversed(dues))
    ahead = sum(due.state in (State.OPEN, State.UPCOMING) for due in newest)
    return newest[: ahead + before], newest[ahead + before :]


def about_link(expires_at: datetime, zone: str, *, tablet_at: str | None) -> str:
    local = expires_at.astimezone(ZoneInfo(zone))
    until = f"{weekday(local.date())} {clock(local)}"
    if tablet_at is not None:
        return (
            f"Open until {clock(local)}. On the tablet open {tablet_at} and type the code, "
            "or point its camera at the square. The code works once; the next click here takes it "
            "off the page."
        )
    return (
        f"For this one check-in, open until {until}. It shows no name and nothing of the chart. "
        "It is kept nowhere: the next click takes it off the page."
    )


def spaced(code: str) -> str:
    """Return 123 456: six digits are read aloud and typed in two halves."""
    return f"{code[:3]} {code[3:]}"


def trouble(found: Sequence[Undelivered], zone: str) -> str:
    """Return the sentence about reminders that did not arrive; empty where all did."""
    if not found:
        return ""
    latest = found[0]
    why = f" ({latest.trouble})" if latest.trouble else ""
    when = weekday(latest.made_at.astimezone(ZoneInfo(zone)).date())
    what = "was given up" if latest.is_given_up else "has not gone out yet"
    others = count(len(found) - 1, "other")
    more = f"; {others} neither" if len(found) > 1 else ""
    return f"The reminder of {when} {what}{why}{more}. They may not know that a check-in is due."


def remark(said: Remark) -> str:
    chips = ", ".join(EN.chips.get(chip, chip).lower() for chip in said.chips)
    note = f"“{said.note}”" if said.note else ""
    return f"{day(said.due_on)}: {'; '.join(part for part in (chips, note) if part)}"
