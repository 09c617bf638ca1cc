"""Sessions: who is signed in at the moment, and how people sign in."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, session_list
from dashboard.person import acting_person
from dashboard.wording import sessions as words
from data.database import configured_engine
from data.queries.sessions import list_sessions
from data.queries.settings import read_access_settings


def render() -> None:
    person = acting_person()
    st.title("Sessions")
    st.text(words.WHAT)

    rows = list_sessions(configured_engine(), person)
    if rows:
        session_list.draw_list(person, rows, loaders.group(person).zone)
    else:
        st.info(words.NOBODY)

    settings = read_access_settings(configured_engine(), person)
    session_list.draw_settings(settings)
    session_list.offer_change(person, settings)
