"""Correcting what a patient was registered with: name, site, complaint, that they have left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard import loaders
from dashboard.attempts import attempt, go_to_chart, offer_anew
from dashboard.forms.patient import ask_facts
from dashboard.forms.prefill import offer
from dashboard.wording import patients as words
from dashboard.wording import record as say
from dashboard.wording import statuses
from data.actions.patients import correct_patient
from data.database import configured_engine
from data.queries.registrations import Registration, read_registration
from models.errors import Conflict
from models.policy import Person
from models.registration import PatientEntry

SEEN = "registration_being_corrected"


def correct_registration(person: Person, patient_id: UUID) -> None:
    """Draw the form on what is registered, and write what it says once it is sent."""
    sites = loaders.group(person).sites
    now = read_registration(configured_engine(), person, patient_id=patient_id)
    seen = _as_first_seen(patient_id, now)
    key = f"registration-{patient_id}-{seen.version}"
    with st.form(key, border=False):
        entry = ask_facts(sites, seen.entry, key=key)
        left_on = st.date_input(
            words.LEFT_ON,
            None,
            key=offer(f"{key}-left", seen.entry.left_on),
            format="YYYY-MM-DD",
            width=320,
        )
        reason = st.text_input(say.REASON, key=f"{key}-reason", max_chars=400)
        st.text(words.WHAT_FOLLOWS)
        sent = st.form_submit_button("Save the correction", type="primary")
    if sent and entry is not None:
        _save(person, patient_id, seen, replace(entry, left_on=left_on), reason)


def _as_first_seen(patient_id: UUID, now: Registration) -> Registration:
    """Return it as this form first showed it, so that a change by others is noticed."""
    held = st.session_state.get(SEEN)
    if held is None or held[0] != patient_id:
        held = (patient_id, now)
        st.session_state[SEEN] = held
    seen: Registration = held[1]
    return seen


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _save(
    person: Person, patient_id: UUID, seen: Registration, entry: PatientEntry, reason: str
) -> None:
    def act() -> None:
        correct_patient(
            configured_engine(),
            person,
            patient_id=patient_id,
            seen_version=seen.version,
            entry=entry,
            reason=reason,
        )

    try:
        is_done, _ = attempt(act, "Not saved")
    except Conflict as conflict:
        offer_anew(conflict, "Not saved", say.KEEP_THEIRS, _forget)
        return
    if is_done:
        _forget()
        go_to_chart(patient_id, say.CORRECTED)


def in_words(person: Person, body: dict[str, Any]) -> dict[str, Any]:
    """Return an earlier version with its site by name and its indication as screens say it."""
    names = {str(site_id): name for name, site_id in loaders.group(person).sites.items()}
    indication = body["indication"] and statuses.indication(body["indication"])
    return {**body, "site": names.get(body["site_id"]), "indication": indication}
