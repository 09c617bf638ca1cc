"""Compare sites: which differ by more than chance, and how far that can be known."""

from __future__ import annotations

import streamlit as st

from dashboard import compare_durations, compare_page, followup, loaders
from dashboard.person import acting_person
from dashboard.wording import site_comparison as words
from dashboard.wording.patients import nobody_yet
from models.policy import Person

TABS = (words.OVERVIEW, words.DURATIONS, words.FUNNELS, words.QUALITY)


def render() -> None:
    person = acting_person()
    group = loaders.group(person)
    st.title(words.TITLE)

    if compare_page.has_no_site(person):
        st.info(words.NO_SITE)
        st.stop()
    if not group.has_patients:
        st.info(nobody_yet(person))
        st.stop()

    page, foot = st.container(), st.container()
    with foot:  # before the comparison, which may stop the page
        followup.draw(person)
    with page:
        _compare(person)


def _compare(person: Person) -> None:
    instrument = compare_page.ask_instrument()
    with st.spinner(words.WORKING):
        report = loaders.sites(person, instrument)
    if not compare_page.has_something(report):
        st.info(words.NOTHING)
        st.stop()
    compare_page.draw_sentence(report)

    # Only the open one is drawn.
    overview, durations, funnels, quality = st.tabs(TABS, key="c_tabs", on_change="rerun")
    if overview.open:
        with overview:
            compare_page.draw_overview(person, report)
    if durations.open:
        with durations:
            compare_durations.draw_durations(report)
    if funnels.open:
        with funnels:
            compare_page.draw_funnels(report)
    if quality.open:
        with quality:
            compare_page.draw_quality(person, report)
    compare_page.draw_foot(report)
