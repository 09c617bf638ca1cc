"""The sentences around the numbers of the pages, word for word."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.wording import durations, imports, notices, record, statuses
from models.entries import AssessmentEntry, InfusionEntry
from models.outcomes.history import Moment
from models.outcomes.standing import Status


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (
            {},
            "GAD-7: 0 courses; 0 with a stated response, of which 0 responded (followed below).",
        ),
        (
            {"responded": 1},
            "GAD-7: 1 course; 1 with a stated response, of which 1 responded (followed below).",
        ),
        (
            {"responded": 5, "not_responding": 4, "no_baseline": 3, "not_assessed": 2},
            "GAD-7: 14 courses; 9 with a stated response, of which 5 responded (followed "
            "below). Not stated: 3 without a baseline, 2 not assessed within 31 days.",
        ),
    ],
)
def test_the_funnel_accounts_for_every_course(counted, sentence):
    assert durations.funnel(counted, "GAD-7") == sentence


def test_the_foot_says_what_this_is_not():
    for words in (
        "Nobody watches this live.",
        "not a device",
        "makes no diagnosis",
        "gives no instruction",
        "Ketamine is not a cure",
        "off-label",
        "do not foretell one person",
    ):
        assert words in notices.FOOT


def test_a_bug_is_told_with_its_reference():
    assert notices.bug("0a1b2c3d") == (
        "Something went wrong on our side. Nothing you had saved is lost. Reference 0a1b2c3d."
    )


def test_every_status_has_a_name_and_a_meaning():
    assert set(statuses.NAMES) == set(statuses.MEANINGS) == set(Status)
    assert len(set(statuses.NAMES.values())) == len(Status)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (None, "no indication recorded"),
        ("", "no indication recorded"),
        ("ptsd", "PTSD"),
        ("long_covid", "Long covid"),
    ],
)
def test_an_indication_is_named(code, name):
    assert statuses.indication(code) == name


def test_what_was_entered_reads_like_what_is_recorded():
    entry = InfusionEntry(
        Moment(date(2026, 1, 5)),
        route="IV",
        measures={"dose_mg": 42.5, "spo2_lowest": 96},
        adverse_events=("nausea", "headache"),
        note="calm",
    )
    assert record.entered(entry) == [
        ("Day", "2026-01-05"),
        ("Drug", "ketamine"),
        ("Route", "IV"),
        ("Dose mg", "42.5"),
        ("SpO₂ lowest", "96"),
        ("Adverse events", "nausea, headache"),
        ("Note", "calm"),
    ]


def test_a_blank_answer_is_a_dash_and_an_answered_zero_is_a_zero():
    entry = AssessmentEntry(Moment(date(2026, 1, 5)), "GAD-7", items=(0, None, 3))
    assert ("Answers", "0, –, 3") in record.entered(entry)
    assert ("Safety item", "0") in record.recorded({"safety_answer": 0})
    assert record.recorded({"safety_answer": None, "note": ""}) == []


def test_a_cut_list_says_how_long_it_is():
    assert imports.cut(500, 12_345).startswith("The first 500 of 12,345.")
