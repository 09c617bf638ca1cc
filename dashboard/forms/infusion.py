"""The fields of an infusion, filled with what was given last time or with what is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

import streamlit as st

from dashboard.formats import plain
from dashboard.forms.prefill import offer
from models.entries import DRUGS, PLAUSIBLE, ROUTES, InfusionEntry
from models.outcomes.history import Moment
from models.spellings import settle

# Our own short list; anything else goes into the note.
EVENTS = (
    "nausea",
    "vomiting",
    "headache",
    "dizziness",
    "blood pressure rise",
    "anxiety during the session",
    "distressing dissociation",
    "sedation",
    "session stopped early",
)
VITALS = {
    "Before": ("systolic_before", "diastolic_before", "heart_rate_before", "spo2_before"),
    "Peak": ("systolic_peak", "diastolic_peak", "heart_rate_peak", "spo2_lowest"),
    "Discharge": (
        "systolic_discharge",
        "diastolic_discharge",
        "heart_rate_discharge",
        "spo2_discharge",
    ),
}
# Leaving the field by Tab drops what was typed.
GIVEN_BY = "Given by (another name: type it, then Enter)"
UNITS = ("Systolic mmHg", "Diastolic mmHg", "Heart rate /min", "SpO₂ %")


def ask_infusion(
    values: Mapping[str, Any],
    *,
    day: date,
    clock: time | None,
    givers: Sequence[str],
    key: str,
) -> InfusionEntry:
    """Draw the fields inside a form and return what they hold.

    `givers` are names offered for who gave it; another one may be typed.
    """
    when, at, drug, route = st.columns([1.2, 1, 1, 1])
    given_on = when.date_input("Date", day, key=f"{key}_day", format="YYYY-MM-DD")
    given_at = at.time_input(
        "Time (may be left empty)", None, key=offer(f"{key}_time", clock), step=300
    )
    known_drug = DRUGS.index(values["drug"]) if values.get("drug") in DRUGS else 0
    drug_given = drug.selectbox("Drug", DRUGS, known_drug, key=f"{key}_d")
    known_route = values.get("route") if values.get("route") in ROUTES else None
    route_given = route.selectbox("Route", ROUTES, None, key=offer(f"{key}_r", known_route))
    names = ("dose_mg", "weight_kg", "minutes", "dissociation")
    labels = ("Dose mg", "Weight kg", "Minutes", "Dissociation, 0 to 10")
    measures = {
        name: _ask_number(column, label, name, values, key)
        for column, label, name in zip(st.columns(4), labels, names, strict=True)
    }
    with st.expander("Blood pressure, heart rate, oxygen", expanded=_has_vitals(values)):
        measures |= _ask_vitals(values, key)
    recorded = list(values.get("adverse_events") or [])
    events = st.pills(
        "Adverse events",
        list(dict.fromkeys([*EVENTS, *recorded])),  # what a file brought in can be taken out too
        selection_mode="multi",
        default=recorded,
        format_func=plain,
        key=f"{key}_events",
    )
    given_by = _ask_who(values.get("given_by"), givers, key)
    note = st.text_area("Note", values.get("note") or "", key=f"{key}_note", max_chars=4000)
    stated = values.get("stated_mg_kg")
    return InfusionEntry(
        moment=Moment(given_on, given_at),
        drug=drug_given,
        route=route_given,
        measures={
            name: float(value)
            for name, value in {**measures, "stated_mg_kg": stated}.items()
            if value is not None
        },
        adverse_events=tuple(events),
        note=note.strip() or None,
        given_by=given_by,
    )


def _ask_who(known: str | None, givers: Sequence[str], key: str) -> str | None:
    """Ask for a name; one that is offered in other letters is the same one."""
    offered = list(dict.fromkeys([*givers, *([known] if known else [])]))
    typed = st.selectbox(
        GIVEN_BY,
        offered,
        None,
        key=offer(f"{key}_by", known),
        placeholder="Nobody said",
        accept_new_options=True,
        width=320,
    )
    return settle(typed, offered) or None if typed else None


def _ask_vitals(values: Mapping[str, Any], key: str) -> dict[str, float | None]:
    found = {}
    for moment, names in VITALS.items():
        for column, unit, name in zip(st.columns(4), UNITS, names, strict=True):
            lowest = "Lowest " if name == "spo2_lowest" else f"{moment}: "
            found[name] = _ask_number(column, f"{lowest}{unit}", name, values, key)
    return found


def _ask_number(
    column: Any, label: str, name: str, values: Mapping[str, Any], key: str
) -> float | None:
    lowest, highest = PLAUSIBLE[name]
    value = values.get(name)
    return column.number_input(
        label,
        min_value=float(lowest),
        max_value=float(highest),
        value=None,
        step=0.1 if name in ("dose_mg", "weight_kg") else 1.0,
        format="%g",
        key=offer(f"{key}_{name}", None if value is None else float(value)),
    )


def _has_vitals(values: Mapping[str, Any]) -> bool:
    return any(values.get(name) is not None for names in VITALS.values() for name in names)
