"""What a patient has been given: a year of it, blood pressure, and screens with their due dates."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import theme
from dashboard.chart_access import may
from dashboard.charts.exposure import draw_months, draw_pressure
from dashboard.sitemap import page_at
from dashboard.tables import table_of
from dashboard.wording import exposure as words
from data.database import configured_engine
from data.queries.chart import Chart
from data.queries.exposure import PatientExposure, read_exposure
from models.policy import Operation, Person


def read(person: Person, chart: Chart) -> PatientExposure:
    return read_exposure(configured_engine(), person, chart.patient.patient_id)


def draw_prompts(found: PatientExposure) -> None:
    """Say at the head of the chart which screens' day has come by the clinic's rule."""
    said = [words.prompt(due, found) for due in found.dues if due.is_due(found.today)]
    if said:
        lines = "<br>".join(escape(line) for line in said)
        st.html(f"<div class='ag-line ag-off'><small>{lines}</small></div>")


def draw(person: Person, chart: Chart, found: PatientExposure) -> None:
    _draw_year(found)
    st.subheader(words.PRESSURE)
    _draw_pressure(found)
    st.subheader(words.SCREENS)
    _draw_screens(person, chart, found)


def _draw_year(found: PatientExposure) -> None:
    exposure = found.exposure
    st.html(
        f"<p class='ag-line'>{escape(words.year(exposure))}<br>{escape(words.latest(exposure))}</p>"
    )
    if not exposure.infusions:
        return
    if len(exposure.amounts) > 1:
        st.html(table_of(words.WAY_COLUMNS, words.ways(exposure), is_narrow=True))
        st.html(f"<p class='ag-note'>{escape(words.MIXED)}</p>")
    for amount in exposure.amounts:
        st.html(f"<p class='ag-note'>{escape(words.bars(amount))}</p>")
        st.plotly_chart(
            draw_months(exposure, amount, dark=theme.is_dark()),
            config=theme.CHART,
            theme=None,
            width=620,
            key=f"months-{amount.drug}-{amount.route}",
            alt=words.describe_months(exposure),
        )
    with st.expander(words.IN_NUMBERS):
        st.html(table_of(words.MONTH_COLUMNS, words.months(exposure), is_narrow=True))


def _draw_pressure(found: PatientExposure) -> None:
    said = words.pressure(found.pressure)
    st.html(f"<p class='ag-line'>{escape(said)}</p>")
    if found.pressure.peaks:
        st.plotly_chart(
            draw_pressure(found.pressure, dark=theme.is_dark()),
            config=theme.CHART,
            theme=None,
            key="pressure",
            alt=said,
        )
        st.html(f"<p class='ag-note'>{escape(words.STEMS)}</p>")


def _draw_screens(person: Person, chart: Chart, found: PatientExposure) -> None:
    lines = "".join(f"<li>{escape(words.state(due, found))}</li>" for due in found.dues)
    if lines:
        st.html(f"<div class='ag-basis'><ul>{lines}</ul></div>")
    patient_id = str(chart.patient.patient_id)
    if may(person, chart, Operation.RECORD_SCREEN):
        st.page_link(
            page_at("record"),
            label=words.RECORD_SCREEN,
            icon=":material/add:",
            query_params={"id": patient_id, "what": "screen"},
        )
    if not found.screens:
        st.info(words.NO_SCREENS)
        return
    rows = [words.screen_line(screen) for screen in found.screens]
    st.html(table_of(words.SCREEN_COLUMNS, rows))
    st.html(f"<p class='ag-note'>{words.HOW_TO_CORRECT}</p>")
