"""Finding the patient a record is for, and registering a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import streamlit as st

from dashboard import loaders
from dashboard.formats import plain
from dashboard.wording import patients as words
from dashboard.wording import statuses
from data.actions.patients import PatientEntry
from data.queries.group import Group
from data.queries.patients import PatientFilter
from models.policy import Person

MOST_FOUND = 8


def patient_in_address() -> UUID | None:
    """Return the patient the address names; None when it names none or nonsense."""
    try:
        return UUID(st.query_params.get("id", ""))
    except ValueError:
        return None


def find_patient(person: Person) -> None:
    """Search, and on a choice put the patient into the address."""
    text = st.text_input("Whom is this for? Name or number", key="record_search")
    if not text.strip():
        return
    found = loaders.patients(person, PatientFilter(search=text), 0).rows[:MOST_FOUND]
    if not found:
        st.info(words.NOBODY_FOUND)
    for row in found:
        label = f"{row.code}  {row.name or ''}  {row.site}"
        st.button(plain(label), key=f"pick-{row.patient_id}", on_click=_choose, args=(row,))


def _choose(row: Any) -> None:
    st.query_params["id"] = str(row.patient_id)


def ask_patient(group: Group) -> PatientEntry | None:
    """Draw the registration form; return an entry once it is sent."""
    with st.form("register", border=False):
        code, name, site = st.columns([1, 2, 1.5])
        number = code.text_input("Number at the clinic")
        full_name = name.text_input("Name (may be left empty)")
        chosen = site.selectbox("Site", list(group.sites))
        kind, born, sex = st.columns([1.5, 1, 1])
        indication = kind.selectbox(
            "Indication",
            list(statuses.INDICATIONS),
            format_func=lambda value: statuses.INDICATIONS[value],
        )
        year = born.number_input("Year of birth", 1900, 2100, None, step=1)
        gender = sex.selectbox("Sex", ["", "female", "male", "other"])
        if not st.form_submit_button("Register", type="primary"):
            return None
    return PatientEntry(
        code=number,
        site_id=group.sites[chosen],
        name=full_name.strip() or None,
        birth_year=None if year is None else int(year),
        sex=gender or None,
        indication=indication,
    )


def ask_site() -> tuple[str, str] | None:
    """Draw the form for a first site; return its name and time zone once it is sent."""
    with st.form("open_site", border=False):
        name, zone = st.columns(2)
        site = name.text_input("Name of the clinic location")
        time_zone = zone.text_input("Time zone", "America/Chicago")
        if st.form_submit_button("Open the site", type="primary"):
            return site, time_zone.strip()
    return None
