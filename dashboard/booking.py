"""The next infusion of a patient: for when it is booked, and booking, moving or taking it back."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

import streamlit as st

from dashboard.attempts import attempt
from dashboard.chart_access import may
from dashboard.formats import plain
from dashboard.wording import booking as words
from data.actions.planned_infusions import FARTHEST, plan_infusion, withdraw_planned
from data.database import configured_engine
from data.queries.chart import Chart
from data.queries.planned_infusions import Planned, read_planned
from models.errors import Conflict
from models.policy import Operation, Person


def draw(person: Person, chart: Chart) -> Planned:
    """Draw what is booked, and what changes it for whoever may; return it for the picture."""
    planned = read_planned(configured_engine(), person, chart.patient.patient_id)
    tone = " ag-off" if words.is_gone_by(planned) else ""
    with st.container(horizontal=True, vertical_alignment="center", key="booking"):
        said = escape(words.said(planned))
        st.html(f"<div class='ag-line{tone}'><small>{said}</small></div>", width="content")
        if may(person, chart, Operation.PLAN_INFUSION):
            _offer(person, chart, planned)
    return planned


def _offer(person: Person, chart: Chart, planned: Planned) -> None:
    patient = chart.patient
    key = f"booking-{patient.patient_id}"
    seen = _seen_version(planned, key)
    with st.popover(words.LABEL, icon=":material/event:", type="tertiary"):
        day, saves = _ask_day(planned, key, seen)
        reason, takes_back = _ask_reason(key) if planned.booked_on else ("", False)
        st.html(f"<p class='ag-note'>{escape(words.ABOUT)}</p>")
        _draw_earlier(planned, patient.time_zone)
    engine = configured_engine()
    common: dict[str, Any] = {"patient_id": patient.patient_id, "seen_version": seen}
    if saves and day is None:
        st.error(words.NO_DAY)
    elif saves:
        _do(lambda: plan_infusion(engine, person, planned_on=day, **common), words.SAVED)
    elif takes_back:
        _do(lambda: withdraw_planned(engine, person, reason=reason, **common), words.TAKEN_BACK)


def _seen_version(planned: Planned, key: str) -> int:
    """Return the version that was on the screen when a button was pressed, else the one now."""
    pressed = any(st.session_state.get(f"{key}-{button}") for button in ("save", "back"))
    if not pressed:
        st.session_state[f"{key}-seen"] = planned.version
    return int(st.session_state.get(f"{key}-seen", planned.version))


def _ask_day(planned: Planned, key: str, seen: int) -> tuple[date | None, bool]:
    with st.form(f"{key}-day", border=False):
        day = st.date_input(
            words.BOOKED_FOR,
            planned.booked_on,
            min_value=planned.today,
            max_value=planned.today + FARTHEST,
            format="YYYY-MM-DD",
            key=f"{key}-on-{seen}",
        )
        return day, st.form_submit_button(words.SAVE, type="primary", key=f"{key}-save")


def _ask_reason(key: str) -> tuple[str, bool]:
    with st.form(f"{key}-why", border=False):
        reason = st.text_input(words.WHY, max_chars=400, key=f"{key}-reason")
        return reason, st.form_submit_button(words.TAKE_BACK, key=f"{key}-back")


def _draw_earlier(planned: Planned, zone: str) -> None:
    if planned.history:
        lines = "".join(f"<li>{escape(words.line(it, zone))}</li>" for it in planned.history[:5])
        st.html(f"<div class='ag-basis'>{words.EARLIER}<ul>{lines}</ul></div>")


def _do(act: Any, done: str) -> None:
    try:
        is_done, _ = attempt(act, words.NOT_SAVED)
    except Conflict as conflict:
        st.warning(f"{words.NOT_SAVED}: {plain(str(conflict))}")
        return
    if is_done:
        st.toast(done)
        st.rerun()
