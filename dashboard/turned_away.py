"""Somebody at the address of a page that is none of theirs is led on, and it is written down."""

from __future__ import annotations

from uuid import UUID

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.sitemap import ENTRIES
from data.audit import DENIED
from data.database import configured_engine
from data.looks import note_look
from models.policy import Person


def note_turned_away(person: Person) -> None:
    """Write one line for a page that exists and is not this person's; none for any other address.

    What the browser asked for is known to Streamlit alone: the page it draws instead is this one.
    """
    context = get_script_run_ctx()
    wanted = context.pages_manager.intended_page_name if context else None
    entry = next((entry for entry in ENTRIES if entry.name == wanted), None)
    if entry is not None and not person.may_somewhere(entry.operation):
        note_look(
            configured_engine(),
            person,
            entry.operation,
            patient_id=_patient_asked_for(),
            outcome=DENIED,
            page=entry.name,
        )


def _patient_asked_for() -> UUID | None:
    try:
        return UUID(st.query_params.get("id", ""))
    except ValueError:
        return None
