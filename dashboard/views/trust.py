"""How far to trust the outlook: what was said here on past days, and what came of it."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, trust_page
from dashboard.person import acting_person
from dashboard.wording import trust as words
from dashboard.wording.patients import nobody_yet
from data.outlook_switch import is_outlook_on


def render() -> None:
    person = acting_person()
    st.title("How far to trust the outlook")

    if not is_outlook_on():
        st.info(words.SWITCHED_OFF)
        st.stop()
    if not loaders.group(person).has_patients:
        st.info(nobody_yet(person))
        st.stop()

    trust = loaders.trust(person, trust_page.ask_instrument())
    trust_page.stop_without_answer(trust)

    trust_page.draw_answer(trust)
    trust_page.draw_calibration(trust)
    trust_page.draw_methods(trust)
    trust_page.draw_prompts(trust)
    trust_page.draw_method(trust)
