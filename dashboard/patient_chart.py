"""The parts of the Patient page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import course_timing, theme
from dashboard.charts.domains import draw_domains as domains_figure
from dashboard.charts.steps import draw_steps as steps_figure
from dashboard.formats import clock, day, dose, is_blank, number
from dashboard.sitemap import page_at
from dashboard.wording import chart as words
from dashboard.wording.courses import (
    compare_domains,
    describe_domains,
    describe_steps,
    explain_absent,
    held_in_words,
)
from dashboard.wording.exposure import KINDS, result
from data.instruments import catalogue
from data.queries.chart import Chart
from data.queries.exposure import DoneScreen
from models.instrument import Instrument
from models.outcomes.courses import Kind
from models.policy import Person


def draw_head(chart: Chart, *, can_record: bool) -> None:
    patient = chart.patient
    who, act = st.columns([2, 1.8], vertical_alignment="center")
    who.html(
        f"<div class='ag-head'><h1>{escape(patient.name or patient.code)}</h1></div>"
        f"<div class='ag-line'>{escape(words.facts(chart))}<br>"
        f"<small>{escape(words.lately(chart))}</small></div>"
    )
    if not can_record:
        return
    with act.container(horizontal=True, horizontal_alignment="right"):
        for label, what in (("Record an infusion", "infusion"), ("Record a score", "score")):
            st.page_link(
                page_at("record"),
                label=label,
                icon=":material/add:",
                query_params={"id": str(patient.patient_id), "what": what},
            )
        who_it_is = str(patient.patient_id)
        st.page_link(
            page_at("correct"),
            label="Correct the details",
            icon=":material/edit:",
            query_params={"id": who_it_is, "kind": "patient", "record": who_it_is},
        )


def choose_instrument(chart: Chart) -> Instrument | None:
    """Return the instrument to show: the main one first, others on request."""
    known = catalogue()
    codes = [code for code in dict.fromkeys(chart.scores["instrument"]) if code in known]
    if not codes:
        st.info(words.NO_SCORES)
        return None
    main = chart.patient.main_instrument
    first = main if main in codes else codes[0]
    code = first
    if len(codes) > 1:
        codes.sort(key=lambda code: (code != first, code))
        code = (
            st.segmented_control(
                "Instrument",
                codes,
                default=first,
                required=True,
                key=f"instrument-{chart.patient.patient_id}",
                label_visibility="collapsed",
            )
            or first
        )
    return known[code]


def draw_courses(person: Person, chart: Chart, instrument: Instrument | None) -> None:
    if chart.courses.empty:
        st.info(words.NO_COURSES)
        return
    if instrument is None:
        rows = [_course_row(row, None, None, chart) for row in chart.courses.itertuples()]
    else:
        episodes = chart.episodes[chart.episodes["instrument"] == instrument.code]
        counted = episodes.merge(chart.courses[["course_no", "infusions"]], on="course_no")
        rows = [_course_row(row, row, instrument, chart) for row in counted.itertuples()]
    st.html(
        "<table class='ag-courses ag-stack'><thead><tr>"
        + "".join(f"<th>{label}</th>" for label in words.COURSE_COLUMNS)
        + "</tr></thead><tbody>"
        + "".join(reversed(rows))
        + "</tbody></table>"
    )
    if instrument is not None:
        course_timing.draw_timing(person, chart, instrument)


def _course_row(course: Any, episode: Any, instrument: Instrument | None, chart: Chart) -> str:
    held = (
        held_in_words(
            episode, chart.rules, instrument, left_on=chart.patient.left_on, today=chart.today
        )
        if instrument is not None
        else words.NO_SCORES
    )
    cells = (
        f"{course.course_no}. {words.kind(course.kind, course.infusions)}",
        day(course.end_on),
        words.baseline(episode.baseline) if episode else "none",
        number(episode.best) if episode else "",
        held,
    )
    labels = ("", *words.COURSE_COLUMNS[1:4], "")
    return (
        "<tr>"
        + "".join(
            f"<td data-label='{label}'>{escape(cell)}</td>" if label else f"<td>{escape(cell)}</td>"
            for label, cell in zip(labels, cells, strict=True)
        )
        + "</tr>"
    )


def draw_steps(chart: Chart, instrument: Instrument | None) -> None:
    st.text(words.WITHIN)
    if instrument is None or chart.courses.empty:
        st.info(words.NO_STEPS)
        return
    numbers = sorted(chart.courses["course_no"], reverse=True)
    inductions = chart.courses[chart.courses["kind"] == Kind.INDUCTION]["course_no"]
    course_no = st.selectbox(
        "Course",
        numbers,
        numbers.index(max(inductions)),  # the first course is always an induction
        key=f"course-{chart.patient.patient_id}",
        width=160,
    )
    figure = steps_figure(chart, instrument, course_no, dark=theme.is_dark())
    if figure is None:
        st.info(words.NO_STEPS)
        return
    said = describe_steps(chart, instrument, course_no)
    st.plotly_chart(figure, config=theme.CHART, theme=None, key="steps", alt=said)
    st.text(said)


def draw_domains(chart: Chart) -> None:
    figure = domains_figure(chart, catalogue(), dark=theme.is_dark())
    absent = explain_absent(chart, catalogue())
    if figure is None:
        st.info(f"{words.NO_DOMAINS} {absent}".strip())
        return
    st.text(f"{compare_domains(chart, catalogue())} {absent}".strip())
    said = describe_domains(chart, catalogue())
    st.plotly_chart(figure, config=theme.CHART, theme=None, key="domains", alt=said)


def draw_records(chart: Chart, screens: Sequence[DoneScreen], *, can_correct: bool) -> None:
    """Draw every record, the latest first; choosing one opens it for whoever may correct it."""
    records = _records(chart, screens)
    if records.empty:
        st.info(words.NO_RECORDS)
        return
    shown = records.drop(columns=["kind", "record_id"])
    if not can_correct:
        st.dataframe(shown, hide_index=True, alt=words.ALL_RECORDS)
        return
    event = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"records-{chart.patient.patient_id}",
        alt=f"{words.ALL_RECORDS} Choose a row to correct it.",
    )
    for chosen in event["selection"]["rows"]:
        record = records.iloc[chosen]
        st.switch_page(
            page_at("correct"),
            query_params={
                "id": str(chart.patient.patient_id),
                "kind": record["kind"],
                "record": str(record["record_id"]),
            },
        )
    st.text(words.CORRECT)


def _records(chart: Chart, screens: Sequence[DoneScreen]) -> pd.DataFrame:
    infusions = [
        ("infusion", row.infusion_id, row.day, clock(row.at), "Infusion", _given(row), row)
        for row in chart.infusions.itertuples()
    ]
    scores = [
        ("assessment", row.assessment_id, row.day, clock(row.at), row.instrument, _scored(row), row)
        for row in chart.scores.itertuples()
    ]
    screened = [
        ("screen", row.screen_id, row.done_on, "", KINDS[row.kind], result(row), row)
        for row in screens
    ]
    ordered = sorted(
        infusions + scores + screened, key=lambda record: (record[2], record[3]), reverse=True
    )
    return pd.DataFrame(
        [
            {
                "kind": kind,
                "record_id": record_id,
                "Day": on,
                "Time": at,
                "What": what,
                "Value": value,
                "Note": _note(row),
                "Entered by": row.recorded_by,
                "Version": row.version,
            }
            for kind, record_id, on, at, what, value, row in ordered
        ]
    )


def _note(row: Any) -> str:
    note = getattr(row, "note", None)  # a screen's words are its result
    return "" if is_blank(note) else str(note)


def _given(row: Any) -> str:
    return " ".join(part for part in (row.route, dose(row.dose_mg, row.mg_kg)) if part)


def _scored(row: Any) -> str:
    if pd.isna(row.total):
        return "incomplete, no score"
    stated = ""
    if row.items is not None and not pd.isna(row.stated_total) and row.stated_total != row.total:
        stated = f" (stated {number(row.stated_total)})"
    return number(row.total) + (", some answers missing" if row.is_prorated else "") + stated
