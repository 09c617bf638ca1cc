"""What courses say of their timing: maintenance infusions, and an induction half-way through."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.wording import timing as words
from data.database import configured_engine
from data.queries.chart import Chart
from data.queries.induction import read_induction
from data.queries.timing import read_timing
from models.instrument import Instrument
from models.outcomes.courses import Kind
from models.policy import Person


def draw_timing(person: Person, chart: Chart, instrument: Instrument) -> None:
    """Draw when each maintenance course came, the latest first, where one followed a response."""
    if not (chart.courses["kind"] == Kind.MAINTENANCE).any():
        return
    engine = configured_engine()
    timed = read_timing(engine, person, chart.patient.patient_id, instrument.code)
    if not timed:
        return
    lines = "".join(f"<li>{escape(words.line(one))}</li>" for one in reversed(timed))
    st.html(
        f"<section class='ag-basis'><h2>{words.HEADING}</h2> {escape(words.summary(timed))}"
        f"<ul>{lines}</ul><p class='ag-note'>{escape(words.rule())}</p></section>"
    )


def draw_induction(person: Person, chart: Chart, instrument: Instrument) -> None:
    """Say at infusions 3 and 4 what became of others with as little improvement by then."""
    latest = chart.courses["kind"].iloc[-1] if len(chart.courses) else None
    if latest != Kind.INDUCTION:
        return
    engine = configured_engine()
    found = read_induction(engine, person, chart.patient.patient_id, instrument.code)
    if found is not None:
        said = escape(words.compare_induction(found, instrument))
        st.html(f"<div class='ag-outlook ag-line'>{said}</div>")
