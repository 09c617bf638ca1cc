"""Whose response may be wearing off, under the morning list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from html import escape
from uuid import UUID

import streamlit as st

from dashboard.formats import plain
from dashboard.morning_list import TAG, WHO
from dashboard.patient_outlook import is_shown
from dashboard.sitemap import page_at
from dashboard.wording import wearing_off as words
from data.database import configured_engine
from data.queries.wearing_off import WearingOff, read_wearing_off
from models.policy import Person

SHOWN_AT_FIRST = 10


def draw(person: Person, site_id: UUID | None, today: date, listed: Collection[UUID]) -> None:
    """Draw whoever is over the line and not `listed` above; nothing where there is nobody."""
    if not is_shown():
        return
    found = read_wearing_off(configured_engine(), person, today=today, site_id=site_id)
    if found is None:
        st.html(f"<p class='ag-note'>{words.TOO_MANY}</p>")
        return
    rows = [row for row in found if row.patient_id not in listed]
    if not rows:
        return
    st.subheader(words.HEADING)
    st.html(f"<p class='ag-note'>{escape(words.rule(len(rows)))}</p>")
    _draw_rows(rows[:SHOWN_AT_FIRST], today, "morning-outlook")
    if len(rows) > SHOWN_AT_FIRST:
        with st.expander(f"{len(rows) - SHOWN_AT_FIRST} more"):
            _draw_rows(rows[SHOWN_AT_FIRST:], today, "morning-outlook-more")


def _draw_rows(rows: list[WearingOff], today: date, name: str) -> None:
    with st.container(key=name, gap=None):
        for number, row in enumerate(rows):
            with st.container(key=f"row-{name}-{number}", horizontal=True):
                st.html(f"<span class='ag-tag ag-off'>{words.TAG}</span>", width=TAG)
                st.page_link(
                    page_at("patient"),
                    label=plain(row.name or row.code),
                    query_params={"id": str(row.patient_id)},
                    width=WHO,
                )
                st.html(
                    f"<div class='ag-line'>{escape(words.sentence(row, today))}<br>"
                    f"<small>{escape(words.context(row, today))}</small></div>"
                )
