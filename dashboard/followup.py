"""How well patients are followed up: check-ins done, and how soon flags were acted on."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import loaders
from dashboard.tables import table_of
from dashboard.wording import followup as words
from data.queries.due import SiteCompletion
from data.queries.first_action import FirstAction
from models.policy import Person

DAYS = 90


def draw(person: Person) -> None:
    """Draw both, once the fold is opened."""
    fold = st.expander(words.TITLE, key="followup", on_change="rerun")
    if not fold.open:
        return
    with fold:
        with st.spinner(words.WORKING):
            done = loaders.completion(person, days=DAYS)
        _draw_completion(done)
        _draw_first_action(loaders.first_action_by_site(person, days=DAYS))


def _draw_completion(found: Sequence[SiteCompletion]) -> None:
    st.text(words.completion(found, days=DAYS))
    if any(each.expected for each in found):
        rows = [words.completion_row(each) for each in found]
        st.html(table_of(words.COMPLETION_COLUMNS, rows, is_narrow=True))


def _draw_first_action(found: Sequence[FirstAction]) -> None:
    together, *sites = found
    said = words.first_action(together, days=DAYS)
    if said:
        st.text(said)
        rows = [words.first_action_row(each) for each in sites]
        st.html(table_of(words.FIRST_ACTION_COLUMNS, rows, is_narrow=True))
    st.html(f"<p class='ag-note'>{words.METHOD}</p>")
