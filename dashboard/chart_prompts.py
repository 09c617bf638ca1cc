"""The review prompts in force for a patient, on their chart, in the words of Today."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from dashboard import putting_aside
from dashboard.chart_access import may
from dashboard.tags import draw_tag
from dashboard.wording import put_aside as words
from dashboard.wording.reasons import By, explain, in_html, in_short
from data.database import configured_engine
from data.outlook_switch import is_outlook_on
from data.queries.chart import Chart
from data.queries.morning_rows import LookRow
from data.queries.prompts import read_prompts
from models.outcomes.prompt_rules import OF_SAFETY, Prompt
from models.policy import Operation, Person


def draw(person: Person, chart: Chart) -> None:
    """Draw what Today says of this patient but for open flags, which have a line of their own."""
    patient = chart.patient
    found = read_prompts(
        configured_engine(), person, patient.patient_id, tells_outlook=is_outlook_on()
    )
    by = By(found.rules, found.lines, chart.today)
    can_review = may(person, chart, Operation.REVIEW_PROMPT)
    for row in (*found.rows, *found.aside):
        if set(row.reasons) - {Prompt.SAFETY}:
            _draw_in_force(row, by, can_review=can_review)
        elif row.aside:
            _draw_aside(person, row, by, patient.time_zone, can_review=can_review)
    if can_review and putting_aside.is_open_for(patient.patient_id):
        putting_aside.draw_form(chart.today, found.lines.snooze_days)


def _draw_in_force(row: LookRow, by: By, *, can_review: bool) -> None:
    reasons = tuple(prompt for prompt in row.reasons if prompt is not Prompt.SAFETY)
    said = explain(replace(row, reasons=reasons), by)
    with st.container(key="on-chart-prompts", horizontal=True):
        draw_tag(said.tag, said.style)
        if can_review and OF_SAFETY.isdisjoint(row.reasons):
            putting_aside.draw_button(row, key="put-aside-here")
        aside = escape(words.mentioned(row, by.today))
        st.html(f"<div class='ag-line'>{in_html(said)} <small>{aside}</small></div>")


def _draw_aside(person: Person, row: LookRow, by: By, zone: str, *, can_review: bool) -> None:
    assert row.review is not None  # nothing is aside but by a review
    with st.container(key="on-chart-aside", horizontal=True):
        draw_tag(words.ASIDE, "ag-quiet")
        back = can_review and putting_aside.draw_back_button(row, key="bring-back-here")
        signed = escape(words.signed(row.review, zone))
        st.html(
            f"<div class='ag-line'>{escape(in_short(row, by))}<br><small>{signed}</small></div>"
        )
    if back:
        putting_aside.take_back(person, row)
