"""The clinic's rules on the Definitions page: with sources, and a change of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard import loaders
from dashboard.policy_changes import offer_change
from dashboard.tables import table_of
from dashboard.wording import rules as words
from data.policies import RULES
from models.outcomes.rules import SOURCES, Rules
from models.policy import Person


def draw(person: Person) -> None:
    rules = loaders.rules(person)
    st.subheader(words.TITLE)
    st.html(table_of(words.columns(rules), words.rows(rules)))
    offer_change(person, RULES, rules, words, _ask)


def _ask(seen: Rules) -> Callable[[], Rules]:
    values = {
        name: st.number_input(
            words.name(name), min_value=1, value=getattr(seen, name), step=1, key=f"rule-{name}"
        )
        for name in SOURCES
    }
    return lambda: replace(seen, **{name: int(value) for name, value in values.items()})
