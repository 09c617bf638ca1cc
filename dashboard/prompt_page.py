"""The clinic's lines for review prompts, on the Definitions page: with sources, and a change."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import loaders
from dashboard.attempts import attempt
from dashboard.formats import moment, plain
from dashboard.tables import table_of
from dashboard.wording import prompt_rules as words
from data.actions.prompt_rules import set_prompt_rules
from data.database import configured_engine
from data.queries.prompt_rules import PromptPolicies, read_prompt_rules
from models.errors import Conflict
from models.outcomes.prompt_rules import (
    FEWEST_MISSED,
    LONGEST_SNOOZE,
    MOST_MISSED,
    OF_SAFETY,
    WEEKS_AHEAD,
    Prompt,
    PromptRules,
)
from models.policy import Operation, Person

SEEN = "prompts_being_changed"
SHARES = ("gain_first", "gain_second", "chance")


def draw(person: Person) -> None:
    found = read_prompt_rules(configured_engine(), person)
    st.subheader(words.TITLE)
    st.text(words.WHAT)
    st.html(table_of(words.columns(found.in_force), words.rows(found.in_force)))
    st.html(table_of(words.KIND_COLUMNS, words.kinds(found.in_force), is_narrow=True))
    if person.may_somewhere(Operation.SET_POLICY):
        _offer_change(person, st.session_state.setdefault(SEEN, found.in_force))
        _draw_history(person, found)


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _offer_change(person: Person, seen: PromptRules) -> None:
    with st.expander(words.CHANGE), st.form(f"prompts-{seen.revision}", border=False):
        st.text(words.WHAT_A_CHANGE_DOES)
        left, right = st.columns(2)
        shares = {
            name: left.number_input(
                words.name_in_percent(name), 1, 100, round(getattr(seen, name) * 100)
            )
            for name in SHARES
        }
        days = right.selectbox(
            words.NAMES["chance_days"],
            WEEKS_AHEAD,
            WEEKS_AHEAD.index(seen.chance_days),
            format_func=words.days,
        )
        missed = right.number_input(words.NAMES["missed"], FEWEST_MISSED, MOST_MISSED, seen.missed)
        snooze = right.number_input(words.NAMES["snooze_days"], 1, LONGEST_SNOOZE, seen.snooze_days)
        st.text(words.WHICH)
        wanted = {
            prompt: st.checkbox(words.KINDS[prompt], seen.wants(prompt), key=f"wants-{prompt}")
            for prompt in Prompt
            if prompt not in OF_SAFETY
        }
        reason = st.text_input(words.WHY, max_chars=400)
        sent = st.form_submit_button(words.CHANGE_IT)
    if sent:
        made = {
            **{name: _share(percent, getattr(seen, name)) for name, percent in shares.items()},
            "chance_days": days,
            "missed": int(missed),
            "snooze_days": int(snooze),
            "off": frozenset(prompt for prompt, is_on in wanted.items() if not is_on),
        }
        _change(person, seen, made, reason)


def _share(percent: float, before: float) -> float:
    """Return the share of whole percents; what was not touched stays what it was, to the last."""
    return before if round(before * 100) == percent else percent / 100


def _change(person: Person, seen: PromptRules, made: dict[str, object], reason: str) -> None:
    def act() -> PromptRules:
        lines = replace(seen, **made)  # type: ignore[arg-type]
        return set_prompt_rules(configured_engine(), person, lines=lines, reason=reason)

    try:
        is_changed, lines = attempt(act, words.NOT_CHANGED)
    except Conflict as conflict:
        st.warning(f"{words.NOT_CHANGED}: {plain(str(conflict))}")
        st.button(words.AS_IT_IS_NOW, on_click=_forget, key="prompts-now")
        return
    if is_changed:
        _forget()
        loaders.forget()
        st.toast(words.changed(lines))
        st.rerun()


def _draw_history(person: Person, found: PromptPolicies) -> None:
    with st.expander(words.HISTORY):
        if not found.history:
            st.text(words.NO_HISTORY)
            return
        zone = loaders.group(person).zone
        before = [it.lines for it in found.history[1:]] + [PromptRules()]
        rows = [
            (
                str(it.lines.revision),
                f"{moment(it.recorded_at, zone)}, {it.recorded_by}",
                words.differences(earlier, it.lines),
                it.reason,
            )
            for it, earlier in zip(found.history, before, strict=True)
        ]
        st.html(table_of(words.HISTORY_COLUMNS, rows))
