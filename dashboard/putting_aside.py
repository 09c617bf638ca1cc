"""Putting a person's prompts aside, on Today or on their chart, and bringing them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html import escape
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard import frame, loaders
from dashboard.attempts import attempt, offer_anew
from dashboard.formats import plain, spoken
from dashboard.person import acting_person
from dashboard.sitemap import page_at
from dashboard.wording import put_aside as words
from dashboard.wording.morning import whose
from dashboard.wording.reasons import By, in_short
from data.actions.prompt_reviews import LONGEST, bring_back, mark_seen, snooze
from data.database import configured_engine
from data.queries.morning_rows import LookRow
from models.errors import Conflict
from models.policy import Person

OPEN = "putting_aside"
UNFOLDED = "put_aside_unfolded"
A_WEEK = timedelta(days=7)
MOST_SHOWN = 50


def draw_button(row: LookRow, *, key: str) -> None:
    """Draw what opens the form for a person's prompts."""
    label = spoken(words.PUT_ASIDE, whose(row))
    st.button(label, key=key, on_click=_open_form, args=(row,), type="tertiary", width=84)


def _open_form(row: LookRow) -> None:
    """Remember the line as it was seen, so that what others did meanwhile is noticed."""
    st.session_state[OPEN] = row


def is_open_for(patient_id: UUID) -> bool:
    seen = st.session_state.get(OPEN)
    return seen is not None and seen.patient_id == patient_id


def _close() -> None:
    st.session_state.pop(OPEN, None)


@st.fragment
def draw_form(today: date, longest: int) -> None:
    """Ask why, and until when. `longest` is the farthest the clinic allows, in days."""
    row: LookRow | None = st.session_state.get(OPEN)
    if row is not None:
        with frame.say_what_failed():
            _ask(acting_person(), row, today, longest)


def _ask(person: Person, row: LookRow, today: date, longest: int) -> None:
    first, last = today + timedelta(days=1), today + timedelta(days=longest)
    with st.form(f"aside-{row.patient_id}", border=True):
        st.text(whose(row))
        reason = st.text_input(
            words.WHY,
            key=f"why-{row.patient_id}",
            placeholder=words.WHY_HINT,
            max_chars=LONGEST,
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            seen = st.form_submit_button(words.SEEN, type="primary")
            until = st.date_input(
                words.UNTIL, min(today + A_WEEK, last), first, last, format="YYYY-MM-DD", width=160
            )
            later = st.form_submit_button(words.SNOOZE)
            leaves = st.form_submit_button(words.LEAVE, type="tertiary")
        st.html(f"<p class='ag-note'>{words.RULE}</p>")
    if leaves:
        _close()
        st.rerun()
    engine, said = configured_engine(), _said(row) | {"reason": reason}
    if seen:
        _act(lambda: mark_seen(engine, person, **said), words.NOT_SAVED, words.WAS_SEEN)
    if later:
        done = words.was_snoozed(until)
        _act(lambda: snooze(engine, person, until=until, **said), words.NOT_SAVED, done)


def _said(row: LookRow) -> dict[str, Any]:
    return {
        "patient_id": row.patient_id,
        "seen_review": row.review.review_id if row.review else None,
        "prompts": row.reasons,
        "evidence": row.evidence,
    }


def _act(act: Callable[[], Any], trouble: str, done: str) -> None:
    try:
        is_done, _ = attempt(act, trouble)
    except Conflict as conflict:
        offer_anew(conflict, trouble, words.AS_IT_IS_NOW, _close)
        return
    if is_done:
        _close()
        loaders.forget_work()
        st.toast(done)
        st.rerun()


def draw_aside(person: Person, rows: Sequence[LookRow], by: By) -> None:
    """Draw, folded, what is put aside: by whom, why, until when; nothing where nothing is."""
    if not rows:
        return
    # A heading that counts one less is another fold: it opens as the one before it was left.
    fold = st.expander(words.heading(len(rows)), st.session_state.get(UNFOLDED, False))
    with fold, st.container(key="morning-aside", gap=None):
        for number, row in enumerate(rows[:MOST_SHOWN]):
            _draw_one(person, row, by, key=f"row-aside-{number}")


def _draw_one(person: Person, row: LookRow, by: By, *, key: str) -> None:
    assert row.review is not None  # nothing is aside but by a review
    zone = loaders.group(person).zone
    with st.container(key=key, horizontal=True):
        st.page_link(
            page_at("patient"),
            label=plain(row.name or row.code),
            query_params={"id": str(row.patient_id)},
            width=190,
        )
        back = draw_back_button(row, key=f"back-{key}")
        st.html(
            f"<div class='ag-line'>{escape(in_short(row, by))}<br>"
            f"<small>{escape(row.code)} · {escape(words.signed(row.review, zone))}</small></div>"
        )
    if back:
        st.session_state[UNFOLDED] = True
        take_back(person, row)


def draw_back_button(row: LookRow, *, key: str) -> bool:
    label = spoken(words.BRING_BACK, whose(row))
    return st.button(label, key=key, type="tertiary", width=88)


def take_back(person: Person, row: LookRow) -> None:
    assert row.review is not None
    who = {"patient_id": row.patient_id, "seen_review": row.review.review_id}
    _act(
        lambda: bring_back(configured_engine(), person, **who),
        words.NOT_BROUGHT_BACK,
        words.BROUGHT_BACK,
    )
