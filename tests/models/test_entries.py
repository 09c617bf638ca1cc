"""What may be entered: each refusal names the field, what was given and what was expected."""

from __future__ import annotations

from datetime import date

import pytest

from data.instruments import catalogue
from models.entries import AssessmentEntry, InvalidEntry, score_assessment
from models.outcomes.history import Moment

TODAY = date(2026, 11, 20)
NINE = (1.0, 2.0, 0.0, 1.0, 2.0, 1.0, 0.0, 1.0, 0.0)


def assess(**facts):
    entry = AssessmentEntry(facts.pop("moment", Moment(TODAY)), "PHQ-9", **facts)
    return score_assessment(entry, catalogue()["PHQ-9"], today=TODAY)


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"items": (1.0, 2.0, 3.0)}, "items", "PHQ-9: 3 answers, expected 9"),
        ({"items": (1.0, 4.0, *NINE[2:])}, "item_2", "item 2"),
        ({"items": (*NINE[:8], 5.0)}, "item9", "item 9 answer 5: expected 0 to 3"),
        ({"stated_total": 28.0}, "score", "PHQ-9 score 28: expected 0 to 27"),
        ({}, "score", "neither a score nor any item is given"),
        ({"stated_total": 9.0, "safety_answer": 4}, "item9", "item 9 answer 4"),
        ({"items": NINE, "moment": Moment(date(2026, 11, 21))}, "date", "is in the future"),
        ({"items": NINE, "moment": Moment(date(1989, 12, 31))}, "date", "is before 1990"),
        ({"items": NINE, "mode": "pigeon"}, "mode", "expected one of link"),
        ({"items": NINE, "note": "x" * 4001}, "note", "4001 characters"),
    ],
)
def test_what_cannot_be_true_is_refused_by_name(facts, field, sentence):
    with pytest.raises(InvalidEntry, match=sentence) as refused:
        assess(**facts)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("facts", "total", "is_prorated", "safety"),
    [
        ({"items": NINE}, 8, False, 0),
        ({"items": (*NINE[:8], None)}, 9, True, None),
        ({"items": (*NINE[:6], None, None, None)}, None, False, None),
        ({"items": (*NINE[:6], None, None, 2.0)}, 9 * 9 / 7, True, 2),
        ({"items": (None,) * 8 + (1.0,)}, None, False, 1),
        ({"stated_total": 14.0, "safety_answer": 3}, 14, False, 3),
        ({"items": (*NINE[:6], None, None, None), "stated_total": 11.0}, 11, False, None),
    ],
)
def test_items_make_the_total_and_a_blank_is_never_a_zero(facts, total, is_prorated, safety):
    scored = assess(**facts)
    assert scored.is_prorated is is_prorated
    assert scored.safety_answer == safety
    assert scored.total == (None if total is None else pytest.approx(total))


def test_a_stated_total_that_disagrees_gives_way_and_is_remarked():
    assert assess(items=NINE, stated_total=9.0).remark is not None
    assert assess(items=NINE, stated_total=36.0).total == 8
    assert assess(items=NINE, stated_total=8.0).remark is None
