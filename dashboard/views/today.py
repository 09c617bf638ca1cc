"""Today: who needs a look, and why."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import loaders, morning_list, putting_aside
from dashboard.formats import weekday
from dashboard.person import acting_person
from dashboard.wording import morning as words
from dashboard.wording.patients import nobody_yet
from dashboard.wording.reasons import By
from data.outlook_switch import is_outlook_on

SHOWN_AT_FIRST = 25


def render() -> None:
    person = acting_person()
    group = loaders.group(person)
    today = loaders.today(person)
    head, where = st.columns([4, 1.2], vertical_alignment="bottom")
    title = escape(words.title(group.sites))
    head.html(f"<div class='ag-head'><h1>{title}</h1><span>{weekday(today)}</span></div>")

    if not group.has_patients:
        st.info(nobody_yet(person))
        st.stop()

    site_id = None
    if len(group.sites) > 1:
        site = where.selectbox("Site", ["All sites", *group.sites], key="today_site")
        site_id = group.sites.get(site)
    morning = loaders.morning(person, site_id)
    by = By(morning.rules, morning.lines, today)
    st.html(words.counts(morning.rows, loaders.counts(person, site_id)))

    if not morning.rows:
        st.info(words.ALL_ASIDE if morning.aside else words.NOBODY_TODAY)
    everyone = st.session_state.get("today_everyone", False)
    rows = morning.rows if everyone else morning.rows[:SHOWN_AT_FIRST]
    morning_list.draw_rows(person, rows, by)
    if len(rows) < len(morning.rows):
        more = len(morning.rows) - len(rows)
        st.button(f"Show {more} more", on_click=morning_list.show_everyone)
    putting_aside.draw_aside(person, morning.aside, by)

    if missing := words.left_out(morning, tells_outlooks=loaders.tells_outlooks(person, site_id)):
        st.html(f"<p class='ag-note'>{missing}</p>")
    with st.expander(words.METHOD):
        method = words.method(morning, has_outlooks=is_outlook_on())
        st.html("".join(f"<p class='ag-note'>{part}</p>" for part in method))
    morning_list.draw_undelivered(person, site_id)
    morning_list.draw_first_action(person, site_id)
    morning_list.draw_work(person, site_id)
