"""On a database without a patient every page says so, and what to do; none shows a zero."""

from __future__ import annotations

import pytest

from dashboard.wording import chart, imports, notices, patients, record
from tests.dashboard.views.screens import open_screen


@pytest.mark.parametrize("name", ["today", "patients", "durations", "trust", "compare"])
def test_a_page_without_patients_says_what_to_do(empty, name):
    screen = open_screen(name)
    assert [it.value for it in screen.at.info] == [patients.NOBODY_YET]
    assert not screen.at.dataframe
    assert not screen.at.get("plotly_chart")
    assert not screen.at.selectbox, "a filter of nothing"


def test_recording_begins_with_the_first_site(empty):
    screen = open_screen("record")
    assert patients.NO_SITE in screen.said
    assert record.NEW_PATIENT in [it.label for it in screen.at.expander]
    assert "Open the site" in [it.label for it in screen.at.button]


def test_nothing_has_been_imported(empty):
    assert imports.NONE_YET in open_screen("import").said


@pytest.mark.parametrize("address", ["", "nonsense", "0" * 32, "../../etc/passwd", "1 OR 1=1"])
def test_a_chart_of_nobody_is_a_sentence(empty, address):
    screen = open_screen("patient", id=address)
    sentences = [it.value for it in [*screen.at.info, *screen.at.error]]
    assert sentences in ([patients.UNKNOWN_ADDRESS], ["There is no such patient."])


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"id": "0" * 32},
        {"id": "0" * 32, "kind": "infusion", "record": "nonsense"},
        {"id": "0" * 32, "kind": "nonsense", "record": "0" * 32},
        {"id": "nonsense", "kind": "infusion", "record": "0" * 32},
    ],
)
def test_a_record_of_nobody_is_a_sentence(empty, address):
    assert [it.value for it in open_screen("correct", **address).at.info] == [record.NOT_HERE]


def test_a_record_of_an_unknown_patient_is_refused_in_the_same_words_as_an_unknown_chart(empty):
    screen = open_screen("correct", id="0" * 32, kind="infusion", record="0" * 32)
    assert [it.value for it in screen.at.error] == ["There is no such patient."]


def test_a_patient_without_records_is_offered_both_ways_to_begin(clinic):
    screen = open_screen("patient", id=clinic.register("DEN-1", name="Mara Kent"))
    assert [it.value for it in screen.at.info] == [patients.NOTHING_RECORDED]
    assert {"Record an infusion", "Record a score"} <= {link.label for link in screen.links}


def test_a_course_without_a_score_says_why_nothing_can_be_told(clinic):
    patient = clinic.register("DEN-1", records="day | infusion\n0 | yes\n3 | yes")
    screen = open_screen("patient", id=patient)
    assert chart.NO_SCORES in screen.said
    assert "1. Induction, 2 infusions" in screen.said
    assert chart.NO_STEPS in screen.open_tab(f"tabs-{patient}", chart.STEPS).said
    assert chart.NO_DOMAINS in screen.open_tab(f"tabs-{patient}", chart.DOMAINS).said


def test_scores_without_an_infusion_make_no_course(clinic):
    patient = clinic.register("DEN-1", records="day | PHQ-9\n0 | 20\n7 | 18")
    screen = open_screen("patient", id=patient)
    assert chart.NO_COURSES in screen.said
    assert len(screen.at.get("plotly_chart")) == 2, "the wide and the narrow picture"


def test_nobody_on_the_list_is_not_called_good_news(clinic):
    clinic.register("DEN-1", records="day | PHQ-9\n58 | 4")
    screen = open_screen("today")
    assert "That says nothing about patients who have not answered." in screen.said


@pytest.mark.parametrize(
    "name", ["today", "patients", "record", "durations", "trust", "import", "definitions"]
)
def test_every_page_says_who_acts_and_that_nobody_watches(empty, name):
    screen = open_screen(name)
    assert "Signed in as Robin Local" in screen.said
    assert "Nobody watches this live." in screen.said
    assert not any(notices.PRETEND in body for body in screen.html), "no data, so none pretend"


@pytest.mark.parametrize(
    "name", ["today", "patients", "record", "durations", "trust", "import", "definitions"]
)
def test_every_page_says_that_the_pretend_group_is_pretend(group, name):
    screen = open_screen(name)
    assert any(notices.PRETEND in body for body in screen.html)
