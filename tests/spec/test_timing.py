"""Whether a maintenance infusion came early, on time or late: the rule, a table a case."""

from __future__ import annotations

import pytest

from data.instruments import catalogue
from models.outcomes.episodes import build_episodes
from models.outcomes.rules import Rules
from models.outcomes.timing import Timing, count_timings, share_timings, time_maintenance
from tests.histories import find_courses, on, read_history

# Baseline 20, best value 4: a gain of 16. A quarter of it is gone at 8, half of it at 12; the
# response itself ends above 10.
RESPONSE = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 4
"""


def timed(records, instrument="PHQ-9"):
    history = read_history(records)
    one = catalogue()[instrument]
    courses, scores = find_courses(history), history.scores[instrument]
    return time_maintenance(courses, build_episodes(courses, scores, one, Rules()), scores, one)


@pytest.mark.parametrize(
    ("then", "timing"),
    [
        ("20 | - | 4\n28 | yes | -", "early"),
        ("20 | - | 7\n28 | yes | -", "early"),
        ("20 | - | 8\n28 | yes | -", "on_time"),
        ("20 | - | 10\n28 | yes | -", "on_time"),
        ("20 | - | 11\n28 | yes | -", "late"),
        ("20 | - | 19\n28 | yes | -", "late"),
        ("18 | - | 8\n28 | yes | -", "on_time"),
        ("17 | - | 8\n28 | yes | -", "unknown"),
        ("28 | yes | -", "unknown"),
        ("28 | yes | 8", "on_time"),
        ("27 | - | 4\n28 | yes | 9", "on_time"),
        ("20 | - | 3\n28 | yes | -", "early"),
    ],
)
def test_by_the_share_of_the_gain_that_is_gone(then, timing):
    (one,) = timed(RESPONSE + then)

    assert (one.timing, one.course_no, one.given_on) == (timing, 2, on(28))


def test_a_score_after_the_infusion_of_the_day_does_not_judge_it():
    records = "\n".join(
        ["day | infusion | PHQ-9", "-1 | - | 20", "0 | yes | -", "7 | - | 4", "25 | - | 8",
         "28 09:00 | yes | -", "28 15:00 | - | 2"]
    )  # fmt: skip

    (one,) = timed(records)

    assert (one.timing, one.looked_on) == (Timing.ON_TIME, on(25))
    assert one.lost_share == pytest.approx(0.25)


def test_where_a_third_is_a_response_more_than_half_of_the_gain_gone_is_late():
    pain = (
        "day | infusion | NRS-11\n-1 | - | 10\n0 | yes | -\n7 | - | 2\n20 | - | {} \n28 | yes | -"
    )

    # Responding up to 7: of a gain of 8, half is gone at 6.
    assert [timed(pain.format(value), "NRS-11")[0].timing for value in (3, 6, 7, 8)] == [
        "early", "on_time", "late", "late",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "records",
    [
        "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 15\n28 | yes | -",
        "day | infusion | PHQ-9\n0 | yes | -\n7 | - | 5\n28 | yes | -",
        RESPONSE + "28 | yes | -\n30 | yes | -\n32 | yes | -\n34 | yes | -",
        RESPONSE,
    ],
    ids=["no response before", "no baseline", "an induction", "no second course"],
)
def test_only_maintenance_after_a_response_is_judged(records):
    assert timed(records) == []


def test_several_infusions_of_one_course_are_judged_once():
    assert [one.course_no for one in timed(RESPONSE + "28 | yes | 8\n31 | yes | -")] == [2]


def test_shares_are_of_those_that_are_known():
    judged = [
        *timed(RESPONSE + "20 | - | 8\n28 | yes | -"),
        *timed(RESPONSE + "20 | - | 15\n28 | yes | -"),
        *timed(RESPONSE + "28 | yes | -"),
    ]

    shares = share_timings(count_timings(judged))

    assert [(timing, one.count, one.total) for timing, one in shares.items()] == [
        ("early", 0, 2), ("on_time", 1, 2), ("late", 1, 2), ("unknown", 1, 3),
    ]  # fmt: skip
    assert share_timings(count_timings([]))[Timing.LATE].share is None
