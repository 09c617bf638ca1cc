"""Correct: change what a record says, with a reason, or take it out of the chart."""

from __future__ import annotations

import streamlit as st

from dashboard import correcting, loaders
from dashboard.chart_access import may
from dashboard.forms.patient import patient_in_address
from dashboard.person import acting_person
from dashboard.sitemap import page_at
from dashboard.wording import record as say
from dashboard.wording.emergencies import READ_ONLY
from models.policy import Operation


def render() -> None:
    person = acting_person()
    patient_id = patient_in_address()
    asked = correcting.record_in_address()
    st.title("Correct a record")
    if patient_id is None or asked is None:
        st.info(say.NOT_HERE)
        st.stop()

    chart = loaders.chart(person, patient_id)
    if not may(person, chart, Operation.CORRECT_RECORD):
        st.info(READ_ONLY)
        st.stop()
    patient = chart.patient
    st.page_link(
        page_at("patient"),
        label=say.whom(patient),
        query_params={"id": str(patient_id)},
        icon=":material/person:",
    )
    correcting.correct_record(person, patient, *asked)
    correcting.draw_history(person, patient, asked[1])
