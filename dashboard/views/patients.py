"""Patients: find one, or see who stands where."""

from __future__ import annotations

import streamlit as st

from dashboard import loaders, patient_list
from dashboard.person import acting_person
from dashboard.sitemap import page_at
from dashboard.wording import patients as words


def render() -> None:
    person = acting_person()
    group = loaders.group(person)
    st.title("Patients")

    if not group.has_patients:
        st.info(words.NOBODY_YET)
        st.stop()

    wanted = patient_list.ask_filter(group)
    number = patient_list.page_number(wanted)
    page = loaders.patients(person, wanted, number)

    if not page.rows:
        st.info(words.NOBODY_FOUND)
        st.stop()

    chosen = patient_list.draw_table(page.rows, loaders.today(person))
    if chosen is not None:
        st.switch_page(page_at("patient"), query_params={"id": str(chosen)})
    patient_list.draw_pager(number, page)
