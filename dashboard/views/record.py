"""Record: an infusion, a score, a screen, a new patient."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, recording, registering
from dashboard.chart_access import may
from dashboard.forms import patient as people
from dashboard.person import acting_person
from dashboard.sitemap import page_at
from dashboard.wording import record as say
from dashboard.wording.emergencies import READ_ONLY
from models.policy import Operation


def render() -> None:
    person = acting_person()
    st.title("Record")
    patient_id = people.patient_in_address()

    if patient_id is None:
        people.find_patient(person)
        registering.offer_registration(person)
        st.stop()

    chart = loaders.chart(person, patient_id)
    if not may(person, chart, Operation.RECORD_INFUSION):
        st.info(READ_ONLY)
        st.stop()
    patient = chart.patient
    st.page_link(
        page_at("patient"),
        label=say.whom(patient),
        query_params={"id": str(patient_id)},
        icon=":material/person:",
    )
    ways = {
        say.INFUSION: recording.record_an_infusion,
        say.SCORE: recording.record_a_score,
        say.SCREEN: recording.record_a_screen,
    }
    wanted = say.ASKED.get(st.query_params.get("what", ""), say.INFUSION)
    what = st.segmented_control(
        "What", list(ways), default=wanted, required=True, key=f"what-{wanted}"
    )
    ways[what or wanted](person, patient)
