"""The fields of an assessment: its questions where we may show them, or its total."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import streamlit as st

from dashboard.formats import number, plain
from dashboard.forms.prefill import offer
from models.entries import AssessmentEntry
from models.instrument import Instrument
from models.outcomes.history import Moment

BY_ITEMS, BY_TOTAL = "By its questions", "By its total"


def ask_how(instrument: Instrument, *, has_items: bool, key: str) -> str:
    """Ask, outside the form, whether items or a total will be entered."""
    if not instrument.has_text or instrument.items_count == 1:
        return BY_ITEMS if instrument.has_text else BY_TOTAL
    choice = st.segmented_control(
        "Enter",
        [BY_ITEMS, BY_TOTAL],
        default=BY_ITEMS if has_items else BY_TOTAL,
        required=True,
        key=f"{key}_how",
    )
    return choice or BY_ITEMS


def ask_assessment(
    instrument: Instrument,
    how: str,
    values: Mapping[str, Any],
    *,
    day: date,
    clock: time | None,
    key: str,
) -> AssessmentEntry:
    """Draw the fields inside a form and return what they hold. Nothing is preselected."""
    when, at, _ = st.columns([1.2, 1, 2])
    taken_on = when.date_input("Date", day, key=f"{key}_day", format="YYYY-MM-DD")
    taken_at = at.time_input(
        "Time (may be left empty)", None, key=offer(f"{key}_time", clock), step=300
    )
    items = _ask_items(instrument, values, key) if how == BY_ITEMS else None
    total = _ask_total(instrument, values, key) if how == BY_TOTAL else None
    safety = values.get("safety_answer")
    if how == BY_TOTAL and instrument.safety_item is not None:
        safety = _ask_safety(instrument, values, key)
    note = st.text_area("Note", values.get("note") or "", key=f"{key}_note", max_chars=4000)
    return AssessmentEntry(
        moment=Moment(taken_on, taken_at),
        instrument=instrument.code,
        mode=values.get("mode") or "staff",
        items=items,
        stated_total=total if how == BY_TOTAL else values.get("stated_total"),
        safety_answer=None if safety is None else int(safety),
        note=note.strip() or None,
    )


def _ask_items(
    instrument: Instrument, values: Mapping[str, Any], key: str
) -> tuple[float | None, ...]:
    if instrument.instruction:
        st.markdown(plain(instrument.instruction))
    recorded = values.get("items") or [None] * instrument.items_count
    with st.container(key=f"answers-{key}"):
        answers = [
            _ask_item(instrument, position, recorded[position - 1], key)
            for position in range(1, instrument.items_count + 1)
        ]
    for said in filter(None, (instrument.notice, instrument.staff_note)):
        st.markdown(f":small[{plain(said)}]")
    return tuple(answers)


def _ask_item(instrument: Instrument, position: int, recorded: Any, key: str) -> float | None:
    item = instrument.items[position - 1]
    labels = {option.value: option.label for option in instrument.options_for(position)}
    answer = st.segmented_control(
        f"{position}. {plain(item.text or item.label)}",
        list(labels),
        format_func=lambda value: labels[value],
        default=None if recorded is None else int(recorded),
        width="stretch",
        key=f"{key}_{instrument.code}_item{position}",
    )
    return None if answer is None else float(answer)


def _ask_total(instrument: Instrument, values: Mapping[str, Any], key: str) -> float | None:
    recorded = values.get("total")
    return st.number_input(
        f"{instrument.code} total, {number(instrument.lowest)} to {number(instrument.highest)}",
        min_value=float(instrument.lowest),
        max_value=float(instrument.highest),
        value=None,
        step=1.0 if instrument.whole_numbers else 0.1,
        format="%g",
        key=offer(f"{key}_{instrument.code}_total", None if recorded is None else float(recorded)),
        width=280,
    )


def _ask_safety(instrument: Instrument, values: Mapping[str, Any], key: str) -> int | None:
    options = list(range(instrument.lowest_answer, instrument.highest_answer + 1))
    recorded = values.get("safety_answer")
    answer = st.segmented_control(
        f"Item {instrument.safety_item} (leave empty if it is not known; empty is not zero)",
        options,
        default=None if recorded is None else int(recorded),
        key=f"{key}_{instrument.code}_safety",
    )
    return None if answer is None else int(answer)
