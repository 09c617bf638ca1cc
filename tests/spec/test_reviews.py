"""What a named person has put aside, and what brings it back: a table a rule."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from models.outcomes.prompt_rules import OF_SAFETY, Prompt
from models.outcomes.reviews import Deed, Review, hidden_by, name_evidence
from tests.histories import on, read_table

SCORES = [["2026-01-12", 4.0], ["2026-01-19", 8.0]]


def review(deed, prompts, until=None):
    return Review(
        review_id=UUID(int=1),
        deed=Deed(deed),
        prompts=frozenset(Prompt(name) for name in prompts.split()),
        evidence=name_evidence("PHQ-9", SCORES),
        until=until,
        reason="booked",
        recorded_at=datetime(2026, 1, 20, tzinfo=UTC),
        recorded_by="Anna",
    )


TABLE = """
    done          | about               | now                 | scores | day | hidden
    seen          | lost                | lost                | same   | 30  | lost
    seen          | lost                | lost                | new    | 30  | -
    seen          | lost                | lost missed         | same   | 30  | lost
    seen          | lost silent         | silent              | same   | 90  | silent
    seen          | gain_second         | gain_first          | same   | 30  | gain_first
    seen          | gain_first          | gain_second         | same   | 30  | -
    seen          | lost                | possible_loss       | same   | 30  | possible_loss
    seen          | lost                | safety lost         | same   | 30  | lost
    snoozed to 40 | lost                | lost                | same   | 39  | lost
    snoozed to 40 | lost                | lost                | same   | 40  | -
    snoozed to 40 | lost                | lost                | new    | 39  | lost
    snoozed to 40 | outlook             | outlook gain_first  | new    | 39  | outlook
    snoozed to 40 | lost                | safety_blank lost   | same   | 39  | lost
    brought_back  | lost                | lost                | same   | 30  | -
"""


@pytest.mark.parametrize("row", read_table(TABLE), ids=lambda row: " ".join(row.values()))
def test_until_when_something_stays_aside(row):
    deed, _, day = row["done"].partition(" to ")
    put_by = review(deed, row["about"], on(int(day)) if day else None)
    now = [Prompt(name) for name in row["now"].split()]
    scores = SCORES if row["scores"] == "same" else [*SCORES, ["2026-01-26", 9.0]]

    found = hidden_by(put_by, now, name_evidence("PHQ-9", scores), on(int(row["day"])))

    assert (" ".join(it for it in now if it in found) or "-") == row["hidden"]


def test_a_worry_about_safety_is_never_hidden_even_if_somebody_once_wrote_so():
    put_by = review("seen", " ".join(Prompt))

    hidden = hidden_by(put_by, tuple(Prompt), put_by.evidence, on(30))

    assert hidden == set(Prompt) - OF_SAFETY


def test_nothing_done_hides_nothing():
    assert hidden_by(None, tuple(Prompt), "", on(30)) == frozenset()


@pytest.mark.parametrize(
    "other",
    [
        ("PHQ-9", SCORES[:1]),
        ("PHQ-9", [SCORES[0], ["2026-01-19", 9.0]]),
        ("PHQ-9", [SCORES[0], ["2026-01-20", 8.0]]),
        ("GAD-7", SCORES),
        (None, []),
    ],
    ids=["withdrawn", "corrected", "moved", "another instrument", "none"],
)
def test_another_score_is_other_evidence(other):
    assert name_evidence(*other) != name_evidence("PHQ-9", SCORES)
    assert name_evidence("PHQ-9", [tuple(each) for each in SCORES]) == name_evidence(
        "PHQ-9", SCORES
    )
