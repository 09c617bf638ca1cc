"""Home: on to the person's first page; a sentence for whoever has none."""

from __future__ import annotations

import streamlit as st

from dashboard.person import acting_person
from dashboard.sitemap import front_of, page_at
from dashboard.turned_away import note_turned_away
from dashboard.wording import notices


def render() -> None:
    person = acting_person()
    note_turned_away(person)
    front = front_of(person)
    if front is not None:
        st.switch_page(page_at(front.name))
    st.title("Afterglow")
    st.info(notices.NO_PAGE)
