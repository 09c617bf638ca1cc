"""Changing one user: what they may do, and letting them in or out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import streamlit as st

from dashboard.attempts import ask_first, attempt, attempt_and_reload, offer_anew
from dashboard.formats import plain
from dashboard.user_list import ask_roles, ask_sites, draw_link
from dashboard.wording import users as words
from data.actions.sessions import end_sessions_of
from data.actions.users import (
    change_user,
    disable_user,
    enable_user,
    new_welcome_link,
    reset_second_factor,
)
from data.database import configured_engine
from data.queries.users import UserRow
from models.errors import Conflict
from models.policy import Person, Role

SEEN = "user_being_changed"


def offer_changing(person: Person, rows: Sequence[UserRow], sites: Mapping[str, UUID]) -> None:
    """Let one be chosen, by id: a name may change while the page is open."""
    st.subheader(words.CHANGE)
    by_id = {row.user_id: row for row in rows}
    chosen = st.selectbox(
        words.CHOOSE,
        list(by_id),
        index=None,
        format_func=lambda user_id: f"{by_id[user_id].name} ({by_id[user_id].sign_in_name})",
        placeholder=words.CHOOSE_ONE,
        key="user",
        width=420,
    )
    if chosen is None:
        return
    _draw_form(person, _as_first_seen(by_id[chosen]), sites)
    _draw_steps(person, by_id[chosen])


def _as_first_seen(now: UserRow) -> UserRow:
    """Return the user as this form first showed them, so that a change by others is noticed."""
    seen: UserRow | None = st.session_state.get(SEEN)
    if seen is None or seen.user_id != now.user_id:
        seen = now
        st.session_state[SEEN] = now
    return seen


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _draw_form(person: Person, seen: UserRow, sites: Mapping[str, UUID]) -> None:
    is_patient = seen.patient_number is not None
    with st.form(f"change-{seen.user_id}-{seen.version}", border=False):
        name = st.text_input(words.NAME, seen.name)
        held, chosen, sees_all = seen.roles, seen.site_ids, seen.sees_all_sites
        if is_patient:
            st.text(f"{words.sites(seen).capitalize()}. {words.SEE_OWN}")
        else:
            held = ask_roles([role for role in Role if role in seen.roles])
            chosen, sees_all = ask_sites(
                sites, [site for site in seen.sites if site in sites], sees_all=seen.sees_all_sites
            )
            st.text(words.ENDS_SESSIONS)
        sent = st.form_submit_button(words.SAVE)
    if sent:
        values = {"name": name, "roles": held, "site_ids": chosen, "sees_all_sites": sees_all}
        _save(person, seen, values)


def _save(person: Person, seen: UserRow, values: dict[str, Any]) -> None:
    def act() -> None:
        ids = {"user_id": seen.user_id, "seen_version": seen.version}
        change_user(configured_engine(), person, **ids, **values)
        _forget()

    try:
        attempt_and_reload(act, words.NOT_CHANGED, words.changed(values["name"]))
    except Conflict as conflict:
        offer_anew(conflict, words.NOT_CHANGED, words.AS_IT_IS_NOW, _forget)


def _draw_steps(person: Person, now: UserRow) -> None:
    """Draw what lets somebody in or out; each asks first."""
    engine, name, one = configured_engine(), now.name, {"user_id": now.user_id}
    with st.container(horizontal=True):
        if now.disabled_at is not None:
            _step(words.ENABLE, words.ask_enable, now, lambda: enable_user(engine, person, **one))
            return
        wants_link = ask_first(
            words.NEW_LINK,
            words.ask_new_link(name),
            yes(words.NEW_LINK, now),
            key=f"link-{now.user_id}",
        )
        if now.has_second_factor:
            _step(
                words.RESET_FACTOR,
                words.ask_reset,
                now,
                lambda: reset_second_factor(engine, person, **one),
            )
        _step(
            words.SIGN_OUT, words.ask_sign_out, now, lambda: end_sessions_of(engine, person, **one)
        )
        _step(words.DISABLE, words.ask_disable, now, lambda: disable_user(engine, person, **one))
    if wants_link:
        is_done, token = attempt(lambda: new_welcome_link(engine, person, **one), words.NOT_DONE)
        if is_done:
            draw_link(name, token)


def _step(label: str, ask: Callable[[str], str], now: UserRow, act: Callable[[], None]) -> None:
    key = f"{label}-{now.user_id}"
    if ask_first(label, ask(now.name), yes(label, now), key=key):
        _forget()
        attempt_and_reload(act, words.NOT_DONE, words.done(label, now.name))


def yes(label: str, now: UserRow) -> str:
    return plain(words.yes(label, now.name))
