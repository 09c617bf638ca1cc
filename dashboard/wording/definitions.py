"""The sentences of the Definitions page."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.formats import count, days, number
from dashboard.wording.chart import UNREVIEWED
from models.instrument import Instrument
from models.outcomes.rules import Rules

INTRODUCTION = (
    "Every number in Afterglow follows from these definitions. They are data: each has a source "
    "and a revision, and every stored result names the revision it was computed under."
)
RULES = "The clinic's rules"
INSTRUMENTS = "Instruments"
CHANGE = "Change the clinic's rules"
WHAT_A_CHANGE_DOES = (
    "Every patient's courses and responses are worked out anew under the new revision; the "
    "records themselves do not change."
)
WHY = "Why are they changed?"
HISTORY = "Earlier changes of the rules"
NO_HISTORY = "The rules have never been changed: the defaults hold."
HISTORY_COLUMNS = ("Revision", "When and who", "What changed", "Why")
RECOMPUTING = "Working everything out anew …"
_RULES = {
    "course_gap": "Longest pause within a course",
    "baseline_window": "Oldest score that can be a baseline",
    "response_window": "Response is decided within",
    "late_response_window": "or, without a score by then, at the first within",
    "confirmation": "Check-ins in a row that confirm a loss",
    "widest_gap": "Widest gap in which a loss can be dated",
    "silence": "Days without a check-in that make a patient unknown",
}


def rule_name(name: str) -> str:
    return _RULES[name]


def rule_value(name: str, value: int) -> str:
    return str(value) if name == "confirmation" else days(value)


def changed(rules: Rules) -> str:
    return f"The clinic's rules are now revision {rules.revision}."


def differences(changes: Mapping[str, tuple[int, int]]) -> str:
    """Return "Longest pause within a course: 14 days, now 10 days; ..."."""
    return "; ".join(
        f"{rule_name(name)}: {rule_value(name, before)}, then {rule_value(name, after)}"
        for name, (before, after) in changes.items()
    )


def unreviewed(instrument: Instrument) -> str:
    return (
        f"{instrument.code}: {UNREVIEWED}. A clinician of yours should compare this definition "
        "with its source and sign it in the definition's file."
    )


LANGUAGES = {"es": "Spanish"}


def translations(instrument: Instrument) -> str:
    """Return each language with where its words come from and who has compared them."""
    return " ".join(
        f"{LANGUAGES.get(it.language, it.language)}: {it.source.strip()} "
        + (f"Checked by {it.checked_by}." if it.checked_by else "Checked by nobody yet.")
        for it in instrument.translations
    )


def facts(instrument: Instrument) -> list[tuple[str, str]]:
    """Return what a definition says, blanks left out."""
    bands = ", ".join(f"{band.label} to {number(band.up_to)}" for band in instrument.bands)
    lines = [
        ("Title", instrument.title),
        ("Looks back over", instrument.recall),
        ("Items", count(instrument.items_count, "item")),
        ("Scoring", instrument.scoring.replace("_", " ")),
        ("Missing answers allowed", str(instrument.missing_allowed)),
        ("Bands", bands),
        ("Reliable change", number(instrument.reliable_change)),
        ("LOINC", ", ".join(filter(None, [instrument.loinc_panel, instrument.loinc_total]))),
        ("Also called", ", ".join(instrument.aliases)),
        ("Licence", instrument.licence),
        ("Notice", instrument.notice),
        ("For staff", instrument.staff_note),
        ("Translations", translations(instrument)),
        ("Source", instrument.source),
        ("Revision", str(instrument.revision)),
    ]
    return [(label, value) for label, value in lines if value]
