"""Sessions: who is signed in at the moment, and how people sign in."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, session_list, signing_in_part
from dashboard.person import acting_person
from dashboard.wording import sessions as words
from data.database import configured_engine
from data.queries.sessions import list_sessions


def render() -> None:
    person = acting_person()
    st.title("Sessions")
    st.text(words.WHAT)

    rows = list_sessions(configured_engine(), person)
    if rows:
        session_list.draw_list(person, rows, loaders.group(person).zone)
    else:
        st.info(words.NOBODY)

    signing_in_part.draw(person)
