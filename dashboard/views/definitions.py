"""Definitions: the instruments and the clinic's rules, as the numbers use them."""

from __future__ import annotations

import streamlit as st

from dashboard import definitions_page, exposure_policy_page, loaders, plan_page, prompt_page
from dashboard.person import acting_person
from dashboard.wording import definitions as words
from data.instruments import catalogue
from models.policy import Operation


def render() -> None:
    person = acting_person()
    st.title("Definitions")
    st.text(words.INTRODUCTION)

    st.subheader(words.RULES)
    rules = loaders.rules(person)
    definitions_page.draw_rules(rules)
    if person.may_somewhere(Operation.SET_POLICY):
        definitions_page.offer_change(person, rules)
        definitions_page.draw_rule_history(person)

    prompt_page.draw(person)
    plan_page.draw(person)
    exposure_policy_page.draw(person)

    st.subheader(words.INSTRUMENTS)
    definitions_page.draw_overview(catalogue())
    code = st.selectbox("Instrument", list(catalogue()), key="definition", width=320)
    definitions_page.draw_instrument(catalogue()[code])
