"""The sentences of the page a patient reads about themselves: plain, without a judgement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.formats import count, day, number
from models.instrument import Instrument

TITLE = "How I am doing"
NOTHING_YET = "Nothing is recorded yet. Your answers and your infusions will stand here."
NO_ANSWERS = "You have not answered a questionnaire yet."
NO_INFUSIONS = "No infusion is recorded."
INFUSIONS = "My infusions"
NOBODY_WATCHES = "Nobody watches this live."
NOT_A_MESSAGE = (
    "Your clinic reads your answers when it is open. This page is a record of what you answered; "
    "it says nothing about what will come."
)
IN_DANGER = "If you are in danger"
# Until a clinic has written its own. 988 is the line for the United States.
BUILT_IN = (
    "If you might harm yourself or somebody else, call 911 or go to the nearest emergency room "
    "now. In the United States you can also call or text 988, day and night and free of charge, "
    "and talk with somebody at once."
)
BUILT_IN_PHONE = "988"
MOST_DAYS = 6
COLUMNS = ("Day", "Score", "")


def greeting(site: str) -> str:
    return f"What is recorded of you at {site}. Your clinic reads the same."


def heading(instrument: Instrument | None, code: str) -> str:
    return code if instrument is None else f"{instrument.measures.capitalize()} ({code})"


def latest(scores: Sequence[tuple[date, float]], instrument: Instrument | None) -> str:
    """Return the last and the first score in words, and which way is better."""
    on, value = scores[-1]
    said = f"Your last score, on {day(on)}, was {number(value)}."
    if len(scores) > 1:
        first_on, first = scores[0]
        said += f" Your first, on {day(first_on)}, was {number(first)}."
    if instrument is None:
        return said
    better = "Lower" if instrument.best == instrument.lowest else "Higher"
    ends = f"{number(instrument.lowest)} to {number(instrument.highest)}"
    return f"{said} {better} is better; the scale goes from {ends}."


def infusions(days: Sequence[date]) -> str:
    if not days:
        return NO_INFUSIONS
    said = f"{count(len(days), 'infusion')}, the last on {day(days[0])}."
    before = [day(on) for on in days[1:]]
    more = len(before) - MOST_DAYS
    listed = ", ".join(before[:MOST_DAYS]) + (f", and {more:,} earlier" if more > 0 else "")
    return f"{said} Before that: {listed}." if before else said


def earlier(more: int) -> str:
    return f"{count(more, 'earlier score')}"
