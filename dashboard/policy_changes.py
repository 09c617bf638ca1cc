"""Offering a policy for change, and showing how it came to be: the same for each of them.

`words` is the policy's module in dashboard/wording.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType

import streamlit as st

from dashboard import loaders
from dashboard.attempts import attempt, offer_anew
from dashboard.formats import moment
from dashboard.tables import table_of
from dashboard.wording import policies as common
from data.actions.policies import set_policy
from data.database import configured_engine
from data.policies import Kind, V
from data.queries.policies import read_policy_history
from models.errors import Conflict
from models.policy import Operation, Person


def offer_change(
    person: Person,
    kind: Kind[V],
    now: V,
    words: ModuleType,
    ask: Callable[[V], Callable[[], V]],
) -> None:
    """Offer a form to whoever may change the policy, and below it every earlier change.

    `ask` draws the fields and returns what makes a policy of what they hold. The form keeps the
    revision it was opened with, so that nobody overwrites what they have not seen.
    """
    if not person.may_somewhere(Operation.SET_POLICY):
        return
    seen = st.session_state.setdefault(_key(kind), now)
    with st.expander(words.CHANGE), st.form(f"{kind.about}-{seen.revision}", border=False):
        st.text(words.WHAT_A_CHANGE_DOES)
        make = ask(seen)
        reason = st.text_input(words.WHY, max_chars=400)
        sent = st.form_submit_button(words.CHANGE_IT)
    if sent:
        _change(person, kind, words, make, reason)
    _draw_history(person, kind, words)


def _key(kind: Kind[V]) -> str:
    return f"{kind.about}_being_changed"


def _forget(kind: Kind[V]) -> None:
    st.session_state.pop(_key(kind), None)


def _change(
    person: Person, kind: Kind[V], words: ModuleType, make: Callable[[], V], reason: str
) -> None:
    def act() -> V:
        return set_policy(configured_engine(), person, kind, make(), reason=reason)

    try:
        with st.spinner(words.WORKING):
            is_changed, made = attempt(act, common.NOT_CHANGED)
    except Conflict as conflict:
        forget, key = partial(_forget, kind), f"now-{kind.about}"
        offer_anew(conflict, common.NOT_CHANGED, common.AS_IT_IS_NOW, forget, key=key)
        return
    if is_changed:
        _forget(kind)
        loaders.forget()
        st.toast(common.changed(words.TITLE, made.revision))
        st.rerun()


def _draw_history(person: Person, kind: Kind[V], words: ModuleType) -> None:
    with st.expander(words.HISTORY):
        history = read_policy_history(configured_engine(), person, kind)
        if not history:
            st.text(common.NO_HISTORY)
            return
        zone = loaders.group(person).zone
        rows = [
            (
                str(it.value.revision),
                f"{moment(it.recorded_at, zone)}, {it.recorded_by}",
                words.differences(it.before, it.value),
                it.reason,
            )
            for it in history
        ]
        st.html(table_of(common.HISTORY_COLUMNS, rows))
