"""Nothing that is said of a day may know what came after it."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest

from data.instruments import catalogue
from models.outcomes.episodes import Held, build_episodes
from models.outcomes.forecast import collect_responses
from models.outcomes.forecast.covariates import Columns
from models.outcomes.forecast.landmarks import (
    describe_path,
    latest_landmarks,
    turned_landmarks,
    well_landmarks,
)
from models.outcomes.rules import Rules
from tests.histories import find_courses, read_history
from tests.models.outcomes.forecast.durations import response

PHQ = catalogue()["PHQ-9"]


def responses_of(records, facts=None):
    history = read_history(records)
    courses, scores = find_courses(history), history.scores["PHQ-9"]
    episodes = build_episodes(courses, scores, PHQ, Rules())
    return collect_responses("A", courses, episodes, scores, PHQ, facts or {})


BEGINNING = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    5   | -        | 6
"""


@pytest.mark.parametrize(
    "after",
    ["12 | - | 2", "12 | - | 9", "12 | - | 18\n19 | - | 19", "12 | - | 18\n19 | - | 4"],
    ids=["better", "worse", "lost", "a bad week"],
)
def test_facts_are_frozen_at_the_first_follow_up(after):
    (alone,) = responses_of(BEGINNING + "6 | - | 6")
    (later,) = responses_of(BEGINNING + after)

    assert later.facts == alone.facts
    assert alone.facts["course:first_margin"] == pytest.approx(0.2)
    assert not any("day" in name for name in alone.facts)


def test_what_a_score_says_does_not_depend_on_later_ones():
    whole = response(days=(4, 11, 19, 25, 33, 47), lower=25, upper=33)
    whole = replace(whole, margins=(0.3, 0.25, -0.1, 0.1, -0.2, -0.3))

    for seen in range(1, 6):
        part = replace(whole, days=whole.days[:seen], margins=whole.margins[:seen])
        assert describe_path(part) == describe_path(whole)[:seen]


def test_what_a_score_says_is_its_margin_and_a_held_back_regression():
    days, margins = np.array([4.0, 11, 19, 25]), np.array([0.3, 0.25, -0.1, 0.1])
    path = describe_path(replace(response(), days=tuple(days.astype(int)), margins=tuple(margins)))
    steady = np.exp(-(25 - days) / 35)
    middle = steady @ days / steady.sum()
    rise = steady @ ((days - middle) * margins) / (steady @ (days - middle) ** 2 + 100)

    assert path[-1] == pytest.approx([0.1, 7 * rise])
    assert path[0] == pytest.approx([0.3, 0])


def test_a_slope_far_from_day_0_is_no_less_exact():
    early = replace(response(), days=(3, 10, 17), margins=(0.3, 0.2, 0.1))
    late = replace(early, days=(1003, 1010, 1017))

    assert describe_path(late)[-1] == pytest.approx(describe_path(early)[-1], rel=1e-9)


def test_landmarks_are_the_days_seen_well_of_which_something_is_known():
    lost = response("A", lower=21, upper=28)  # well on 7, 14, 21, lost on 28 and 35
    open_ = response("B", lower=14, upper=inf)  # seen on 7, 14
    both = [lost, open_]
    paths = [describe_path(one) for one in both]

    well = well_landmarks(both, paths)
    turned, confirmed = turned_landmarks(both, paths)

    assert list(zip(well.row, well.day, strict=True)) == [(0, 7), (0, 14), (0, 21), (1, 7)]
    assert list(zip(turned.row, turned.day, strict=True)) == [(0, 28)]
    assert confirmed.tolist() == [True]
    assert latest_landmarks(both).day.tolist() == [35, 14]


def test_a_bad_week_that_passed_is_known_not_to_be_a_loss_and_a_possible_loss_is_not_known():
    passed = replace(response(lower=21, upper=inf), days=(7, 14, 21), margins=(0.2, -0.1, 0.2))
    possible = replace(
        response("B", lower=14, upper=inf, held=Held.POSSIBLE_LOSS),
        days=(7, 14, 21),
        margins=(0.2, 0.2, -0.1),
    )
    both = [passed, possible]

    turned, confirmed = turned_landmarks(both, [describe_path(one) for one in both])

    assert list(zip(turned.row, turned.day, strict=True)) == [(0, 14)]
    assert confirmed.tolist() == [False]


def test_columns_are_numbers_and_frequent_levels_and_nothing_that_names_a_patient():
    rows = [
        {
            "age": str(30 + n), "sex": "Female" if n % 2 else "male ", "failures": None,
            "site": f"Site {n % 3}", "remark": f"remark {n}", "rare": "yes" if n == 0 else "no",
            "sick": n % 2, "same": "1",
        }
        for n in range(30)
    ]  # fmt: skip

    columns = Columns.learn(rows)
    design = columns.design(rows)

    names = [(one.name, one.level) for one in columns.columns]
    assert names == [
        ("age", None), ("sex", "female"), ("sick", None), ("site", "site 0"), ("site", "site 1"),
        ("site", "site 2"),
    ]  # fmt: skip
    np.testing.assert_allclose(design.mean(axis=0), 0, atol=1e-12)
    assert design[:, 0].std() == pytest.approx(1)
    assert columns.design([{"age": "unknown", "sex": None}]).tolist() == [[0.0] * 6]
    assert Columns.from_list(columns.to_list()) == columns
