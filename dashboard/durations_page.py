"""The parts of the Durations page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import theme
from dashboard.charts.curves import draw_curves as curves_figure
from dashboard.charts.swimmer import draw_swimmer as swimmer_figure
from dashboard.wording import durations as words
from dashboard.wording import statuses
from dashboard.wording.chart import LEGEND
from dashboard.wording.courses import describe_curves, describe_swimmer
from data.instruments import catalogue
from data.queries.durations import DurationFilter, Durations, may_know_who
from data.queries.group import Group
from models.disclosure import FEWEST_SHOWN
from models.entries import ROUTES
from models.outcomes.courses import Kind
from models.outcomes.curves import Summary
from models.policy import Person

ANY = "Any"


def ask_filter(group: Group, person: Person) -> DurationFilter:
    """Ask what to draw. Whoever may not know the patients narrows nothing.

    Of two filters, one within the other, the difference could be one patient; what may be told
    apart stands on Compare sites.
    """
    stated = [code for code, it in catalogue().items() if it.response_drop is not None]
    usual = stated.index("PHQ-9") if "PHQ-9" in stated else 0
    if not may_know_who(person):
        chosen = st.selectbox("Instrument", stated, usual, key="d_instrument", width=240)
        return DurationFilter(instrument=chosen)
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


def draw_funnel(found: Durations, wanted: DurationFilter) -> None:
    """Say who is in the curves; whoever may not know the patients reads no small count."""
    if _knows_who(found):
        st.text(words.funnel(found.counted, wanted.instrument))
    elif found.counted and not _are_few(found):
        st.text(words.group_funnel(found.counted, wanted.instrument))


def stop_at_few(found: Durations) -> None:
    """End the page where a curve of a few would tell about one to whoever may not know them."""
    if not _knows_who(found) and _are_few(found):
        st.info(words.TOO_FEW)
        st.stop()


def draw_single_courses(found: Durations) -> None:
    if _knows_who(found):
        st.subheader(words.SWIMMER)
        draw_swimmer(found.courses)
    else:
        st.html(f"<p class='ag-note'>{words.NO_SINGLE_COURSES}</p>")


def _knows_who(found: Durations) -> bool:
    return "code" in found.courses


def _are_few(found: Durations) -> bool:
    return found.courses["patient_id"].nunique() < FEWEST_SHOWN


def draw_curves(found: Durations, summary: Summary, wanted: DurationFilter) -> None:
    groups, is_known = {wanted.instrument: summary}, _knows_who(found)
    fewest = 0 if is_known else FEWEST_SHOWN
    st.plotly_chart(
        curves_figure(groups, dark=theme.is_dark(), fewest=fewest),
        config=theme.CHART,
        theme=None,
        key="curves",
        alt=describe_curves(groups) if is_known else words.headline(summary, wanted.instrument),
    )


def draw_medians(found: Durations, summary: Summary) -> None:
    rows = words.medians(summary, hides_few=not _knows_who(found))
    with st.expander(words.IN_NUMBERS):
        st.dataframe(pd.DataFrame(rows), hide_index=True)


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
    st.html(LEGEND)
