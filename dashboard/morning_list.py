"""One line of the morning list: a tag, a person who can be opened, the reason."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from dashboard.formats import plain
from dashboard.sitemap import page_at
from dashboard.wording.reasons import ReasonWords, explain
from data.queries.morning import LookRow
from models.outcomes.rules import Rules

# Widths in pixels; what is left of the line is the reason's.
TAG, WHO = 124, 190


def draw_row(row: LookRow, rules: Rules, today: date, *, key: str) -> None:
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
        st.html(
            f"<div class='ag-line'>{escape(words.sentence)}{_further(words)}<br>"
            f"<small>{escape(row.code)} · {escape(words.context)}</small></div>"
        )


def _further(words: ReasonWords) -> str:
    """Return the less urgent reasons, each in the colour its own line would have; HTML."""
    return "".join(f" <span class='{style}'>{escape(said)}</span>" for style, said in words.further)


def show_everyone() -> None:
    st.session_state["today_everyone"] = True
