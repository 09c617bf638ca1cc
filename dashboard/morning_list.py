"""One line of the morning list: a tag, a person who can be opened, the reason."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from uuid import UUID

import streamlit as st

from dashboard import flagging, loaders, putting_aside
from dashboard.formats import plain, spoken
from dashboard.sitemap import page_at
from dashboard.tables import table_of
from dashboard.tags import draw_tag
from dashboard.wording import morning as words
from dashboard.wording.flags import ACT, first_action
from dashboard.wording.messages import undelivered
from dashboard.wording.reasons import By, explain, in_html
from data.database import configured_engine
from data.queries.messages import read_undelivered
from data.queries.morning_rows import LookRow
from models.outcomes.prompt_rules import OF_SAFETY
from models.policy import Person

WHO = 190  # pixels; what tag and name leave of the line is the reason's
FIRST_ACTION_DAYS = 90


def draw_rows(person: Person, rows: Sequence[LookRow], by: By) -> None:
    """Draw a line each, with the form of whichever is being acted on under it."""
    with st.container(key="morning", gap=None):
        for number, row in enumerate(rows):
            _draw_row(person, row, by, key=f"row-{number}")
        if not any(putting_aside.is_open_for(row.patient_id) for row in rows):
            # Somebody else was quicker: what was typed stays, and is told what they did.
            putting_aside.draw_form(by.today, by.lines.snooze_days)


def _draw_row(person: Person, row: LookRow, by: By, *, key: str) -> None:
    said = explain(row, by)
    # Side by side in one container: columns would send as many messages again.
    with st.container(key=key, horizontal=True):
        draw_tag(said.tag, said.style)
        st.page_link(
            page_at("patient"),
            label=plain(row.name or row.code),
            query_params={"id": str(row.patient_id)},
            width=WHO,
        )
        if row.flags:
            flagging.draw_button(row.flags, key=f"act-{key}", label=spoken(ACT, words.whose(row)))
        elif OF_SAFETY.isdisjoint(row.reasons):
            putting_aside.draw_button(row, key=f"act-{key}")
        st.html(
            f"<div class='ag-line'>{in_html(said)}<br>"
            f"<small>{escape(row.code)} · {escape(said.context)}</small></div>"
        )
    if row.flags and flagging.is_open_for(row.patient_id):
        flagging.draw_form(person, row.patient_id, by.today)
    elif putting_aside.is_open_for(row.patient_id):
        putting_aside.draw_form(by.today, by.lines.snooze_days)


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


def draw_work(person: Person, site_id: UUID | None) -> None:
    """Draw, folded, who has done how much lately, for whoever may read the list."""
    with st.expander(words.WORK):
        found = loaders.work(person, site_id, days=words.WORK_DAYS)
        if found:
            st.html(table_of(words.WORK_COLUMNS, words.work(found), is_narrow=True))
        else:
            st.text(words.NO_WORK)


def show_everyone() -> None:
    st.session_state["today_everyone"] = True
