"""Patient: scores, infusions and how long each course held, on one time axis."""

from __future__ import annotations

import streamlit as st

from dashboard import (
    booking,
    chart_access,
    chart_prompts,
    checkin_tab,
    exposure_tab,
    flagging,
    loaders,
    patient_chart,
    patient_picture,
    patient_tabs,
)
from dashboard.chart_access import may
from dashboard.forms.patient import patient_in_address
from dashboard.person import acting_person
from dashboard.wording import patients as words
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
    planned = booking.draw(person, chart)
    checkin_tab.draw_stops(person, chart)
    flagging.draw_on_chart(
        person, patient_id, chart.today, can_act=may(person, chart, Operation.ACT_ON_FLAG)
    )
    chart_prompts.draw(person, chart)
    exposure = exposure_tab.read(person, chart)
    exposure_tab.draw_prompts(exposure)

    if chart.scores.empty and chart.infusions.empty:
        st.info(words.NOTHING_RECORDED)
        st.subheader(TAB)
        checkin_tab.draw(person, chart)
        st.stop()

    instrument = patient_chart.choose_instrument(chart)
    if instrument is not None:
        patient_picture.draw_picture(person, chart, instrument, planned)
    patient_tabs.draw_tabs(person, chart, instrument, exposure)
