"""Sites: the clinic's locations, what each tells somebody in danger, who hears of flags."""

from __future__ import annotations

import streamlit as st

from dashboard import crisis_texts, loaders, site_contacts, site_list
from dashboard.person import acting_person
from dashboard.wording import sites as words
from data.database import configured_engine
from data.queries.crisis_texts import read_crisis_texts
from data.queries.site_list import list_sites
from models.policy import Operation


def render() -> None:
    person = acting_person()
    st.title("Sites")
    texts = read_crisis_texts(configured_engine(), person)
    crisis_texts.warn_of_blanks(texts)

    if person.may_somewhere(Operation.MANAGE_SITES):
        rows = list_sites(configured_engine(), person)
        site_list.draw_list(rows)
        site_list.offer_opening(person, rows)
        if rows:
            site_list.offer_renaming(person, rows)
    elif not texts:
        st.info(words.NONE_OF_YOURS)

    if texts:
        crisis_texts.offer_writing(person, texts, loaders.group(person).zone)
        site_contacts.offer_contacts(person, texts)
