"""The sentences of recording and correcting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.formats import count, dose, moment, number, plain
from dashboard.wording import statuses
from data.queries.chart import PatientFacts
from models.entries import AssessmentEntry, InfusionEntry
from models.instrument import Instrument
from models.screening import ScreenEntry

Lines = list[tuple[str, str]]

INFUSION, SCORE, SCREEN = "An infusion", "A score", "A screen"
# What an address asks to record.
ASKED = {"infusion": INFUSION, "score": SCORE, "screen": SCREEN}
NEW_PATIENT = "Register a new patient"
REASON = "Why is it corrected? (kept with the old version)"
WITHDRAW = "This should never have been entered: take it out of the chart"
CONFLICT = "Nothing of yours is lost: below is where the record and what you entered differ."
SAME = "Everything else is the same in both."
NOT_HERE = "This address names no record. Open a patient and choose one under Records."


def whom(patient: PatientFacts) -> str:
    parts = [patient.name or patient.code, patient.code, patient.site]
    return plain(" · ".join(dict.fromkeys(parts))) + f" · {statuses.indication(patient.indication)}"


WITHDRAWN = "This record was taken out of the chart. Its versions are below."
CORRECTED = "Correction saved."
KEEP_THEIRS = "Open it as it is now"
HOW_TO_OVERRULE = (
    "Open it as it is now, then change what is still wrong: nobody's change is written over unseen."
)

# Columns a person reads, in the order of the form; the rest is bookkeeping.
_LABELS = {
    "code": "Number at the clinic",
    "name": "Name",
    "site": "Site",
    "indication": "Indication",
    "birth_year": "Year of birth",
    "sex": "Sex",
    "left_on": "Left on",
    "given_on": "Day",
    "taken_on": "Day",
    "instrument": "Instrument",
    "drug": "Drug",
    "route": "Route",
    "dose_mg": "Dose mg",
    "weight_kg": "Weight kg",
    "minutes": "Minutes",
    "systolic_before": "Systolic before",
    "diastolic_before": "Diastolic before",
    "heart_rate_before": "Heart rate before",
    "spo2_before": "SpO₂ before",
    "systolic_peak": "Systolic peak",
    "diastolic_peak": "Diastolic peak",
    "heart_rate_peak": "Heart rate peak",
    "spo2_lowest": "SpO₂ lowest",
    "systolic_discharge": "Systolic at discharge",
    "diastolic_discharge": "Diastolic at discharge",
    "heart_rate_discharge": "Heart rate at discharge",
    "spo2_discharge": "SpO₂ at discharge",
    "dissociation": "Dissociation",
    "given_by": "Given by",
    "items": "Answers",
    "total": "Total",
    "stated_total": "Stated total",
    "safety_answer": "Safety item",
    "adverse_events": "Adverse events",
    "note": "Note",
    "kind": "Screen",
    "done_on": "Day",
    "is_finding": "To be looked at again",
    "findings": "Found",
    "remark": "In words",
}


def infusion_done(entry: InfusionEntry) -> str:
    """Return what was recorded with its dose said back: a slip of a zero shows in mg/kg."""
    milligrams, weight = entry.measures.get("dose_mg"), entry.measures.get("weight_kg")
    given = dose(milligrams, milligrams / weight if milligrams and weight else None)
    return f"Infusion recorded: {given}." if given else "Infusion recorded, without a dose."


def score_done(instrument: Instrument, entry: AssessmentEntry) -> str:
    """Return what was recorded, and what a hand that slipped has left out of it."""
    said = f"{instrument.code} recorded."
    empty = sum(answer is None for answer in entry.items or ())
    if empty:
        said += f" {count(empty, 'question was', 'questions were')} left empty."
    item = instrument.safety_item
    if item is not None and _answer_to(item, entry) is None:
        said += f" Item {item}, about safety, has no answer: if there is one, correct the record."
    return said


def _answer_to(item: int, entry: AssessmentEntry) -> float | None:
    """Return the answer to the safety item, which may stand beside a total."""
    return entry.items[item - 1] if entry.items else entry.safety_answer


def recorded(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a stored record or version says, blanks left out."""
    clock = row.get("given_at") or row.get("taken_at") or row.get("clock")
    at = [("Time", _clock(clock, row.get("time_zone")))] if clock else []
    return at + [(label, _said(row[name])) for name, label in _LABELS.items() if _has(row, name)]


def entered(entry: InfusionEntry | AssessmentEntry | ScreenEntry) -> list[tuple[str, str]]:
    """Return what a form holds, in the same words."""
    if isinstance(entry, ScreenEntry):
        return recorded({name: getattr(entry, name) for name in entry.__dataclass_fields__})
    facts: dict[str, Any] = {"note": entry.note, "clock": entry.moment.time}
    if isinstance(entry, InfusionEntry):
        facts |= {"given_on": entry.moment.day, "drug": entry.drug, "route": entry.route}
        facts |= {**entry.measures, "adverse_events": entry.adverse_events}
        facts |= {"given_by": entry.given_by}
    else:
        facts |= {"taken_on": entry.moment.day, "instrument": entry.instrument}
        facts |= {"items": entry.items, "stated_total": entry.stated_total}
        facts |= {"safety_answer": entry.safety_answer}
    return recorded(facts)


def differing(theirs: Lines, ours: Lines) -> tuple[Lines, Lines]:
    """Return the lines in which two differ, side by side; – where one says nothing."""
    now, entry = dict(theirs), dict(ours)
    labels = [
        label for label in dict.fromkeys([*now, *entry]) if now.get(label) != entry.get(label)
    ]
    return (
        [(label, now.get(label, "–")) for label in labels],
        [(label, entry.get(label, "–")) for label in labels],
    )


def version_title(version: Mapping[str, Any], zone: str) -> str:
    until = moment(version["replaced_at"], zone)
    who = f"Version {version['version']}, until {until}, replaced by {version['replaced_by']}"
    return plain(f"{who}: {version['reason']}")


def _has(row: Mapping[str, Any], name: str) -> bool:
    return row.get(name) not in (None, "", [], ())


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join("–" if part is None else _said(part) for part in value)
    if isinstance(value, float | int):
        return number(value, 2)
    return str(value)


def _clock(at: Any, zone: str | None) -> str:
    """Return a clock time: a form's, or an instant's at its site (UTC in an earlier version)."""
    if isinstance(at, time):
        return f"{at:%H:%M}"
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{instant.astimezone(ZoneInfo(zone or 'UTC')):%H:%M}" + ("" if zone else " UTC")
