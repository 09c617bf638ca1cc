"""Finding the patient a record is for, and registering a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard import loaders
from dashboard.formats import plain
from dashboard.forms.prefill import offer
from dashboard.wording import patients as words
from dashboard.wording import statuses
from data.queries.group import Group
from data.queries.patients import PatientFilter
from models.policy import Person
from models.registration import PatientEntry

MOST_FOUND = 8
SEXES = {name: name for name in ("female", "male", "other")}


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
        st.info(words.NOBODY_SO_CALLED)
    for row in found:
        label = f"{row.code}  {row.name or ''}  {row.site}"
        st.button(plain(label), key=f"pick-{row.patient_id}", on_click=_choose, args=(row,))


def _choose(row: Any) -> None:
    st.query_params["id"] = str(row.patient_id)


def ask_patient(group: Group) -> PatientEntry | None:
    """Draw the registration form; return an entry once it is sent.

    Where there is a choice of sites or complaints none is made for anybody: the one decides what
    a day is and who reads the chart, the other which questions are asked.
    """
    with st.form("register", border=False):
        entry = ask_facts(group.sites, None, key="new")
        if not st.form_submit_button("Register", type="primary"):
            return None
    if entry is None:
        st.error(f"Not registered: {words.CHOOSE_SITE}")
    return entry


def ask_facts(
    sites: Mapping[str, UUID], known: PatientEntry | None, *, key: str
) -> PatientEntry | None:
    """Draw the fields inside a form and return what they hold, None while no site is chosen."""
    left, middle, right = st.columns([1, 2, 1.5])
    code = left.text_input(
        "Number at the clinic", known.code if known else "", max_chars=80, key=f"{key}-code"
    )
    name = middle.text_input(
        "Name (may be left empty)",
        (known.name or "") if known else "",
        max_chars=400,
        key=f"{key}-name",
    )
    ids = list(sites.values())
    only = 0 if len(ids) == 1 else None
    place = right.selectbox(
        "Site",
        list(sites),
        ids.index(known.site_id) if known and known.site_id in ids else only,
        placeholder=words.CHOOSE_ONE,
        key=f"{key}-site",
    )
    left, middle, right = st.columns([1.5, 1, 1])
    indication = _ask_one(left, "Indication", statuses.INDICATIONS, known and known.indication, key)
    born = middle.number_input(
        "Year of birth",
        1900,
        2100,
        None,
        step=1,
        key=offer(f"{key}-born", known and known.birth_year),
    )
    sex = _ask_one(right, "Sex", SEXES, known and known.sex, key)
    if place is None:
        return None
    return PatientEntry(
        code=code,
        site_id=sites[place],
        name=name.strip() or None,
        birth_year=None if born is None else int(born),
        sex=sex,
        indication=indication,
    )


def _ask_one(
    column: Any, label: str, names: Mapping[str, str], known: str | None, key: str
) -> str | None:
    """Ask for one of some codes, or for the one a file brought in; nothing is preselected."""
    codes = list(dict.fromkeys([*names, *([known] if known else [])]))
    chosen: str | None = column.selectbox(
        label,
        codes,
        None,
        format_func=lambda code: names.get(code, plain(code)),
        placeholder=words.NOT_STATED,
        key=offer(f"{key}-{label}", known),
    )
    return chosen


def ask_site() -> tuple[str, str] | None:
    """Draw the form for a first site; return its name and time zone once it is sent."""
    with st.form("open_site", border=False):
        name, zone = st.columns(2)
        site = name.text_input("Name of the clinic location")
        time_zone = zone.text_input("Time zone", placeholder="such as America/Denver")
        if st.form_submit_button("Open the site", type="primary"):
            return site, time_zone.strip()
    return None
