"""Durations: one sentence a manager could repeat, and every denominator; filters narrow both."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from dashboard.wording import durations as words
from tests.clinic import LOST
from tests.dashboard.views.people import clinician_at
from tests.dashboard.views.screens import open_screen
from tests.histories import on

HOLDING = "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 8\n56 | - | 9"
NO_RESPONSE = "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 18"
NO_BASELINE = "day | infusion | PHQ-9\n0 | yes | -\n7 | - | 8"


@pytest.fixture
def followed(clinic):
    for number in range(3):
        clinic.register(f"DEN-{number}", indication="depression", records=LOST)
    clinic.register("DEN-3", records=HOLDING)
    clinic.register("DEN-4", records=NO_RESPONSE)
    clinic.register("PHX-1", site=clinic.phoenix, indication="ptsd", records=LOST)
    clinic.register("PHX-2", site=clinic.phoenix, records=NO_BASELINE)
    return clinic


def funnel(screen):
    return next(text.value for text in screen.at.text if "course" in text.value)


def test_the_sentence_and_every_denominator(followed):
    screen = open_screen("durations")
    assert funnel(screen) == (
        "PHQ-9: 7 courses; 6 with a stated response, of which 5 responded (followed below). "
        "Not stated: 1 without a baseline."
    )
    assert screen.at.subheader[0].value == (
        "Too few PHQ-9 responses to say how long they hold: 5 courses of 5 patients, 4 lost. "
        "Each is drawn below."
    )


def test_from_ten_patients_on_there_is_a_sentence_to_repeat(clinic):
    for number in range(words.FEWEST):
        clinic.register(f"DEN-{number}", records=LOST)
    # All ten were seen lost between days 14 and 21 (tests.clinic.LOST).
    [said] = [it.value for it in open_screen("durations").at.subheader if "Half" in it.value]
    assert re.match(r"Half of PHQ-9 responses were lost by day (1[5-9]|2[01])\b", said)


def test_both_figures_have_their_words(followed):
    curves, swimmer = (chart.proto for chart in open_screen("durations").at.get("plotly_chart"))
    for figure in (curves, swimmer):
        assert json.loads(figure.spec)["data"]
        assert "course" in figure.alt


def test_the_courses_under_each_other_are_counted_in_words(followed):
    assert "5 courses, shortest first." in open_screen("durations").said
    assert words.how_many(1_150) == (
        "1,150 courses, shortest first; 60 drawn, evenly spaced, 1,090 more between them."
    )


def test_the_method_and_its_caveat_stand_under_the_numbers(followed):
    said = open_screen("durations").said
    assert "Clinic rules, revision 1." in said
    assert "A curve of a group does not foretell one person." in said


@pytest.mark.parametrize(
    ("label", "value", "courses"),
    [
        ("Site", "Phoenix", "2 courses"),
        ("Indication", "ptsd", "1 course"),
        ("Kind of course", "induction", "7 courses"),
        ("Route", "IV", "7 courses"),
    ],
)
def test_a_filter_narrows_the_courses(followed, label, value, courses):
    screen = open_screen("durations")
    screen.field("selectbox", label).set_value(value)
    assert funnel(screen.run()).startswith(f"PHQ-9: {courses};")


@pytest.mark.parametrize(
    ("label", "value"),
    [("Kind of course", "maintenance"), ("Route", "SL"), ("Instrument", "GAD-7")],
)
def test_a_filter_that_leaves_nothing_draws_no_curve(followed, label, value):
    screen = open_screen("durations")
    screen.field("selectbox", label).set_value(value)
    screen.run()
    assert [it.value for it in screen.at.info] == [words.NOTHING_HELD]
    assert not screen.at.get("plotly_chart")


def test_dates_narrow_once_both_are_chosen(followed):
    screen = open_screen("durations")
    dates = screen.field("date_input", "Courses ended between")
    dates.set_value((on(1), on(5)))
    assert "0 courses" in funnel(screen.run())
    screen.field("date_input", "Courses ended between").set_value((date(2025, 1, 1), on(0)))
    assert "7 courses" in funnel(screen.run())


def test_courses_that_all_hold_have_no_median(clinic):
    for number in range(words.FEWEST):
        clinic.register(f"DEN-{number}", records=HOLDING)
    screen = open_screen("durations")
    assert "the median is not reached (10 courses, 10 patients)" in screen.said
    assert "not reached" in screen.table["Median"].iloc[0]


def test_a_clinician_still_sees_each_course_of_their_site(followed):
    screen = open_screen("durations", person=clinician_at(followed.denver))
    assert len(screen.at.get("plotly_chart")) == 2
    assert words.SWIMMER in [it.value for it in screen.at.subheader]
