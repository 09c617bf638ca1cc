"""What is said back when something was recorded: where a hand slipped, it shows."""

from __future__ import annotations

import pytest

from dashboard.wording.record import infusion_done, score_done
from data.instruments import catalogue
from models.entries import AssessmentEntry, InfusionEntry
from tests.histories import read_moment

DAY = read_moment("3")
UNSAFE = " Item 9, about safety, has no answer: if there is one, correct the record."


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        ({"dose_mg": 35, "weight_kg": 70}, "Infusion recorded: 35 mg (0.5 mg/kg)."),
        ({"dose_mg": 350, "weight_kg": 70}, "Infusion recorded: 350 mg (5 mg/kg)."),
        ({"dose_mg": 35}, "Infusion recorded: 35 mg."),
        ({"weight_kg": 70}, "Infusion recorded, without a dose."),
    ],
)
def test_a_dose_is_said_back(measures, said):
    assert infusion_done(InfusionEntry(DAY, measures=measures)) == said


@pytest.mark.parametrize(
    ("code", "told", "said"),
    [
        ("PHQ-9", {"items": (1, 2, 3, 0, 1, 2, 3, 0, 0)}, "PHQ-9 recorded."),
        (
            "PHQ-9",
            {"items": (1, None, 3, 0, 1, 2, 3, 0, 0)},
            "PHQ-9 recorded. 1 question was left empty.",
        ),
        (
            "PHQ-9",
            {"items": (1, None, 3, 0, 1, 2, 3, 0, None)},
            f"PHQ-9 recorded. 2 questions were left empty.{UNSAFE}",
        ),
        ("PHQ-9", {"stated_total": 12}, f"PHQ-9 recorded.{UNSAFE}"),
        ("PHQ-9", {"stated_total": 12, "safety_answer": 0}, "PHQ-9 recorded."),
        (
            "GAD-7",
            {"items": (1, 1, 1, 1, 1, 1, None)},
            "GAD-7 recorded. 1 question was left empty.",
        ),
        ("GAD-7", {"stated_total": 12}, "GAD-7 recorded."),
    ],
)
def test_what_was_left_empty_is_said(code, told, said):
    assert score_done(catalogue()[code], AssessmentEntry(DAY, code, **told)) == said
