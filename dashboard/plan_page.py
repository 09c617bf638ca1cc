"""The clinic's plan of check-ins, on the Definitions page: in words, with sources, and a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard import loaders
from dashboard.attempts import attempt
from dashboard.formats import moment, plain
from dashboard.tables import table_of
from dashboard.wording import checkin_plan as words
from data.actions.checkin_plans import set_plan
from data.database import configured_engine
from data.instruments import catalogue
from data.queries.checkin_plans import Plans, read_plans
from models.checkins.plan import LONGEST_COUNT, MAIN, PULSE, Plan, Step
from models.errors import Conflict
from models.policy import Operation, Person

SEEN = "plan_being_changed"


def draw(person: Person) -> None:
    plans = read_plans(configured_engine(), person)
    st.subheader(words.TITLE)
    st.text(words.counted(plans.in_force))
    st.html(table_of(words.STEP_COLUMNS, words.steps(plans.in_force)))
    st.html(table_of(words.TABLE_COLUMNS, words.instruments(plans.in_force), is_narrow=True))
    if person.may_somewhere(Operation.SET_POLICY):
        _offer_change(person, st.session_state.setdefault(SEEN, plans.in_force))
        _draw_history(person, plans)


def _forget() -> None:
    st.session_state.pop(SEEN, None)


def _offer_change(person: Person, seen: Plan) -> None:
    with st.expander(words.CHANGE), st.form(f"plan-{seen.revision}", border=False):
        st.text(words.WHAT_A_CHANGE_DOES)
        asked = _ask_counts(seen) | {
            "steps": [_ask_step(at, step) for at, step in enumerate([*seen.steps, None])]
        }
        asked |= _ask_instruments(seen)
        reason = st.text_input(words.WHY, max_chars=400)
        sent = st.form_submit_button(words.CHANGE_IT)
    if sent:
        _change(person, seen, asked, reason)


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


def _change(person: Person, seen: Plan, asked: Mapping[str, Any], reason: str) -> None:
    def act() -> Plan:
        return set_plan(configured_engine(), person, plan=made_of(seen, asked), reason=reason)

    try:
        with st.spinner(words.COUNTING):
            is_changed, made = attempt(act, words.NOT_CHANGED)
    except Conflict as conflict:
        st.warning(f"{words.NOT_CHANGED}: {plain(str(conflict))}")
        st.button(words.AS_IT_IS_NOW, on_click=_forget)
        return
    if is_changed:
        _forget()
        loaders.forget()
        st.toast(words.changed(made))
        st.rerun()


def _draw_history(person: Person, plans: Plans) -> None:
    with st.expander(words.HISTORY):
        if not plans.history:
            st.text(words.NO_HISTORY)
            return
        zone = loaders.group(person).zone
        rows = [
            (
                str(it.plan.revision),
                f"{moment(it.recorded_at, zone)}, {it.recorded_by}",
                it.reason,
            )
            for it in plans.history
        ]
        st.html(table_of(words.HISTORY_COLUMNS, rows))
