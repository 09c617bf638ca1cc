"""Tables, notes and definitions as they stand on every tab of the page that compares sites."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.tables import table_of
from dashboard.wording import site_comparison as words
from dashboard.wording import site_tables
from dashboard.wording.site_definitions import Definitions


def draw_table(columns: tuple[str, ...], rows: list[list[str]], *, is_narrow: bool = False) -> None:
    """Draw a table; what is hidden in every row is named under it instead."""
    columns, rows, left_out = site_tables.leave_out_hidden(columns, rows)
    drawn = table_of(columns, rows, is_narrow=is_narrow)
    quiet = f"><span class='ag-quiet'>{site_tables.HIDDEN}</span><"
    st.html(drawn.replace(f">{site_tables.HIDDEN}<", quiet))
    if left_out:
        draw_note(words.HIDDEN_EVERYWHERE.format(", ".join(left_out)))


def draw_note(text: str) -> None:
    unbroken = text.replace(" %", "\u00a0%")
    st.html(f"<p class='ag-note'>{escape(unbroken)}</p>")


def draw_definitions(definitions: Definitions) -> None:
    """Say of what each figure of this tab is counted, one click away from all of them."""
    with st.expander(words.COUNTED):
        draw_table((words.FIGURE, words.OF_WHAT), [list(it) for it in definitions], is_narrow=True)
        draw_note(words.HIDING)
