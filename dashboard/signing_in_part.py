"""How people sign in, on the Sessions page, and a change of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.policy_changes import offer_change
from dashboard.tables import table_of
from dashboard.wording import signing_in as words
from data.database import configured_engine
from data.policies import SIGNING_IN
from data.queries.policies import read_policy
from models.access import BOUNDS, Settings
from models.policy import Person


def draw(person: Person) -> None:
    settings = read_policy(configured_engine(), person, SIGNING_IN)
    st.subheader(words.TITLE)
    st.html(table_of(words.columns(settings), words.rows(settings), is_narrow=True))
    offer_change(person, SIGNING_IN, settings, words, _ask)


def _ask(seen: Settings) -> Callable[[], Settings]:
    values = {
        name: st.number_input(words.label(name), *bounds, getattr(seen, name), key=f"s-{name}")
        for name, bounds in BOUNDS.items()
    }
    second = st.checkbox(words.NAMES["second_factor"], seen.second_factor)
    return lambda: replace(
        seen, **{name: int(value) for name, value in values.items()}, second_factor=second
    )
