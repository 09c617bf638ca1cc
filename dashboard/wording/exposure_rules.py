"""The clinic's policy of screens and blood pressure in words, with where each part comes from."""

from __future__ import annotations

from dashboard.formats import count
from dashboard.wording import policies
from models.exposure_rules import SOURCES, ExposureRules

TITLE = "Screens and blood pressure"
COLUMNS = ("Rule", "Value", "Where it comes from")
CHANGE, CHANGE_IT = "Change when screens are due", "Change it"
WHAT_A_CHANGE_DOES = (
    "The new revision holds for every patient from now on. No result is computed anew: a screen's "
    "due date is worked out each time a chart is opened."
)
WHY = "Why is this policy changed?"
WORKING = policies.WORKING
HISTORY = "Earlier changes of screens and blood pressure"

_NAMES = {
    "urinary_months": "Urinary screen: months after the last one",
    "urinary_infusions": "Urinary screen: or infusions since the last one",
    "cognition_months": "Cognition screen: months after the last one",
    "cognition_infusions": "Cognition screen: or infusions since the last one",
    "peak_systolic": "Peak blood pressure: over this systolic value, mmHg",
}


def about(rules: ExposureRules) -> str:
    return (
        f"Revision {rules.revision}. A screen is due when either comes first; before the first "
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


def rows(rules: ExposureRules) -> list[tuple[str, ...]]:
    values = rules.to_dict()
    return [(name(rule), value(rule, values[rule]), source) for rule, source in SOURCES.items()]


def differences(before: ExposureRules, after: ExposureRules) -> str:
    return policies.differences(SOURCES, before, after, name, value)
