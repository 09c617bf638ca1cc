"""Definitions: the instruments and the clinic's rules, as the numbers use them."""

from __future__ import annotations

import streamlit as st

from dashboard import (
    exposure_rules_part,
    instruments_part,
    plan_part,
    prompt_rules_part,
    rules_part,
)
from dashboard.person import acting_person
from dashboard.wording import definitions as words
from data.instruments import catalogue


def render() -> None:
    person = acting_person()
    st.title("Definitions")
    st.text(words.INTRODUCTION)

    rules_part.draw(person)
    prompt_rules_part.draw(person)
    plan_part.draw(person)
    exposure_rules_part.draw(person)

    st.subheader(words.INSTRUMENTS)
    instruments_part.draw_overview(catalogue())
    code = st.selectbox("Instrument", list(catalogue()), key="definition", width=320)
    instruments_part.draw_instrument(catalogue()[code])
