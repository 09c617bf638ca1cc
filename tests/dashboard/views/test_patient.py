"""One patient's page: the picture, each tab, and the way to every record."""

from __future__ import annotations

import json
import re

import pytest

from dashboard.wording.chart import COURSES, DOMAINS, RECORDS, STEPS
from tests.clinic import LOST
from tests.dashboard.views.screens import open_screen
from tests.histories import read_moment

SECOND = """
    day | infusion | PHQ-9 | GAD-7
    35  | yes      | 17    | 12
    42  | -        | 6     | 5
    56  | -        | 7     | 4
"""


@pytest.fixture
def mara(clinic):
    patient = clinic.register(
        "DEN-1", name="Mara Kent", indication="ptsd", birth_year=1980, records=LOST
    )
    clinic.record(patient, SECOND)
    return patient


def open_chart(patient, tab=COURSES):
    return open_screen("patient", id=patient).open_tab(f"tabs-{patient}", tab)


def test_the_head_says_who_and_when_last(mara):
    said = open_screen("patient", id=mara).said
    assert "DEN-1 · PTSD · Denver · born 1980" in said
    assert "last infusion 25 days ago · last check-in 4 days ago · 2 courses" in said


def test_the_courses_tab_says_how_long_each_held_the_latest_first(mara):
    [table] = [body for body in open_screen("patient", id=mara).html if "What it did" in body]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[2:]]
    assert [row[:4] for row in rows] == [
        ["2. Maintenance, 1 infusion", "9 Feb 2026", "20", "6"],
        ["1. Induction, 1 infusion", "5 Jan 2026", "20", "8"],
    ]
    assert rows[0][4].startswith("holding for at least 21 days, last seen responding on 2 Mar 2026")
    assert rows[1][4].startswith(
        "held 14–21 days: last seen responding on 19 Jan 2026, first seen not responding on 26 Jan"
    )


def test_the_picture_is_drawn_for_a_desk_and_for_a_phone_and_said_in_words(mara):
    screen = open_screen("patient", id=mara)
    wide, narrow = (chart.proto for chart in screen.at.get("plotly_chart")[:2])
    assert wide.alt == narrow.alt
    assert "held 14–21 days" in wide.alt
    assert wide.alt in [text.value for text in screen.at.text]
    assert json.loads(wide.spec)["data"]


def test_a_mark_is_explained_where_it_is_drawn_and_nowhere_else(clinic, mara):
    before = open_screen("patient", id=mara).said
    clinic.score(mara, read_moment("57"), items=(1, *[None] * 8))
    after = open_screen("patient", id=mara).said

    assert "still holding" in before
    assert "form incomplete" not in before
    assert "still holding form incomplete, no score" in " ".join(after.split())


def test_another_instrument_is_a_click_away(mara):
    screen = open_screen("patient", id=mara)
    assert screen.at.button_group[0].options == ["PHQ-9", "GAD-7"]
    screen.at.button_group[0].set_value("GAD-7")
    screen.run()
    assert "anxiety" in screen.said
    assert "GAD-7, 3 scores from 9 Feb 2026 (12) to 2 Mar 2026 (4" in screen.said


def test_within_a_course_lists_the_score_before_each_infusion(mara):
    screen = open_chart(mara, STEPS)
    screen.field("selectbox", "Course").select(1)
    screen.run()
    assert "PHQ-9 in course 1: 20 before infusion 1; 8 (\u221212) after the last." in screen.said


def test_all_instruments_are_compared_in_words(mara):
    said = open_chart(mara, DOMAINS).said
    assert "After course 2, ended 9 Feb 2026: " in said
    assert (
        "Not compared: anxiety (GAD-7), no baseline within 30 days of the first infusion." in said
    )


def test_only_the_open_tab_is_drawn(mara):
    screen = open_screen("patient", id=mara)
    assert any("What it did" in body for body in screen.html), "the first one is open"
    assert (len(screen.at.get("plotly_chart")), len(screen.at.dataframe)) == (2, 0)
    screen.open_tab(f"tabs-{mara}", DOMAINS)
    assert len(screen.at.get("plotly_chart")) == 3
    assert not any("What it did" in body for body in screen.html)


def test_records_lists_everything_the_latest_first(mara):
    table = open_chart(mara, RECORDS).table
    assert list(table["Day"].astype(str))[:3] == ["2026-03-02", "2026-03-02", "2026-02-16"]
    assert table["What"].value_counts().to_dict() == {"PHQ-9": 8, "GAD-7": 3, "Infusion": 2}
    assert set(table["Entered by"]) == {"command line"}


def test_choosing_a_record_opens_it_for_correction(mara):
    screen = open_chart(mara, RECORDS).choose_row(f"records-{mara}", 0)
    assert screen.place == "correct"
    assert screen.address("id") == str(mara)
    assert screen.address("kind") == "assessment"
