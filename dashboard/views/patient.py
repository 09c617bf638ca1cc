"""Patient: scores, infusions and how long each course held, on one time axis."""

from __future__ import annotations

import streamlit as st

from dashboard import chart_access, flagging, loaders, patient_chart, patient_picture
from dashboard.chart_access import may
from dashboard.forms.patient import patient_in_address
from dashboard.person import acting_person
from dashboard.wording import patients as words
from dashboard.wording.chart import ACCESS, COURSES, DOMAINS, RECORDS, STEPS, WITHIN
from models.policy import Operation


def render() -> None:
    person = acting_person()
    patient_id = patient_in_address()
    if patient_id is None:
        st.info(words.UNKNOWN_ADDRESS)
        st.stop()

    chart = loaders.chart(person, patient_id)
    chart_access.draw_emergency(person, chart)
    patient_chart.draw_head(chart, can_record=may(person, chart, Operation.RECORD_INFUSION))
    flagging.draw_on_chart(
        person, patient_id, chart.today, can_act=may(person, chart, Operation.ACT_ON_FLAG)
    )

    instrument = patient_chart.choose_instrument(chart)
    if instrument is None and chart.infusions.empty:
        st.info(words.NOTHING_RECORDED)
        st.stop()

    if instrument is not None:
        patient_picture.draw_picture(person, chart, instrument)

    names = [COURSES, STEPS, DOMAINS, RECORDS]
    names += [ACCESS] * may(person, chart, Operation.READ_ACCESS)
    # Only the open one is drawn: all of them cost as much again as the picture.
    courses, steps, domains, records, *access = st.tabs(
        names, key=f"tabs-{patient_id}", on_change="rerun"
    )
    if courses.open:
        with courses:
            patient_chart.draw_courses(chart, instrument)
    if steps.open:
        with steps:
            st.text(WITHIN)
            patient_chart.draw_steps(chart, instrument)
    if domains.open:
        with domains:
            patient_chart.draw_domains(chart)
    if records.open:
        with records:
            patient_chart.draw_records(
                chart, can_correct=may(person, chart, Operation.CORRECT_RECORD)
            )
    for tab in access:
        chart_access.draw_access(tab, person, patient_id)
