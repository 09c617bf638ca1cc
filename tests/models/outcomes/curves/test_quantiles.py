"""Where a curve crosses a height."""

from __future__ import annotations

import numpy as np
import pytest

from models.outcomes.curves import kaplan_meier, turnbull
from models.outcomes.curves.quantiles import cross_lines, cross_steps


def test_the_first_day_at_or_under_the_height():
    assert cross_steps(np.array([0.0, 5, 9]), np.array([1, 0.6, 0.4]), 0.5) == 9


def test_the_middle_of_a_stretch_at_exactly_the_height():
    curve = kaplan_meier([10, 20, 30, 40], [True, True, True, True])

    # At 1/2 from day 20 until day 30; R's quantile.survfit says 25.
    assert curve.quantile(0.5).value == 25


def test_a_stretch_at_the_height_that_lasts_to_the_end():
    curve = kaplan_meier([1, 2, 3, 4], [True, True, False, False])

    # R's quantile.survfit says 3.
    assert curve.quantile(0.5).value == 3


def test_a_third_and_two_thirds_still_make_one():
    # 1 - 1/3 - 1/6 computes as 0.5000000000000001.
    curve = kaplan_meier([1, 2, 3, 4, 5, 6], [True] * 6)

    assert curve.quantile(0.5).value == 3.5


def test_days_without_limits_are_passed_over():
    assert cross_steps(np.array([0.0, 5, 9]), np.array([1, np.nan, 0.4]), 0.5) == 9
    assert cross_steps(np.array([0.0, 5]), np.array([1, np.nan]), 0.5) is None


def test_inside_a_line():
    assert cross_lines(np.array([0.0, 10, 20]), np.array([1.0, 1, 0]), 0.75) == 12.5


def test_a_level_line_at_exactly_the_height():
    npmle = turnbull([0, 20], [10, 30])

    # Falls to 1/2 on day 10 and further from day 20 on.
    assert npmle.quantile(0.5).value == 15


def test_a_line_that_ends_at_exactly_the_height():
    npmle = turnbull([0, 30], [10, np.inf])

    # 1/2 from day 10 until follow-up ends on day 30.
    assert npmle.quantile(0.5).value == 20


def test_a_line_that_never_gets_there():
    npmle = turnbull([0, 30, 30], [10, np.inf, np.inf])

    assert npmle.quantile(0.5).value is None
    assert npmle.quantile(0.25).value == pytest.approx(7.5)


@pytest.mark.parametrize("q", [0, 1, -0.1, 1.1])
def test_only_shares_between_0_and_1(q):
    with pytest.raises(ValueError, match="between 0 and 1"):
        kaplan_meier([1], [True]).quantile(q)
    with pytest.raises(ValueError, match="between 0 and 1"):
        turnbull([1], [2]).quantile(q)
