"""The outlook on a patient's chart. For whoever may read the chart, never for the patient."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import sitemap
from dashboard.wording import outlook as words
from data.database import configured_engine
from data.outlook_switch import is_outlook_on
from data.queries.chart import Chart
from data.queries.forecast import PatientForecast, read_forecast
from models.instrument import Instrument
from models.outcomes.forecast import Outlook
from models.policy import Person


def read_outlook(person: Person, chart: Chart) -> PatientForecast | None:
    """Return the patient's outlook; None where it is switched off or nothing can be lost."""
    if not is_outlook_on():
        return None
    return read_forecast(configured_engine(), person, chart.patient.patient_id)


def outlook_to_draw(
    forecast: PatientForecast | None, chart: Chart, instrument: Instrument
) -> Outlook | None:
    """Return what the picture of an instrument shows; nothing for someone who has left."""
    if forecast is None or forecast.instrument != instrument.code or words.has_left(chart):
        return None
    return forecast.outlook


def draw_headline(forecast: PatientForecast, chart: Chart) -> None:
    name = escape(words.name(forecast))
    said = escape(words.headline(forecast, chart))
    st.html(f"<div class='ag-outlook ag-line'><h2>{name}</h2> {said}</div>")


def draw_basis(forecast: PatientForecast, chart: Chart) -> None:
    """Draw what the window rests on, where there is one."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in words.explain(forecast, chart))
    if lines:
        st.html(f"<section class='ag-basis'><h2>{words.RESTS_ON}</h2><ul>{lines}</ul></section>")
        with st.container(key="how-far"):
            st.page_link(sitemap.page_at("trust"), label=words.HOW_FAR)
