"""Patients: find one, or see who stands where."""

from __future__ import annotations

import streamlit as st

from dashboard import chart_access, frame, loaders, patient_list
from dashboard.person import acting_person
from dashboard.sitemap import page_at
from dashboard.wording import patients as words


def render() -> None:
    person = acting_person()
    st.title("Patients")
    if loaders.group(person).has_patients:
        find()
    else:
        st.info(words.nobody_yet(person))
    if person.sites is not None:  # for whoever is at every site there is no other
        chart_access.offer_emergency(person)


@st.fragment
def find() -> None:
    """Draw the list with its filters; a click in here runs this and nothing around it.

    So it asks again who is acting, and says itself what failed.
    """
    with frame.say_what_failed():
        person = acting_person()
        wanted = patient_list.ask_filter(loaders.group(person))
        number = patient_list.page_number(wanted)
        page = loaders.patients(person, wanted, number)

        if not page.rows:
            st.info(words.NOBODY_FOUND)
            return

        chosen = patient_list.draw_table(page.rows, loaders.today(person))
        if chosen is not None:
            st.switch_page(page_at("patient"), query_params={"id": str(chosen)})
        patient_list.draw_pager(number, page)
