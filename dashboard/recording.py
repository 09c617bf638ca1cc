"""Saving what a form holds: once, with the outcome said, then on to the chart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from html import escape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import loaders
from dashboard.attempts import go_to_chart
from dashboard.forms import assessment, infusion, screen
from dashboard.wording import record as say
from dashboard.wording.chart import about
from dashboard.wording.exposure import NO_RESULT
from data import clock
from data.actions.assessments import record_assessment
from data.actions.infusions import record_infusion
from data.actions.screens import record_screen
from data.database import configured_engine
from data.instruments import catalogue
from data.queries.chart import PatientFacts
from data.queries.latest_infusion import read_latest_infusion
from models.errors import AfterglowError
from models.policy import Person

# Given again unless changed. Vitals and effects are of one day and never offered.
OFFERED = ("drug", "route", "dose_mg", "weight_kg", "minutes", "stated_mg_kg")


def record_an_infusion(person: Person, patient: PatientFacts) -> None:
    engine = configured_engine()
    last = read_latest_infusion(engine, person, patient_id=patient.patient_id) or {}
    here = now_at(patient)
    with st.form("infusion", border=False):
        entry = infusion.ask_infusion(
            {name: last.get(name) for name in OFFERED} | {"given_by": person.name},
            day=here.date(),
            clock=time(here.hour, here.minute - here.minute % 5),
            givers=loaders.givers(person, patient.site_id, here.date()),
            key=f"i-{patient.patient_id}",
        )
        sent = st.form_submit_button("Record the infusion", type="primary")
    if sent:
        save(
            lambda: record_infusion(engine, person, patient_id=patient.patient_id, entry=entry),
            patient.patient_id,
            say.infusion_done(entry),
        )


def record_a_score(person: Person, patient: PatientFacts) -> None:
    instruments = catalogue()
    codes = list(instruments)
    first = codes.index(patient.main_instrument) if patient.main_instrument in codes else None
    code = st.selectbox(
        "Instrument",
        codes,
        first if first is not None else codes.index("PHQ-9"),
        format_func=lambda value: f"{value} · {instruments[value].measures}",
        key=f"s-{patient.patient_id}_instrument",
    )
    st.html(f"<p class='ag-note'>{escape(about(instruments[code]))}</p>")
    key = f"s-{patient.patient_id}"
    how = assessment.ask_how(instruments[code], has_items=True, key=key)
    with st.form("score", border=False):
        entry = assessment.ask_assessment(
            instruments[code], how, {}, day=now_at(patient).date(), clock=None, key=key
        )
        sent = st.form_submit_button("Record the score", type="primary")
    if sent:
        save(
            lambda: record_assessment(
                configured_engine(), person, patient_id=patient.patient_id, entry=entry
            ),
            patient.patient_id,
            say.score_done(instruments[code], entry),
        )


def record_a_screen(person: Person, patient: PatientFacts) -> None:
    key = f"screen-{patient.patient_id}"
    kind = screen.ask_kind(key)
    with st.form("screen", border=False):
        entry = screen.ask_screen(kind, {}, day=now_at(patient).date(), key=key)
        sent = st.form_submit_button("Record the screen", type="primary")
    if sent and entry is None:
        st.error(NO_RESULT)
    elif sent:
        save(
            lambda: record_screen(
                configured_engine(), person, patient_id=patient.patient_id, entry=entry
            ),
            patient.patient_id,
            "Screen recorded.",
        )


def save(write: Callable[[], Any], patient_id: UUID, done: str) -> None:
    """Write; say what is wrong beside the form and keep its contents, or go on to the chart."""
    try:
        write()
    except AfterglowError as error:
        st.error(f"Not recorded: {error}")
        return
    go_to_chart(patient_id, done)


def now_at(patient: PatientFacts) -> datetime:
    return clock.now().astimezone(ZoneInfo(patient.time_zone))
