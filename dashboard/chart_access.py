"""Whose eyes a chart has met, and a chart that is open in an emergency only."""

from __future__ import annotations

from html import escape
from uuid import UUID

import streamlit as st

from dashboard.attempts import attempt
from dashboard.sitemap import page_at
from dashboard.tables import table_of
from dashboard.wording import audit as said
from dashboard.wording import emergencies as words
from data.actions.emergencies import LONGEST_REASON, open_emergency
from data.database import configured_engine
from data.queries.access import read_access
from data.queries.chart import Chart
from data.queries.emergencies import find_emergency
from models.policy import Operation, Person, Relation


def may(person: Person, chart: Chart, operation: Operation) -> bool:
    """Return whether the person may do this to this very patient."""
    patient = chart.patient
    return person.may(operation, person.relation_to(patient.site_id, patient.patient_id))


def draw_emergency(person: Person, chart: Chart) -> None:
    """Say over the whole chart that it is open for a while, why, and that each look is kept."""
    patient = chart.patient
    if person.relation_to(patient.site_id, patient.patient_id) is not Relation.EMERGENCY:
        return
    emergency = find_emergency(configured_engine(), person, patient.patient_id)
    if emergency is not None:
        st.html(
            f"<div class='ag-strip ag-emergency' role='alert'>{escape(words.banner(emergency))}"
            "</div>"
        )


def draw_access(person: Person, patient_id: UUID) -> None:
    """Draw who opened a chart; only once its tab is open, as asking is a look that is written."""
    rows = read_access(configured_engine(), person, patient_id)
    st.text(said.ACCESS_WHAT)
    st.html(table_of(said.ACCESS_COLUMNS, map(said.access, rows)))


def offer_emergency(person: Person) -> None:
    """Offer a chart of another site to whoever needs it now, after saying what that means."""
    with st.expander(words.OPEN):
        st.warning(words.WARNING)
        with st.form("emergency", border=False):
            number, why = st.columns([1, 2.5])
            code = number.text_input(words.NUMBER)
            reason = why.text_input(words.REASON, max_chars=LONGEST_REASON)
            sent = st.form_submit_button(words.OPEN_NOW)
        if sent:
            _open(person, code, reason)


def _open(person: Person, code: str, reason: str) -> None:
    """Open it; the next click is the first that the gate lets see it."""
    is_open, patient_id = attempt(
        lambda: open_emergency(configured_engine(), person, code=code, reason=reason),
        words.NOT_OPENED,
    )
    if is_open:
        st.success(words.OPENED)
        st.page_link(
            page_at("patient"),
            label=words.GO,
            query_params={"id": str(patient_id)},
            icon=":material/emergency_home:",
        )
