"""Half-way through an induction: how many who were no better by then responded after all."""

from __future__ import annotations

import pytest

from data.instruments import catalogue
from models.outcomes.episodes import build_episodes
from models.outcomes.induction import Induction, describe_induction, share_still_responding
from models.outcomes.proportion import measure_share
from models.outcomes.rules import Rules
from tests.histories import find_courses, read_history

PHQ = catalogue()["PHQ-9"]


def described(records):
    history = read_history(records)
    courses, scores = find_courses(history), history.scores["PHQ-9"]
    (episode,) = build_episodes(courses, scores, PHQ, Rules())
    return describe_induction(courses[0], episode, history.infusions, scores, PHQ, Rules())


INDUCTION = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    3   | yes      | 18
    7   | yes      | {third}
    10  | yes      | {fourth}
    14  | yes      | -
    21  | -        | {after}
"""


@pytest.mark.parametrize(
    ("third", "fourth", "after", "improvement", "responded"),
    [
        (17, 16, 9, {3: 0.15, 4: 0.2}, True),
        (22, "-", 15, {3: -0.1}, False),
        ("-", "-", 9, {}, True),
    ],
)
def test_the_score_before_the_infusion_counts(third, fourth, after, improvement, responded):
    found = described(INDUCTION.format(third=third, fourth=fourth, after=after))

    assert found.improvement == pytest.approx(improvement)
    assert found.responded is responded


def test_without_a_stated_outcome_there_is_nothing_to_learn():
    assert described(INDUCTION.format(third=17, fourth=16, after="-")) is None


def test_exactly_a_fifth_better_is_not_under_a_fifth():
    seen = [
        Induction({3: 0.1}, True),
        Induction({3: 0.19, 4: 0.5}, False),
        Induction({3: 0.2}, True),
        Induction({4: 0.1}, True),
    ]

    third, fourth = (share_still_responding(seen, number) for number in (3, 4))

    assert (third.count, third.total) == (1, 2)
    assert (fourth.count, fourth.total) == (1, 1)


@pytest.mark.parametrize(
    ("count", "total", "lower", "upper"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I: Wilson without continuity correction.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_limits(count, total, lower, upper):
    found = measure_share(count, total)

    assert found.share == pytest.approx(count / total)
    assert (found.ci_lower, found.ci_upper) == pytest.approx((lower, upper), abs=5e-5)


def test_of_nobody_nothing_is_said_and_of_all_the_limit_is_all():
    assert measure_share(0, 0).share is None
    assert measure_share(9, 9).ci_upper == 1.0
    with pytest.raises(ValueError, match="cases"):
        measure_share(3, 2)
