"""What lies under a patient's picture, one part open at a time."""

from __future__ import annotations

import streamlit as st

from dashboard import chart_access, checkin_tab, exposure_tab, patient_chart
from dashboard.chart_access import may
from dashboard.wording.chart import ACCESS, COURSES, DOMAINS, RECORDS, STEPS
from dashboard.wording.checkin_tab import TAB as CHECKINS
from dashboard.wording.exposure import TAB as EXPOSURE
from data.queries.chart import Chart
from data.queries.exposure import PatientExposure
from models.instrument import Instrument
from models.policy import Operation, Person


def draw_tabs(
    person: Person, chart: Chart, instrument: Instrument | None, exposure: PatientExposure
) -> None:
    """Draw the tabs. Only the open one is drawn: all of them cost as much again as the picture."""
    can_correct = may(person, chart, Operation.CORRECT_RECORD)
    parts = {
        COURSES: lambda: patient_chart.draw_courses(person, chart, instrument),
        STEPS: lambda: patient_chart.draw_steps(chart, instrument),
        DOMAINS: lambda: patient_chart.draw_domains(chart),
        CHECKINS: lambda: checkin_tab.draw(person, chart),
        EXPOSURE: lambda: exposure_tab.draw(person, chart, exposure),
        RECORDS: lambda: patient_chart.draw_records(
            chart, exposure.screens, can_correct=can_correct
        ),
    }
    patient_id = chart.patient.patient_id
    if may(person, chart, Operation.READ_ACCESS):
        parts[ACCESS] = lambda: chart_access.draw_access(person, patient_id)
    tabs = st.tabs(list(parts), key=f"tabs-{patient_id}", on_change="rerun")
    for tab, draw in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()
