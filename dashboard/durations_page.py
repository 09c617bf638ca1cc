"""The parts of the Durations page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import theme
from dashboard.charts.curves import draw_curves as curves_figure
from dashboard.charts.swimmer import draw_swimmer as swimmer_figure
from dashboard.wording import durations as words
from dashboard.wording import statuses
from dashboard.wording.chart import legend
from dashboard.wording.courses import describe_curves, describe_swimmer
from data.instruments import catalogue
from data.queries.durations import DurationFilter
from data.queries.group import Group
from models.entries import ROUTES
from models.outcomes.courses import Kind
from models.outcomes.curves import Summary

ANY = "Any"


def ask_filter(group: Group) -> DurationFilter:
    stated = [code for code, it in catalogue().items() if it.response_drop is not None]
    usual = stated.index("PHQ-9") if "PHQ-9" in stated else 0
    with st.container(key="filters"):
        first = st.columns([1.3, 1.4, 1.4, 1.3, 0.9, 2.2])
    instrument = first[0].selectbox("Instrument", stated, usual, key="d_instrument")
    site = first[1].selectbox("Site", [ANY, *group.sites], key="d_site")
    indication = first[2].selectbox(
        "Indication",
        [ANY, *statuses.INDICATIONS],
        format_func=lambda code: statuses.INDICATIONS.get(code, code),
        key="d_indication",
    )
    kind = first[3].selectbox(
        "Kind of course", [ANY, *Kind], format_func=str.capitalize, key="d_kind"
    )
    route = first[4].selectbox("Route", [ANY, *ROUTES], key="d_route")
    dates = first[5].date_input("Courses ended between", [], format="YYYY-MM-DD", key="d_dates")
    since, until = dates if len(dates) == 2 else (None, None)
    return DurationFilter(
        instrument=instrument,
        site_id=group.sites.get(site),
        indication=None if indication == ANY else indication,
        kind=None if kind == ANY else str(kind),
        route=None if route == ANY else route,
        since=since,
        until=until,
    )


def draw_curves(summary: Summary, wanted: DurationFilter) -> None:
    groups = {wanted.instrument: summary}
    st.plotly_chart(
        curves_figure(groups, dark=theme.is_dark()),
        config=theme.CHART,
        theme=None,
        key="curves",
        alt=describe_curves(groups),
    )


def draw_medians(summary: Summary) -> None:
    with st.expander(words.IN_NUMBERS):
        st.dataframe(pd.DataFrame(words.medians(summary)), hide_index=True)


def draw_swimmer(courses: pd.DataFrame) -> None:
    # Above the figure, not in it: a sentence in a figure does not break where a phone ends.
    st.html(f"<p class='ag-note'>{words.how_many(len(courses))}</p>")
    frame = courses.assign(label=courses["code"] + ", course " + courses["course_no"].astype(str))
    st.plotly_chart(
        swimmer_figure(frame, dark=theme.is_dark()),
        config=theme.CHART,
        theme=None,
        key="swimmer",
        alt=describe_swimmer(frame),
    )
    st.html(legend())
