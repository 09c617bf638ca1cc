"""Registering a patient, or the clinic's first site before that."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders
from dashboard.forms import patient as people
from dashboard.sitemap import page_at
from dashboard.wording import patients as words
from dashboard.wording import record as say
from data.actions.patients import register_patient
from data.actions.sites import open_site
from data.database import configured_engine
from data.queries.group import Group
from models.errors import AfterglowError
from models.policy import Person


def offer_registration(person: Person) -> None:
    group = loaders.group(person)
    with st.expander(say.NEW_PATIENT, expanded=not group.has_patients):
        try:
            _register(person, group) if group.sites else _open_first_site(person)
        except AfterglowError as error:
            st.error(f"Not registered: {error}")


def _register(person: Person, group: Group) -> None:
    entry = people.ask_patient(group)
    if entry is not None:
        patient_id = register_patient(configured_engine(), person, entry=entry)
        loaders.forget()
        st.switch_page(page_at("record"), query_params={"id": str(patient_id)})


def _open_first_site(person: Person) -> None:
    st.info(words.NO_SITE)
    site = people.ask_site()
    if site is not None:
        open_site(configured_engine(), person, name=site[0], time_zone=site[1])
        loaders.forget()
        st.rerun()
