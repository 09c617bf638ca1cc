"""Trying to do what somebody asked for, and saying beside it what stood in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard import loaders
from dashboard.formats import plain
from dashboard.sitemap import page_at
from models.errors import AfterglowError, Conflict
from models.policy import Denied, Unconfirmed

DONE = "done_before_this_page"


def attempt(act: Callable[[], Any], trouble: str) -> tuple[bool, Any]:
    """Return whether it was done, and what came of it; `trouble` begins the sentence if not.

    What the policy refuses goes on to the frame: it is about the person, not about the form. A
    conflict goes on to the form, which shows what the others wrote.
    """
    try:
        return True, act()
    except (Conflict, Denied, Unconfirmed):
        raise
    except AfterglowError as error:
        st.error(f"{trouble}: {plain(str(error))}")
        return False, None


def attempt_and_reload(act: Callable[[], Any], trouble: str, done: str) -> None:
    """Do it and draw the page anew, so that it shows what is true now."""
    is_done, _ = attempt(act, trouble)
    if is_done:
        st.toast(plain(done))
        st.rerun()


def offer_anew(
    conflict: Conflict,
    trouble: str,
    label: str,
    forget: Callable[[], None],
    *,
    key: str | None = None,
) -> None:
    """Say who was quicker, and offer the form as they left it; `forget` drops what was seen."""
    st.warning(f"{trouble}: {plain(str(conflict))}")
    st.button(label, on_click=forget, key=key)


def go_to_chart(patient_id: UUID, done: str) -> None:
    """Go on to a chart, which says what was done: a toast of the page left behind is not shown."""
    loaders.forget()
    st.session_state[DONE] = done
    st.switch_page(page_at("patient"), query_params={"id": str(patient_id)})


def say_what_was_done() -> None:
    """Say, once, what was done on the page that led here."""
    done = st.session_state.pop(DONE, None)
    if done is not None:
        st.toast(plain(done), duration="long")


def ask_first(label: str, question: str, answer: str, *, key: str) -> bool:
    """Draw a button that asks before it acts; return whether the answer was given just now."""
    times = f"answered-{key}"
    # Under a key of its own after each answer: one that was answered would stay open otherwise.
    with st.popover(label, key=f"ask-{key}-{st.session_state.get(times, 0)}"):
        st.text(question)
        return st.button(answer, key=key, type="primary", on_click=_count, args=(times,))


def _count(times: str) -> None:
    st.session_state[times] = st.session_state.get(times, 0) + 1
