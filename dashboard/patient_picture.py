"""The picture on a patient's chart, with the outlook in words around it."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import course_timing, patient_outlook, theme
from dashboard.charts.outlook import read_band
from dashboard.charts.score_panel import find_unscored
from dashboard.charts.sheet import Sheet
from dashboard.charts.timeline import draw_history, read_history
from dashboard.wording import booking
from dashboard.wording import chart as words
from dashboard.wording import outlook as outlook_words
from dashboard.wording.courses import describe_timeline
from data.queries.chart import Chart
from data.queries.planned_infusions import Planned
from models.instrument import Instrument
from models.policy import Person


def draw_picture(person: Person, chart: Chart, instrument: Instrument, planned: Planned) -> None:
    """Draw the picture twice, for a desk and for a phone; the style sheet shows one."""
    forecast = patient_outlook.read_outlook(person, chart)
    outlook = patient_outlook.outlook_to_draw(forecast, chart, instrument)
    said, hovered = describe_timeline(chart, instrument), ""
    if forecast is not None:
        patient_outlook.draw_headline(forecast, chart)
        hovered = outlook_words.headline(forecast, chart)
        said = f"{said} {outlook_words.describe(forecast, chart)}"
    course_timing.draw_induction(person, chart, instrument)
    said = f"{said} {booking.picture(planned)}".strip()
    history = read_history(chart, instrument, outlook, hovered, planned.booked_on)
    for narrow in (False, True):
        name = "narrow" if narrow else "wide"
        with st.container(key=f"{name}-picture"):
            st.plotly_chart(
                Sheet(draw_history(history, dark=theme.is_dark(), narrow=narrow)),
                key=f"{name}-{instrument.code}",
                config=theme.CHART,
                theme=None,
                alt=said,
            )
    asked = chart.scores[chart.scores["instrument"] == instrument.code]
    marks = {
        outlook_words.BAND: read_band(outlook) is not None,
        booking.MARK: planned.booked_on is not None,
        words.UNSCORED: not find_unscored(asked).empty,
    }
    legend = words.legend(*(mark for mark, is_drawn in marks.items() if is_drawn))
    st.html(f"{legend}<p class='ag-note'>{escape(words.about(instrument))}</p>")
    if forecast is not None:
        patient_outlook.draw_basis(forecast, chart)
    with st.expander("The picture in words"):
        st.text(said)
