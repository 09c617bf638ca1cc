"""The clinic's plan of check-ins in words, with where each part comes from."""

from __future__ import annotations

from typing import Any

from dashboard.wording import statuses
from models.checkins.plan import MAIN, OTHER, PULSE, Plan, Step
from models.checkins.sources import SOURCES
from models.errors import Refused

TITLE = "The plan of check-ins"
STEP_COLUMNS = ("Form", "On days", "Asks", "Open for", "Where it comes from")
TABLE_COLUMNS = ("Complaint", "The full form asks", "The short question")
CHANGE, CHANGE_IT = "Change the plan of check-ins", "Change the plan"
WHAT_A_CHANGE_DOES = (
    "The new revision holds for every patient from now on, and what was expected of them is "
    "counted anew. A step without days is taken out. PHQ-9 stays in every full form, because "
    "nothing else asks about suicide."
)
WHY = "Why is the plan changed?"
WORKING = "Counting everybody's check-ins anew …"
HISTORY = "Earlier changes of the plan of check-ins"
BASELINE_EVERY = "Days between forms before a first infusion"
FULL_WITHIN = "Longest time without a full form, in days"
NAME, DAYS, ASKS, OPEN_DAYS = "Name", "Days after the infusion", "Asks", "Days open"
NEW_STEP = "a new step"
FULL, SHORT = "Full form", "Short question"
_PARTS = {
    "baseline_every": BASELINE_EVERY,
    "full_within": FULL_WITHIN,
    "steps": "the forms and their days",
    "main": "what the full form asks",
    "pulse": "the short question",
}
_KINDS = {MAIN: "the full form", PULSE: "the short question"}


def counted(plan: Plan) -> str:
    return (
        f"Revision {plan.revision}. Days are counted from the last infusion, which is day 0; each "
        "infusion starts the count anew. "
        f"{SOURCES['farthest_move']} {SOURCES['missed']}"
    )


def steps(plan: Plan) -> list[tuple[str, ...]]:
    """Return a row a step, the forms before a first infusion at the top."""
    before = (
        "before the first infusion",
        f"every {plan.baseline_every} days from registration, for a year at most",
        _KINDS[MAIN],
        "7 days",
        SOURCES["baseline_every"],
    )
    owed = (
        "between infusions",
        f"in place of a short question, after {plan.full_within} days without a full form",
        _KINDS[MAIN],
        "7 days",
        SOURCES["full_within"],
    )
    rows = [(it.name, days(it), asks(it.instruments), _open(it), _source(it)) for it in plan.steps]
    return [before, *rows, owed]


def _open(step: Step) -> str:
    return "1 day" if step.open_days == 1 else f"{step.open_days} days"


def _source(step: Step) -> str:
    return SOURCES.get(step.name, "the clinic's own")


def days(step: Step) -> str:
    """Return "7, 14 ... 56" as a person would say it: every 7 days from 7 to 56."""
    first, last = step.days[0], step.days[-1]
    gaps = {b - a for a, b in zip(step.days, step.days[1:], strict=False)}
    if len(step.days) > 3 and len(gaps) == 1:
        return f"{first} to {last} every {gaps.pop()}"
    return ", ".join(map(str, step.days))


def read_days(text: str, longest: int) -> tuple[int, ...]:
    """Return the days of "1, 3" or "7 to 56 every 7". Raises Refused for anything else."""
    words = text.replace(",", " ").split()
    try:
        if len(words) == 5 and (words[1], words[3]) == ("to", "every"):
            first, last, every = int(words[0]), int(words[2]), int(words[4])
            return tuple(range(first, min(last, longest) + 1, every))
        return tuple(int(word) for word in words)
    except ValueError as error:
        raise Refused(f'Days are "1, 3" or "7 to 56 every 7", not "{text}".') from error


def asks(instruments: Any) -> str:
    return _KINDS.get(instruments) or " and ".join(instruments)


def indication(code: str) -> str:
    return "any other" if code == OTHER else statuses.indication(code)


def instruments(plan: Plan) -> list[tuple[str, ...]]:
    return [
        (indication(code), " and ".join(codes), " and ".join(plan.pulse_of(code)))
        for code, codes in plan.main.items()
    ]


def step_label(what: str, whose: str) -> str:
    return f"{what}: {whose}"


def differences(before: Plan, after: Plan) -> str:
    """Return what a revision changed: "Longest time without a full form, in days; the steps"."""
    return "; ".join(
        name for part, name in _PARTS.items() if getattr(before, part) != getattr(after, part)
    )
