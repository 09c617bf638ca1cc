"""Durations: how long responses held in this clinic."""

from __future__ import annotations

import streamlit as st

from dashboard import durations_page, loaders, timing_shares
from dashboard.person import acting_person
from dashboard.wording import durations as words
from dashboard.wording.patients import nobody_yet
from data.queries.durations import DurationFilter
from models.policy import Person


def render() -> None:
    person = acting_person()
    group = loaders.group(person)
    st.title("Durations")

    if not group.has_patients:
        st.info(nobody_yet(person))
        st.stop()

    page, timing = st.container(), st.container()
    with page:
        wanted = durations_page.ask_filter(group)
    with timing:  # before the curves, where the page may stop
        timing_shares.draw_by_giver(person, wanted)
    with page:
        _draw_durations(person, wanted)


def _draw_durations(person: Person, wanted: DurationFilter) -> None:
    found = loaders.durations(person, wanted)
    st.text(words.funnel(found.counted, wanted.instrument))

    if found.courses.empty:
        st.info(words.NOTHING_HELD)
        st.stop()

    with st.spinner(words.WORKING):
        summary = loaders.duration_summary(person, wanted)
    st.subheader(words.headline(summary, wanted.instrument))
    durations_page.draw_curves(summary, wanted)
    durations_page.draw_medians(summary)

    st.subheader(words.SWIMMER)
    durations_page.draw_swimmer(found.courses)
    st.html(f"<p class='ag-note'>{words.method(found.rules)} {words.about_review(wanted)}</p>")
