"""The sentences around one patient's picture."""

from __future__ import annotations

from datetime import date

from dashboard.formats import age, count, number, weekday
from dashboard.wording import statuses
from data.queries.chart import Chart
from models.instrument import Instrument
from models.outcomes.courses import Kind

COURSE_COLUMNS = ("Course", "Last infusion", "Baseline", "Best", "What it did")
COURSES, STEPS, DOMAINS, RECORDS = "Courses", "Within a course", "All instruments", "Records"
ACCESS = "Who opened this chart"
WITHIN = "The last score before each infusion of a course, and how it changed to the next."
NO_COURSES = "No infusion is recorded yet, so there is no course."
NO_STEPS = "Fewer than two infusions of this course have a score before them."
NO_DOMAINS = "No instrument has a baseline to compare with yet."
NO_SCORES = "No score is recorded yet. How long a course held cannot be told without scores."
NO_RECORDS = "Nothing is recorded yet."
ALL_RECORDS = "Everything recorded for this patient."
CORRECT = "Choose a row to correct it. The old version stays readable, with the reason."
UNREVIEWED = "not yet clinically reviewed"

# What the marks of the lane mean, and what others do that are not in every picture; HTML.
_BARS = (
    "<i class='seen'></i>seen responding",
    "<i class='lost'></i>lost between these two check-ins",
    "<i class='next'></i>ended by the next course, not lost",
    "<i class='maybe'></i>possible loss, or unseen for long",
    "<i class='silent'></i>no check-in: unknown",
    "<i class='left'></i>left",
    "<i class='none'></i>no response",
    "<i class='course'></i>infusions of a course",
    "&#9654; still holding",
)
UNSCORED = "<i class='unscored'></i>form incomplete, no score"


def legend(*more: str) -> str:
    """Return what the bars mean, and what `more` marks do; HTML."""
    spans = "".join(f"<span>{mark}</span>" for mark in (*_BARS, *more))
    return f"<div class='ag-legend' role='note'>{spans}</div>"


def facts(chart: Chart) -> str:
    """Return who this is in one line; plain text."""
    patient = chart.patient
    parts = [patient.code, statuses.indication(patient.indication), patient.site]
    if patient.birth_year:
        parts.append(f"born {patient.birth_year}")
    if patient.sex:
        parts.append(patient.sex)
    if patient.left_on:
        parts.append(f"left on {weekday(patient.left_on)} {patient.left_on.year}")
    parts += [f"{name.replace('_', ' ')} {value}" for name, value in patient.covariates.items()]
    return " · ".join(parts)


def lately(chart: Chart) -> str:
    """Return when the patient was last treated and last heard of; plain text."""
    parts = [_last("infusion", list(chart.infusions["day"]), chart.today)]
    parts.append(_last("check-in", list(chart.scores["day"]), chart.today))
    parts.append(count(len(chart.courses), "course"))
    answered = chart.scores[chart.scores["safety_answer"].notna()]
    if len(answered) and answered.iloc[-1]["safety_answer"] > 0:
        latest = answered.iloc[-1]
        asked = f"{latest['instrument']} safety item"
        parts.append(f"{asked} {number(latest['safety_answer'])} on {weekday(latest['day'])}")
    return " · ".join(parts)


def _last(what: str, days: list[date], today: date) -> str:
    return f"last {what} {age(max(days), today)}" if days else f"no {what} yet"


def about(instrument: Instrument) -> str:
    """Return what an instrument measures and whether a clinician has checked its definition."""
    review = f" · {UNREVIEWED}" if not instrument.checked_by else ""
    return f"{instrument.title}: {instrument.measures}, {instrument.recall}{review}"


def kind(code: str, infusions: int) -> str:
    name = "Induction" if code == Kind.INDUCTION else "Maintenance"
    return f"{name}, {count(infusions, 'infusion')}"


def baseline(value: object) -> str:
    return f"{number(value)}" if number(value) else "none"
