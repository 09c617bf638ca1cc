"""Patient: scores, infusions and how long each course held, on one time axis."""

from __future__ import annotations

import streamlit as st

from dashboard import chart_access, checkin_tab, flagging, loaders, patient_chart, patient_picture
from dashboard.chart_access import may
from dashboard.forms.patient import patient_in_address
from dashboard.person import acting_person
from dashboard.wording import patients as words
from dashboard.wording.chart import ACCESS, COURSES, DOMAINS, RECORDS, STEPS
from dashboard.wording.checkin_tab import TAB
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
    checkin_tab.draw_stops(person, chart)
    flagging.draw_on_chart(
        person, patient_id, chart.today, can_act=may(person, chart, Operation.ACT_ON_FLAG)
    )

    instrument = patient_chart.choose_instrument(chart)
    if instrument is None and chart.infusions.empty:
        st.info(words.NOTHING_RECORDED)
        st.subheader(TAB)
        checkin_tab.draw(person, chart)
        st.stop()

    if instrument is not None:
        patient_picture.draw_picture(person, chart, instrument)

    parts = {
        COURSES: lambda: patient_chart.draw_courses(person, chart, instrument),
        STEPS: lambda: patient_chart.draw_steps(chart, instrument),
        DOMAINS: lambda: patient_chart.draw_domains(chart),
        TAB: lambda: checkin_tab.draw(person, chart),
        RECORDS: lambda: patient_chart.draw_records(
            chart, can_correct=may(person, chart, Operation.CORRECT_RECORD)
        ),
    }
    if may(person, chart, Operation.READ_ACCESS):
        parts[ACCESS] = lambda: chart_access.draw_access(person, patient_id)
    # Only the open one is drawn: all of them cost as much again as the picture.
    tabs = st.tabs(list(parts), key=f"tabs-{patient_id}", on_change="rerun")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()
