"""Limits, scatter and verdicts beside exact sums, published figures and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from models.outcomes.sites.funnel import (
    judge_scatter,
    limits,
    p_values,
    scores,
    stand_out,
    tails,
)
from models.outcomes.sites.rates import wilson


@pytest.mark.parametrize("n", [10, 33, 120])
@pytest.mark.parametrize("p", [0.05, 0.3, 0.536, 0.9])
def test_tails_are_the_binomial_s(n, p):
    count = np.arange(n + 1)
    low, high = tails(count / n, np.full(n + 1, p), np.full(n + 1, float(n)))

    np.testing.assert_allclose(low, binom.cdf(count, n, p), atol=1e-12)
    np.testing.assert_allclose(high, binom.sf(count - 1, n, p), atol=1e-12)


@pytest.mark.parametrize(
    ("n", "level", "low", "high"),
    [
        # Exact limits at a true response of 53.6 %, in whole courses that are still inside.
        (10, 0.95, 0.20, 0.80),
        (20, 0.95, 0.30, 0.75),
        (50, 0.95, 0.40, 0.68),
        (100, 0.95, 0.44, 0.63),
        (20, 0.998, 0.20, 0.85),
    ],
)
def test_limits_at_a_response_of_53_6_percent(n, level, low, high):
    found = limits(np.array([0.536]), np.array([float(n)]), level)
    inside = [k / n for k in range(n + 1) if found[0][0] <= k / n <= found[1][0]]

    assert round(inside[0], 2) == pytest.approx(low)
    assert round(inside[-1], 2) == pytest.approx(high)


def test_a_rate_is_outside_its_limits_exactly_where_its_p_value_says_so():
    n = np.full(61, 60.0)
    rate, expected = np.arange(61) / 60, np.full(61, 0.4)
    for level in (0.95, 0.998):
        low, high = limits(expected, n, level)
        outside = (rate < low) | (rate > high)
        np.testing.assert_array_equal(outside, p_values(rate, expected, n) < 1 - level)


def test_fewer_independent_courses_make_wider_limits():
    low, high = limits(np.array([0.5, 0.5]), np.array([100.0, 62.5]), 0.95)
    assert low[1] < low[0] < 0.5 < high[0] < high[1]


def test_wilson_is_statsmodels():
    n, count = np.array([12.0, 80.0, 300.0]), np.array([0.0, 31.0, 300.0])
    low, high = wilson(count / n, n)
    expected = proportion_confint(count, n, method="wilson")
    np.testing.assert_allclose([low, high], expected, atol=1e-12)


def test_holm_is_statsmodels():
    p = np.array([0.0002, 0.0004, 0.03, 0.0009, 0.5, 0.001])
    for level in (0.01, 0.003, 0.05):
        expected = multipletests(p, alpha=level, method="holm")[0]
        np.testing.assert_array_equal(stand_out(p, level), expected)


def test_scatter_beyond_chance_is_found_and_one_outlier_is_not_taken_for_it():
    rng = np.random.default_rng(1)
    found = [judge_scatter(rng.normal(0, 1, 30)).factor > 1 for _ in range(600)]
    wide = [judge_scatter(rng.normal(0, 2, 30)).factor for _ in range(200)]
    lone = np.append(rng.normal(0, 1, 29), 9.0)

    assert np.mean(found) < 0.05  # drawing in the ends makes the test a little shy
    assert np.mean(wide) == pytest.approx(3.2, abs=0.6)  # 4, less what is drawn in
    assert judge_scatter(lone).factor == 1.0


def test_scores_are_normal_scores_of_the_middle_of_the_tail():
    z = scores(np.array([0.5, 0.6]), np.array([0.5, 0.5]), np.array([100.0, 100.0]))
    assert z[0] == pytest.approx(0.0, abs=1e-9)
    assert z[1] == pytest.approx(1.99, abs=0.03)
