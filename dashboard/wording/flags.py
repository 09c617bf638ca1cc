"""The sentences about flags: what was answered, what was done about it, how long that took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dashboard import formats
from data.instruments import catalogue
from data.queries.first_action import FirstAction
from data.queries.flags import FlagRow, FlagStep, foremost
from models.flags import SAFETY_ITEM

ACKNOWLEDGE = "Acknowledge"
CLOSE = "Close the flag"
ACT = "Act"
WHAT_WAS_DONE = "What was done"
WHAT_WAS_DONE_HINT = "such as: rang, spoke with them, safety plan gone through"
NOT_SAVED = "Not saved: "
NOT_YET = "Not acknowledged yet."
ACKNOWLEDGED = "Acknowledged. The flag stays open until it is closed."
CLOSED = "The flag is closed."
LEAVE = "Not now"
TAG = "Safety"
CLOSED_BY_OTHERS = "No flag of this patient is open any more."
SEEN_ANEW = "This is how the flag stands now:"
UNTIL_CLOSED = (
    "A flag stays open until a named person closes it, whatever later forms say. A later zero is "
    "an answer, not an all-clear."
)
# 292 alerts of a published programme took 1.9 days in the median to be acted on, at most 50.8.
PUBLISHED = "alerts of a published programme: median 1.9 days (JMIR 2024, e60879)"
STEPS = {
    "acknowledged": "Acknowledged",
    "closed": "Closed",
    "raised_again": "Opened again after a correction",
}


def still_open(flags: Sequence[FlagRow], today: date) -> str:
    """Return what was answered and what has become of it, and that there are others."""
    flag = foremost(flags)
    parts = [_answered(flag, today), correction(flag), _last_step(flag, today)]
    if len(flags) > 1:
        oldest = min(each.answered_on for each in flags)
        parts.append(f"{len(flags)} flags are open, the oldest of {when(oldest, today)}.")
    return " ".join(part for part in parts if part)


def _answered(flag: FlagRow, today: date) -> str:
    return f"{_what(flag)}, answered {when(flag.answered_on, today)}."


def _what(flag: FlagRow) -> str:
    if flag.kind == SAFETY_ITEM:
        return f"{flag.instrument} {_item(flag)} {_change(flag)}"
    before = "" if flag.before is None else f" (before {formats.number(flag.before)})"
    return (
        f"{flag.instrument} {formats.number(flag.answer)}{before} meets the clinic's rule "
        f"“{flag.kind}”, {flag.change}"
    )


def _change(flag: FlagRow) -> str:
    now = formats.number(flag.answer)
    if flag.before is None:
        return f"is {now}, new (not asked before)"
    before = formats.number(flag.before)
    if flag.answer > flag.before:
        return f"rose {before} → {now}, {'new' if flag.before == 0 else 'worse'}"
    if flag.answer == flag.before:
        return f"is {now}, unchanged"
    return f"fell {before} → {now}, still above zero"


def _item(flag: FlagRow) -> str:
    instrument = catalogue().get(flag.instrument)
    known = instrument is not None and instrument.safety_item is not None
    return f"item {instrument.safety_item}" if known else "safety item"


def correction(flag: FlagRow) -> str:
    if flag.is_withdrawn:
        return "The form has been withdrawn since."
    if not flag.has_changed:
        return ""
    now = "a blank" if flag.now_says is None else formats.number(flag.now_says)
    return f"The form has been corrected since, to {now}."


def _last_step(flag: FlagRow, today: date) -> str:
    if not flag.steps:
        return NOT_YET
    return f"{_signed(flag.steps[-1], flag.zone, today)}."


def _signed(step: FlagStep, zone: str, today: date) -> str:
    said = STEPS.get(step.action, step.action)
    return f"{said} by {step.taken_by}, {moment(step.taken_at, zone, today)}"


def told(step: FlagStep, zone: str, today: date) -> str:
    """Return one line of a flag's history: who did what when, and in their words."""
    return f"{_signed(step, zone, today)}: {step.said}"


def outcome(flag: FlagRow) -> str:
    """Return whether a flag is open, or how long it took."""
    if flag.first_action_at is None:
        return "Open, nobody has acted on it yet." if flag.closed_at is None else "Closed."
    took = f"First action after {formats.span(flag.first_action_at - flag.raised_at)}."
    return f"{'Open.' if flag.closed_at is None else 'Closed.'} {took}"


def history(flag: FlagRow, today: date) -> list[str]:
    """Return what was answered and what has become of it, then a line for every step."""
    first = (_answered(flag, today), correction(flag), outcome(flag))
    steps = [told(step, flag.zone, today) for step in flag.steps]
    return [" ".join(part for part in first if part), *steps]


def heading(flags: int, still_open: int) -> str:
    return f"{formats.count(flags, 'flag')} so far, {still_open or 'none'} open"


def for_each(flags: int) -> str:
    return f"What you write is noted with each of the {flags} open flags."


def when(day: date, today: date) -> str:
    """Return a day of the week; of another year with it, as an old answer stays listed."""
    return formats.weekday(day) + ("" if day.year == today.year else f" {day.year}")


def moment(at: datetime, zone: str, today: date) -> str:
    local = at.astimezone(ZoneInfo(zone))
    return f"{when(local.date(), today)} {local:%H:%M}"


def first_action(found: FirstAction, *, days: int) -> str:
    """Return how long flags wait for somebody, beside the one published figure."""
    if not found.flags:
        return ""
    flags = "1 flag" if found.flags == 1 else f"{found.flags:,} flags"
    wait = (
        "at least half still wait for somebody"
        if found.median is None
        else f"median {formats.span(found.median)}"
    )
    verb = "waits" if found.waiting == 1 else "wait"
    waiting = f", of which {found.waiting:,} {verb} for somebody still" if found.waiting else ""
    return (
        f"First action on a flag: {wait}, over the last {days} days ({flags}{waiting}); "
        f"{PUBLISHED}."
    )
