"""Audit: who read or changed what, and whether the record of it is untouched."""

from __future__ import annotations

import streamlit as st

from dashboard import audit_page, loaders
from dashboard.person import acting_person
from dashboard.wording import audit as words
from data.database import configured_engine
from data.queries.audit import read_audit


def render() -> None:
    person = acting_person()
    st.title("Audit")
    st.text(words.WHAT)

    wanted = audit_page.ask_filter(loaders.group(person).sites)
    number = audit_page.page_number(wanted)
    page = read_audit(configured_engine(), person, wanted, number)
    if page.rows:
        audit_page.draw_lines(page)
        audit_page.draw_pager(number, page)
    else:
        st.info(words.NOTHING)

    audit_page.offer_check(person)
