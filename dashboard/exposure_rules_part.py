"""When screens are due and which pressure is high, on the Definitions page, and a change of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from dashboard.policy_changes import offer_change
from dashboard.tables import table_of
from dashboard.wording import exposure_rules as words
from data.database import configured_engine
from data.policies import EXPOSURE
from data.queries.policies import read_policy
from models.exposure_rules import LEAST, MOST, SOURCES, ExposureRules
from models.policy import Person


def draw(person: Person) -> None:
    rules = read_policy(configured_engine(), person, EXPOSURE)
    st.subheader(words.TITLE)
    st.text(words.about(rules))
    st.html(table_of(words.COLUMNS, words.rows(rules)))
    offer_change(person, EXPOSURE, rules, words, _ask)


def _ask(seen: ExposureRules) -> Callable[[], ExposureRules]:
    values = seen.to_dict()
    asked = {
        name: st.number_input(
            words.name(name), LEAST.get(name, 1), MOST[name], values[name], key=f"ex-{name}"
        )
        for name in SOURCES
    }
    return lambda: replace(seen, **{name: int(value) for name, value in asked.items()})
