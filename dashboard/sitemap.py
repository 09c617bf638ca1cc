"""Every page, once: its address, its title, and which operation opens it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import streamlit as st

from models.policy import Operation, Person


@dataclass(frozen=True)
class Entry:
    """A page at /NAME, drawn by render() in dashboard.views.NAME, or in `view` if that differs."""

    name: str
    title: str
    operation: Operation
    is_listed: bool = True
    view: str = ""


ENTRIES = (
    Entry("today", "Today", Operation.LIST_PATIENTS),
    Entry("patients", "Patients", Operation.LIST_PATIENTS),
    Entry("patient", "Patient", Operation.READ_CHART, is_listed=False),
    Entry("record", "Record", Operation.RECORD_INFUSION),
    Entry("correct", "Correct", Operation.CORRECT_RECORD, is_listed=False),
    Entry("durations", "Durations", Operation.READ_CURVES),
    Entry("import", "Import", Operation.IMPORT, view="bring_in"),
    Entry("definitions", "Definitions", Operation.READ_DEFINITIONS),
)


def pages_of(person: Person) -> list[Any]:
    """Return the pages this person may open; what is not here does not exist for them."""
    return [page_at(entry.name) for entry in ENTRIES if person.may_somewhere(entry.operation)]


def page_at(name: str) -> Any:
    """Return Streamlit's page object for links and jumps; views are imported when first asked."""
    entry = next(entry for entry in ENTRIES if entry.name == name)
    return st.Page(
        _view(entry).render,
        title=entry.title,
        url_path=entry.name,
        default=entry is ENTRIES[0],
        visibility="visible" if entry.is_listed else "hidden",
    )


def import_views() -> None:
    """Import every view now, so that the first visitor does not wait for it."""
    for entry in ENTRIES:
        _view(entry)


def _view(entry: Entry) -> Any:
    return import_module(f"dashboard.views.{entry.view or entry.name}")
