"""Whose eyes a chart has met, and a chart that is open in an emergency only."""

from __future__ import annotations

from html import escape
from uuid import UUID

import streamlit as st

from dashboard import frame
from dashboard.attempts import attempt
from dashboard.person import acting_person
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

ASKED_EVERY = 5.0  # seconds


def may(person: Person, chart: Chart, operation: Operation) -> bool:
    """Return whether the person may do this to this very patient."""
    patient = chart.patient
    return person.may(operation, person.relation_to(patient.site_id, patient.patient_id))


def draw_emergency(person: Person, chart: Chart) -> None:
    """Say over the whole chart that it is open for a while, why, and that each look is kept."""
    patient = chart.patient
    if person.relation_to(patient.site_id, patient.patient_id) is Relation.EMERGENCY:
        _draw_banner(patient.patient_id)


@st.fragment(run_every=ASKED_EVERY)
def _draw_banner(patient_id: UUID) -> None:
    """Say it for as long as it is so. Once the hour is over the page is asked for anew.

    Then it is refused; without this the chart would stand there until somebody clicks.
    """
    with frame.say_what_failed():
        person = acting_person()
        if patient_id not in person.emergencies:
            st.rerun()
        emergency = find_emergency(configured_engine(), person, patient_id)
        if emergency is not None:
            said = escape(words.banner(emergency))
            st.html(f"<div class='ag-strip ag-emergency' role='alert'>{said}</div>")


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
