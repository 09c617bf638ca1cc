"""Mine: what is recorded of the person themselves, in plain words."""

from __future__ import annotations

import streamlit as st

from dashboard import own_checkins, own_page
from dashboard.person import acting_person
from dashboard.wording import mine as words
from data.database import configured_engine
from data.queries.own import read_own


def render() -> None:
    person = acting_person()
    own = read_own(configured_engine(), person)
    st.title(words.TITLE)
    st.text(words.greeting(own.site))
    own_page.draw_crisis(own)
    own_checkins.draw_due(person)
    own_checkins.draw_wishes(person)

    if not own.scores and not own.infusions:
        st.info(words.NOTHING_YET)
        st.stop()

    own_page.draw_scores(own)
    own_page.draw_infusions(own)
