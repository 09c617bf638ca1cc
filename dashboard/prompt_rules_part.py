"""The clinic's lines for review prompts, on the Definitions page: with sources, and a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.policy_changes import offer_change
from dashboard.tables import table_of
from dashboard.wording import prompt_rules as words
from data.database import configured_engine
from data.outlook_switch import is_outlook_on
from data.policies import PROMPTS
from data.queries.policies import read_policy
from models.outcomes.prompt_rules import (
    FEWEST_MISSED,
    LONGEST_SNOOZE,
    MOST_MISSED,
    OF_SAFETY,
    WEEKS_AHEAD,
    Prompt,
    PromptRules,
)
from models.policy import Person

SHARES = ("gain_first", "gain_second", "chance")


def draw(person: Person) -> None:
    rules = read_policy(configured_engine(), person, PROMPTS)
    st.subheader(words.TITLE)
    st.text(words.WHAT)
    st.html(table_of(words.columns(rules), words.rows(rules)))
    kinds = words.kinds(rules, has_outlooks=is_outlook_on())
    st.html(table_of(words.KIND_COLUMNS, kinds, is_narrow=True))
    offer_change(person, PROMPTS, rules, words, _ask)


def _ask(seen: PromptRules) -> Callable[[], PromptRules]:
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
    return lambda: replace(
        seen,
        **{name: _share(percent, getattr(seen, name)) for name, percent in shares.items()},
        chance_days=days,
        missed=int(missed),
        snooze_days=int(snooze),
        off=frozenset(prompt for prompt, is_on in wanted.items() if not is_on),
    )


def _share(percent: float, before: float) -> float:
    """Return the share of whole percents; what was not touched stays what it was, to the last."""
    return before if round(before * 100) == percent else percent / 100
