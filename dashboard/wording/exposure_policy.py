"""The clinic's policy of screens and blood pressure in words, with where each part comes from."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.formats import count
from models.exposure_policy import SOURCES, Policy

TITLE = "Screens and blood pressure"
COLUMNS = ("Rule", "Value", "Where it comes from")
CHANGE, CHANGE_IT = "Change when screens are due", "Change it"
WHAT_A_CHANGE_DOES = (
    "The new revision holds for every patient from now on. No result is computed anew: a screen's "
    "due date is worked out each time a chart is opened."
)
WHY = "Why is this policy changed?"
NOT_CHANGED, AS_IT_IS_NOW = "Not changed", "Show the policy as it is now"
HISTORY = "Earlier changes of screens and blood pressure"
NO_HISTORY = "This policy has never been changed: the default holds."
HISTORY_COLUMNS = ("Revision", "When and who", "What", "Why")

_NAMES = {
    "urinary_months": "Urinary screen: months after the last one",
    "urinary_infusions": "Urinary screen: or infusions since the last one",
    "cognition_months": "Cognition screen: months after the last one",
    "cognition_infusions": "Cognition screen: or infusions since the last one",
    "peak_systolic": "Peak blood pressure: over this systolic value, mmHg",
}


def about(policy: Policy) -> str:
    return (
        f"Revision {policy.revision}. A screen is due when either comes first; before the first "
        "screen both are counted from the first infusion. It is asked for while infusions are "
        "given: until as many months after the last one as lie between two screens. Review prompts "
        "on a chart say the rule, the dates and the infusions counted."
    )


def name(rule: str) -> str:
    return _NAMES[rule]


def value(rule: str, number: int) -> str:
    if rule == "peak_systolic":
        return f"{number} mmHg"
    return count(number, "month" if rule.endswith("months") else "infusion")


def rows(policy: Policy) -> list[tuple[str, ...]]:
    values = policy.to_dict()
    return [(name(rule), value(rule, values[rule]), source) for rule, source in SOURCES.items()]


def differences(changed: Mapping[str, tuple[int, int]]) -> str:
    return "; ".join(
        f"{name(rule)}, {value(rule, before)} before, {value(rule, after)} now"
        for rule, (before, after) in changed.items()
    )


def changed(policy: Policy) -> str:
    return f"Screens and blood pressure are now revision {policy.revision}."
