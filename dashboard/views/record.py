"""Record: an infusion, a score, a new patient."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, recording
from dashboard.forms import patient as people
from dashboard.person import acting_person
from dashboard.sitemap import page_at
from dashboard.wording import patients as words
from dashboard.wording import record as say
from data.actions.patients import register_patient
from data.actions.sites import open_site
from data.database import configured_engine


def render() -> None:
    person = acting_person()
    st.title("Record")
    patient_id = people.patient_in_address()

    if patient_id is None:
        people.find_patient(person)
        _offer_registration()
        st.stop()

    patient = loaders.chart(person, patient_id).patient
    st.page_link(
        page_at("patient"),
        label=say.whom(patient),
        query_params={"id": str(patient_id)},
        icon=":material/person:",
    )
    wanted = say.SCORE if st.query_params.get("what") == "score" else say.INFUSION
    what = st.segmented_control(
        "What", [say.INFUSION, say.SCORE], default=wanted, required=True, key=f"what-{wanted}"
    )
    if what == say.SCORE:
        recording.record_a_score(person, patient)
    else:
        recording.record_an_infusion(person, patient)


def _offer_registration() -> None:
    person = acting_person()
    group = loaders.group(person)
    with st.expander(say.NEW_PATIENT, expanded=not group.has_patients):
        if group.sites:
            entry = people.ask_patient(group)
            if entry is not None:
                patient_id = register_patient(configured_engine(), person, entry=entry)
                loaders.forget()
                st.switch_page(page_at("record"), query_params={"id": str(patient_id)})
        else:
            st.info(words.NO_SITE)
            site = people.ask_site()
            if site is not None:
                open_site(configured_engine(), person, name=site[0], time_zone=site[1])
                loaders.forget()
                st.rerun()
