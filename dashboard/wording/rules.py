"""The clinic's rules in words: what makes a course, a response and its loss."""

from __future__ import annotations

from dashboard import formats
from dashboard.wording import policies
from models.outcomes.rules import SOURCES, Rules

TITLE = "The clinic's rules"
CHANGE, CHANGE_IT = "Change the clinic's rules", "Change the rules"
WHAT_A_CHANGE_DOES = (
    "Every patient's courses and responses are worked out anew under the new revision; the "
    "records themselves do not change."
)
WHY = "Why are they changed?"
WORKING = "Working everything out anew …"
HISTORY = "Earlier changes of the rules"
_NAMES = {
    "course_gap": "Longest pause within a course",
    "baseline_window": "Oldest score that can be a baseline",
    "response_window": "Response is decided within",
    "late_response_window": "or, without a score by then, at the first within",
    "confirmation": "Check-ins in a row that confirm a loss",
    "widest_gap": "Widest gap in which a loss can be dated",
    "silence": "Days without a check-in that make a patient unknown",
}


def columns(rules: Rules) -> tuple[str, str, str]:
    return f"Rule, revision {rules.revision}", "Value", "Where it comes from"


def rows(rules: Rules) -> list[tuple[str, str, str]]:
    return [
        (name(rule), value(rule, getattr(rules, rule)), source) for rule, source in SOURCES.items()
    ]


def name(rule: str) -> str:
    return _NAMES[rule]


def value(rule: str, number: int) -> str:
    return str(number) if rule == "confirmation" else formats.days(number)


def differences(before: Rules, after: Rules) -> str:
    return policies.differences(SOURCES, before, after, name, value)
