"""Mine: what is recorded of the person themselves, in plain words."""

from __future__ import annotations

import streamlit as st

from dashboard import own_page
from dashboard.person import acting_person
from dashboard.wording import mine as words
from data.database import configured_engine
from data.queries.own import read_own


def render() -> None:
    own = read_own(configured_engine(), acting_person())
    st.title(words.TITLE)
    st.text(words.greeting(own.site))
    own_page.draw_crisis(own)

    if not own.scores and not own.infusions:
        st.info(words.NOTHING_YET)
        st.stop()

    own_page.draw_scores(own)
    own_page.draw_infusions(own)
