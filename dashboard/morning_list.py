"""One line of the morning list: a tag, a person who can be opened, the reason."""

from __future__ import annotations

from datetime import date
from html import escape
from uuid import UUID

import streamlit as st

from dashboard import flagging, loaders
from dashboard.formats import plain
from dashboard.sitemap import page_at
from dashboard.wording.flags import first_action
from dashboard.wording.messages import undelivered
from dashboard.wording.reasons import ReasonWords, explain
from data.database import configured_engine
from data.queries.messages import read_undelivered
from data.queries.morning import LookRow
from models.outcomes.rules import Rules
from models.policy import Person

# Widths in pixels; what is left of the line is the reason's.
TAG, WHO = 124, 190
FIRST_ACTION_DAYS = 90


def draw_row(person: Person, row: LookRow, rules: Rules, today: date, *, key: str) -> None:
    words = explain(row, rules, today)
    # Side by side in one container: columns would send as many messages again.
    with st.container(key=key, horizontal=True):
        st.html(f"<span class='ag-tag {words.style}'>{words.tag}</span>", width=TAG)
        st.page_link(
            page_at("patient"),
            label=plain(row.name or row.code),
            query_params={"id": str(row.patient_id)},
            width=WHO,
        )
        if row.flags:
            flagging.draw_button(row.flags, key=f"act-{key}")
        st.html(
            f"<div class='ag-line'>{escape(words.sentence)}{_further(words)}<br>"
            f"<small>{escape(row.code)} · {escape(words.context)}</small></div>"
        )
    if row.flags and flagging.is_open_for(row.patient_id):
        flagging.draw_form(person, row.patient_id, today)


def _further(words: ReasonWords) -> str:
    """Return the less urgent reasons, each in the colour its own line would have; HTML."""
    return "".join(f" <span class='{style}'>{escape(said)}</span>" for style, said in words.further)


def draw_first_action(person: Person, site_id: UUID | None) -> None:
    """Say how long flags wait for somebody, where there have been any."""
    found = loaders.first_action(person, site_id, days=FIRST_ACTION_DAYS)
    said = first_action(found, days=FIRST_ACTION_DAYS)
    if said:
        st.html(f"<p class='ag-note'>{said}</p>")


def draw_undelivered(person: Person, site_id: UUID | None) -> None:
    """Say which messages reached nobody: a mail that failed must not look like one that arrived."""
    said = undelivered(read_undelivered(configured_engine(), person, site_id=site_id))
    if said:
        st.html(f"<p class='ag-note ag-off'>{escape(said)}</p>")


def show_everyone() -> None:
    st.session_state["today_everyone"] = True
