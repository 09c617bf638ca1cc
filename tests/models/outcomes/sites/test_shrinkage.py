"""Shrinkage beside a published example, statsmodels and plain summing over a fine grid."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.meta_analysis import combine_effects

from models.outcomes.sites.shrinkage import paule_mandel, shrink

# Rubin 1981: coaching in eight schools, in points, with standard errors.
EFFECT = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
ERROR = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])
# Gelman et al., Bayesian Data Analysis, table 5.3: 2.5 %, median and 97.5 % of 200 draws.
PUBLISHED = {
    "A": (-2, 10, 31), "B": (-5, 8, 23), "C": (-11, 7, 19), "D": (-7, 8, 21),
    "E": (-9, 5, 18), "F": (-7, 6, 28), "G": (-1, 10, 26), "H": (-6, 8, 33),
}  # fmt: skip


def test_eight_schools():
    found = shrink(EFFECT, ERROR, prior=None)

    published = np.array(list(PUBLISHED.values()), dtype=float)
    np.testing.assert_allclose(found.value, published[:, 1], atol=1.5)
    # Two hundred draws place a tail within a few points, and the prior of the table ends at 25.
    assert np.abs(found.lower - published[:, 0]).mean() < 2
    assert np.abs(found.upper - published[:, 2]).mean() < 3.5


def test_eight_schools_by_summing_over_a_grid_of_mean_and_spread():
    mean, spread = np.linspace(-60, 80, 561), np.linspace(0, 150, 601)
    log = np.zeros((spread.size, mean.size))
    for y, s in zip(EFFECT, ERROR, strict=True):
        log += norm.logpdf(y, mean[None, :], np.hypot(s, spread)[:, None])
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    kept = spread[:, None] ** 2 / (spread[:, None] ** 2 + ERROR[0] ** 2)
    centre = kept * EFFECT[0] + (1 - kept) * mean[None, :]
    error = np.sqrt(np.maximum(kept, 1e-12)) * ERROR[0]

    found = shrink(EFFECT, ERROR, prior=None)
    assert found.value[0] == pytest.approx(float((weight * centre).sum()), abs=0.15)
    for limit, share in ((found.lower[0], 0.025), (found.upper[0], 0.975)):
        below = float((weight * norm.cdf((limit - centre) / error)).sum())
        assert below == pytest.approx(share, abs=0.003)


def test_the_spread_is_paule_and_mandel_s():
    effect, error = np.array([-1.2, 0.1, 0.9, 0.4, -0.3, 1.5]), np.full(6, 0.4)
    expected = combine_effects(effect, error**2, method_re="pm").tau2

    assert paule_mandel(effect, error) ** 2 == pytest.approx(expected, rel=1e-4)
    assert paule_mandel(EFFECT, ERROR) == 0


def test_who_says_more_is_drawn_in_less():
    found = shrink(np.array([1.0, 1.0, -1.0, -1.0, 0.0]), np.array([0.1, 0.8, 0.1, 0.8, 0.3]))
    assert found.value[0] > found.value[1] > 0


def test_two_sites_are_left_as_they_are():
    found = shrink(np.array([0.5, -0.5]), np.array([0.1, 0.2]))
    np.testing.assert_array_equal(found.value, [0.5, -0.5])


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_limits_hold_the_truth_as_often_as_they_say(spread):
    rng = np.random.default_rng(3)
    covered = []
    for _ in range(150):
        truth = rng.normal(0, spread, 12)
        error = rng.uniform(0.15, 0.5, 12)
        found = shrink(truth + rng.normal(0, error), error)
        covered.append((found.lower <= truth) & (truth <= found.upper))
    assert 0.93 < np.mean(covered) <= 1.0
