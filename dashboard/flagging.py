"""Acting on flags, from Today and from the chart: what was done, and whether that closes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from uuid import UUID

import streamlit as st

from dashboard import loaders
from dashboard.tags import draw_tag
from dashboard.wording import flags as words
from data.actions.flags import LONGEST, acknowledge_flag, close_flag
from data.database import configured_engine
from data.queries.flags import FlagRow, read_flags_of
from models.errors import AfterglowError, Conflict
from models.policy import Person

ACTING = "acting_on_flags"


def draw_button(flags: Sequence[FlagRow], *, key: str, label: str = words.ACT) -> None:
    """Draw what opens the form for a patient's open flags."""
    st.button(label, key=key, on_click=open_form, args=(tuple(flags),), width=64)


def open_form(flags: Sequence[FlagRow]) -> None:
    """Remember which versions were seen, so that what others did meanwhile is noticed."""
    seen = {flag.flag_id: flag.version for flag in flags}
    st.session_state[ACTING] = {"patient_id": flags[0].patient_id, "seen": seen}


def is_open_for(patient_id: UUID) -> bool:
    return st.session_state.get(ACTING, {}).get("patient_id") == patient_id


@st.fragment
def draw_form(person: Person, patient_id: UUID, today: date) -> None:
    if not is_open_for(patient_id):
        return
    seen: Mapping[UUID, int] = st.session_state[ACTING]["seen"]
    with st.form(f"act-{patient_id}", border=True):
        if len(seen) > 1:
            st.text(words.for_each(len(seen)))
        said = st.text_area(
            words.WHAT_WAS_DONE,
            key=f"said-{patient_id}",
            placeholder=words.WHAT_WAS_DONE_HINT,
            max_chars=LONGEST,
            height=80,
        )
        with st.container(horizontal=True):
            acknowledges = st.form_submit_button(words.ACKNOWLEDGE, type="primary")
            closes = st.form_submit_button(words.CLOSE)
            leaves = st.form_submit_button(words.LEAVE, type="tertiary")
    if leaves:
        st.session_state.pop(ACTING)
        st.rerun()
    if acknowledges or closes:
        _save(person, patient_id, seen, said, today, closes=closes)


def _save(
    person: Person,
    patient_id: UUID,
    seen: Mapping[UUID, int],
    said: str,
    today: date,
    *,
    closes: bool,
) -> None:
    act = close_flag if closes else acknowledge_flag
    engine = configured_engine()
    try:
        for flag_id, version in seen.items():
            act(
                engine,
                person,
                patient_id=patient_id,
                flag_id=flag_id,
                seen_version=version,
                said=said,
            )
    except Conflict as conflict:
        _show_conflict(person, patient_id, conflict, today)
        return
    except AfterglowError as error:
        st.error(f"{words.NOT_SAVED}{error}")
        return
    st.session_state.pop(ACTING)
    loaders.forget()
    st.toast(words.CLOSED if closes else words.ACKNOWLEDGED)
    st.rerun()


def _show_conflict(person: Person, patient_id: UUID, conflict: Conflict, today: date) -> None:
    """Say what the other did, and go on from there: the words typed here are kept."""
    now = read_flags_of(configured_engine(), person, patient_id)
    still_open = {flag.flag_id: flag.version for flag in now if flag.closed_at is None}
    if still_open:
        st.session_state[ACTING]["seen"] = still_open
    else:
        st.session_state.pop(ACTING)
    st.error(f"{words.NOT_SAVED}{conflict}")
    st.text(words.SEEN_ANEW if still_open else words.CLOSED_BY_OTHERS)
    for flag in now[:3]:
        st.text(words.history(flag, today)[0])


def draw_on_chart(person: Person, patient_id: UUID, today: date, *, can_act: bool) -> None:
    """Draw a patient's open flags with what to do about them, and the history of all."""
    found = read_flags_of(configured_engine(), person, patient_id)
    if not found:
        return
    still_open = [flag for flag in found if flag.closed_at is None]
    still_open.sort(key=lambda flag: (flag.answered_on, flag.raised_at), reverse=True)
    if still_open:
        said = words.still_open(still_open, today)
        with st.container(key="on-chart-flags", horizontal=True):
            draw_tag(words.TAG, "ag-safety")
            if can_act:
                draw_button(still_open, key=f"act-on-{patient_id}")
            st.html(f"<div class='ag-line'>{escape(said)}</div>")
    if can_act:
        draw_form(person, patient_id, today)
    with st.expander(words.heading(len(found), len(still_open))):
        st.html("".join(_history(flag, today) for flag in found))
        st.html(f"<p class='ag-note'>{words.UNTIL_CLOSED}</p>")


def _history(flag: FlagRow, today: date) -> str:
    first, *steps = words.history(flag, today)
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    return f"<div class='ag-line'>{escape(first)}<ul class='ag-note'>{items}</ul></div>"
