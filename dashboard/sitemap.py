"""Every page, once: its address, its title, and which operation opens it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import streamlit as st

from models.policy import Operation, Person

TOP = ""
ADMINISTRATION = "Administration"


@dataclass(frozen=True)
class Entry:
    """A page at /NAME, drawn by render() in dashboard.views.NAME, or in `view` if that differs."""

    name: str
    title: str
    operation: Operation
    is_listed: bool = True
    view: str = ""
    section: str = TOP


ENTRIES = (
    Entry("today", "Today", Operation.LIST_PATIENTS),
    Entry("patients", "Patients", Operation.LIST_PATIENTS),
    Entry("patient", "Patient", Operation.READ_CHART, is_listed=False),
    Entry("record", "Record", Operation.RECORD_INFUSION),
    Entry("correct", "Correct", Operation.CORRECT_RECORD, is_listed=False),
    Entry("mine", "How I am doing", Operation.READ_OWN),
    Entry("durations", "Durations", Operation.LIST_PATIENTS),
    Entry("compare", "Compare sites", Operation.READ_CURVES),
    Entry("trust", "Trust in the outlook", Operation.READ_CURVES),
    Entry("import", "Import", Operation.IMPORT, view="bring_in"),
    Entry("definitions", "Definitions", Operation.READ_DEFINITIONS),
    Entry("users", "Users", Operation.MANAGE_USERS, section=ADMINISTRATION),
    # Whoever may not open or rename sites sees the crisis texts of their own here.
    Entry("sites", "Sites", Operation.SET_CRISIS_TEXT, section=ADMINISTRATION),
    Entry("sessions", "Sessions", Operation.END_SESSIONS, section=ADMINISTRATION),
    Entry("audit", "Audit", Operation.READ_AUDIT, section=ADMINISTRATION),
)
# Where whoever has no page at all ends, and what is drawn at an address that is nobody's.
HOME, NOWHERE = "home", "nowhere"


def entries_of(person: Person) -> list[Entry]:
    """Return the pages this person may open; what is not here does not exist for them."""
    return [entry for entry in ENTRIES if person.may_somewhere(entry.operation)]


def front_of(person: Person) -> Entry | None:
    """Return the page a person's day begins with."""
    return next((entry for entry in entries_of(person) if entry.is_listed), None)


def pages_of(person: Person) -> dict[str, list[Any]]:
    """Return the person's pages by section, as the navigation shows them.

    The default page, which Streamlit serves at / only, is none of them: each has its address.
    """
    sections: dict[str, list[Entry]] = {}
    for entry in entries_of(person):
        sections.setdefault(entry.section, []).append(entry)
    if len(sections.get(ADMINISTRATION, [])) == 1:  # one page alone needs no menu
        sections.setdefault(TOP, []).extend(sections.pop(ADMINISTRATION))
    pages = {title: [page_at(entry.name) for entry in them] for title, them in sections.items()}
    hidden = [_home(HOME), _home(NOWHERE, is_default=True)]
    pages.setdefault(TOP, []).extend(hidden)
    return pages


def page_at(name: str) -> Any:
    """Return Streamlit's page object for links and jumps; views are imported when first asked."""
    entry = next(entry for entry in ENTRIES if entry.name == name)
    return st.Page(
        _view(entry.view or entry.name).render,
        title=entry.title,
        url_path=entry.name,
        visibility="visible" if entry.is_listed else "hidden",
    )


def _home(address: str, *, is_default: bool = False) -> Any:
    render = _view(HOME).render
    return st.Page(
        render, title="Afterglow", url_path=address, default=is_default, visibility="hidden"
    )


def import_views() -> None:
    """Import every view now, so that the first visitor does not wait for it."""
    for entry in ENTRIES:
        _view(entry.view or entry.name)
    _view(HOME)


def _view(name: str) -> Any:
    return import_module(f"dashboard.views.{name}")
