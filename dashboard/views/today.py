"""Today: who needs a look, and why."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, morning_list, wearing_off_list
from dashboard.formats import weekday
from dashboard.person import acting_person
from dashboard.wording import morning as words
from dashboard.wording.patients import nobody_yet

SHOWN_AT_FIRST = 25


def render() -> None:
    person = acting_person()
    group = loaders.group(person)
    today = loaders.today(person)
    head, where = st.columns([4, 1.2], vertical_alignment="bottom")
    head.html(f"<div class='ag-head'><h1>Today</h1><span>{weekday(today)}</span></div>")

    if not group.has_patients:
        st.info(nobody_yet(person))
        st.stop()

    site = where.selectbox("Site", ["All sites", *group.sites], key="today_site")
    site_id = group.sites.get(site)
    morning = loaders.morning(person, site_id)
    st.html(words.counts(morning.rows, loaders.counts(person, site_id)))

    if not morning.rows:
        st.info(words.NOBODY_TODAY)
        wearing_off_list.draw(person, site_id, today, ())
        morning_list.draw_undelivered(person, site_id)
        morning_list.draw_first_action(person, site_id)
        st.stop()

    everyone = st.session_state.get("today_everyone", False)
    rows = morning.rows if everyone else morning.rows[:SHOWN_AT_FIRST]
    with st.container(key="morning", gap=None):
        for number, row in enumerate(rows):
            morning_list.draw_row(person, row, morning.rules, today, key=f"row-{number}")
    if len(rows) < len(morning.rows):
        more = len(morning.rows) - len(rows)
        st.button(f"Show {more} more", on_click=morning_list.show_everyone)
    tells = loaders.tells_missed(person, site_id)
    method = words.method(morning.rules, is_cut=morning.is_cut, tells_missed=tells)
    st.html(f"<p class='ag-note'>{method}</p>")
    wearing_off_list.draw(person, site_id, today, {row.patient_id for row in morning.rows})
    morning_list.draw_undelivered(person, site_id)
    morning_list.draw_first_action(person, site_id)
