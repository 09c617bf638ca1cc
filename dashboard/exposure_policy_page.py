"""When screens are due and which pressure is high, on the Definitions page, and a change of it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import loaders
from dashboard.attempts import attempt
from dashboard.formats import moment, plain
from dashboard.tables import table_of
from dashboard.wording import exposure_policy as words
from data.actions.exposure_policies import set_exposure_policy
from data.database import configured_engine
from data.queries.exposure_policies import Policies, read_exposure_policies
from models.errors import Conflict
from models.exposure_policy import LEAST, MOST, SOURCES, Policy
from models.policy import Operation, Person

SEEN = "exposure_policy_being_changed"


def draw(person: Person) -> None:
    policies = read_exposure_policies(configured_engine(), person)
    st.subheader(words.TITLE)
    st.text(words.about(policies.in_force))
    st.html(table_of(words.COLUMNS, words.rows(policies.in_force)))
    if person.may_somewhere(Operation.SET_POLICY):
        _offer_change(person, st.session_state.setdefault(SEEN, policies.in_force))
        _draw_history(person, policies)


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _offer_change(person: Person, seen: Policy) -> None:
    with st.expander(words.CHANGE), st.form(f"exposure-{seen.revision}", border=False):
        st.text(words.WHAT_A_CHANGE_DOES)
        values = seen.to_dict()
        asked = {
            name: st.number_input(
                words.name(name), LEAST.get(name, 1), MOST[name], values[name], key=f"ex-{name}"
            )
            for name in SOURCES
        }
        reason = st.text_input(words.WHY, max_chars=400)
        sent = st.form_submit_button(words.CHANGE_IT)
    if sent:
        whole = {name: int(value) for name, value in asked.items()}
        _change(person, replace(seen, **whole), reason)


def _change(person: Person, policy: Policy, reason: str) -> None:
    def act() -> Policy:
        return set_exposure_policy(configured_engine(), person, policy=policy, reason=reason)

    try:
        is_changed, made = attempt(act, words.NOT_CHANGED)
    except Conflict as conflict:
        st.warning(f"{words.NOT_CHANGED}: {plain(str(conflict))}")
        st.button(words.AS_IT_IS_NOW, on_click=_forget)
        return
    if is_changed:
        _forget()
        st.toast(words.changed(made))
        st.rerun()


def _draw_history(person: Person, policies: Policies) -> None:
    with st.expander(words.HISTORY):
        if not policies.history:
            st.text(words.NO_HISTORY)
            return
        zone = loaders.group(person).zone
        rows = [
            (
                str(it.policy.revision),
                f"{moment(it.recorded_at, zone)}, {it.recorded_by}",
                words.differences(it.changed),
                it.reason,
            )
            for it in policies.history
        ]
        st.html(table_of(words.HISTORY_COLUMNS, rows))
