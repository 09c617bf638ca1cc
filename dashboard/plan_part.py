"""The clinic's plan of check-ins, on the Definitions page: in words, with sources, and a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.policy_changes import offer_change
from dashboard.tables import table_of
from dashboard.wording import plan as words
from data.database import configured_engine
from data.instruments import catalogue
from data.policies import PLAN
from data.queries.policies import read_policy
from models.checkins.plan import LONGEST_COUNT, MAIN, PULSE, Plan, Step
from models.policy import Person


def draw(person: Person) -> None:
    plan = read_policy(configured_engine(), person, PLAN)
    st.subheader(words.TITLE)
    st.text(words.counted(plan))
    st.html(table_of(words.STEP_COLUMNS, words.steps(plan)))
    st.html(table_of(words.TABLE_COLUMNS, words.instruments(plan), is_narrow=True))
    offer_change(person, PLAN, plan, words, _ask)


def _ask(seen: Plan) -> Callable[[], Plan]:
    asked = _ask_counts(seen) | {
        "steps": [_ask_step(at, step) for at, step in enumerate([*seen.steps, None])]
    }
    asked |= _ask_instruments(seen)
    return lambda: made_of(seen, asked)


def _ask_counts(seen: Plan) -> dict[str, Any]:
    left, right = st.columns(2)
    return {
        "baseline_every": left.number_input(words.BASELINE_EVERY, 1, 90, seen.baseline_every),
        "full_within": right.number_input(words.FULL_WITHIN, 1, 90, seen.full_within),
    }


def _ask_step(at: int, step: Step | None) -> tuple[str, str, Any, int]:
    """Ask for one step; the last, empty one is how a step is added."""
    name, days, asks, open_days = st.columns([1, 2.4, 1.2, 0.8])
    label = step.name if step else words.NEW_STEP
    kinds: list[Any] = [MAIN, PULSE]
    if step and step.instruments not in kinds:
        kinds.append(step.instruments)
    return (
        name.text_input(words.step_label(words.NAME, label), step.name if step else ""),
        days.text_input(words.step_label(words.DAYS, label), words.days(step) if step else ""),
        asks.selectbox(
            words.step_label(words.ASKS, label),
            kinds,
            kinds.index(step.instruments) if step else 0,
            format_func=words.asks,
            key=f"plan-asks-{at}",
        ),
        open_days.number_input(
            words.step_label(words.OPEN_DAYS, label), 1, 14, step.open_days if step else 7
        ),
    )


def _ask_instruments(seen: Plan) -> dict[str, Any]:
    shown = [code for code, it in catalogue().items() if it.has_text]
    main: dict[str, tuple[str, ...]] = {}
    pulse: dict[str, str] = {}
    for indication in seen.main:
        full, short = st.columns([2, 1])
        named = words.indication(indication)
        main[indication] = tuple(
            full.multiselect(words.step_label(words.FULL, named), shown, seen.main[indication])
        )
        now = seen.pulse_of(indication)[0]
        choice = short.selectbox(
            words.step_label(words.SHORT, named), shown, shown.index(now), key=f"p-{indication}"
        )
        if choice != now or indication in seen.pulse:
            pulse[indication] = choice
    return {"main": main, "pulse": pulse}


def made_of(seen: Plan, asked: Mapping[str, Any]) -> Plan:
    """Return the plan of what was asked. Raises DefinitionError, or Refused for days that are none.

    A step without days is taken out.
    """
    steps = tuple(
        Step(name.strip(), words.read_days(days, LONGEST_COUNT), asks, int(open_days))
        for name, days, asks, open_days in asked["steps"]
        if days.strip()
    )
    return replace(
        seen,
        baseline_every=int(asked["baseline_every"]),
        full_within=int(asked["full_within"]),
        steps=steps,
        main=asked["main"],
        pulse=asked["pulse"],
    )
