"""The patient bootstrap against patients really drawn, one fit at a time."""

from __future__ import annotations

import numpy as np
import pytest

from models.outcomes.curves import (
    bootstrap_by_patient,
    kaplan_meier,
    midpoint,
    restricted_mean,
    turnbull,
)

DAYS = np.array([0.0, 14, 28, 42, 56])


def simulate(patients, seed, spread=0.5):
    """Courses of patients whose responses resemble each other; weekly check-ins."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(patients), random.integers(1, 5, patients))
    usual = random.normal(np.log(30), spread, patients)[owner]
    held = np.exp(usual + random.normal(0, 0.3, owner.size))
    followed = random.integers(3, 16, owner.size) * 7.0
    upper = np.ceil(held / 7) * 7
    lost = upper <= followed
    return np.where(lost, upper - 7, followed), np.where(lost, upper, np.inf), owner


def draw_and_fit(lower, upper, owner, replicates, seed):
    """The same draws, done literally: rows copied once for every time their patient is drawn."""
    random = np.random.default_rng(seed)
    patients = owner.max() + 1
    curves, means, medians = [], [], []
    for _ in range(replicates):
        chosen = random.integers(0, patients, patients)
        rows = np.concatenate([np.flatnonzero(owner == one) for one in chosen])
        shares = np.concatenate([np.full(n, 1 / n) for n in np.bincount(owner)[chosen]])
        npmle = turnbull(lower[rows], upper[rows], weights=shares)
        curves.append(npmle.survival_at(DAYS))
        means.append(restricted_mean(npmle, 42).value)
        medians.append(npmle.quantile(0.5).value)
    return np.array(curves), np.array(means), np.array(medians)


def test_equals_patients_really_drawn():
    lower, upper, owner = simulate(60, seed=1)
    drawn = bootstrap_by_patient(lower, upper, owner, days=DAYS, tau=42, seed=9, replicates=40)
    curves, means, medians = draw_and_fit(lower, upper, owner, 40, seed=9)

    expected = np.quantile(curves, [0.025, 0.975], axis=0)
    np.testing.assert_allclose(drawn.ci_lower, expected[0], atol=1e-4)
    np.testing.assert_allclose(drawn.ci_upper, expected[1], atol=1e-4)
    assert drawn.restricted_mean_error == pytest.approx(np.std(means, ddof=1), rel=1e-3)
    assert drawn.median_lower == pytest.approx(np.sort(medians)[0], abs=0.01)
    assert drawn.median_upper == pytest.approx(np.sort(medians)[-1], abs=0.01)


def test_about_as_wide_as_the_robust_limits_of_kaplan_meier():
    lower, upper, owner = simulate(400, seed=2)
    shares = 1 / np.bincount(owner)[owner]
    curve = kaplan_meier(*midpoint(lower, upper), weights=shares, cluster=owner)
    drawn = bootstrap_by_patient(lower, upper, owner, days=DAYS, tau=56, seed=3, replicates=400)

    at = np.searchsorted(curve.day, DAYS[1:], side="right") - 1
    ratio = (drawn.ci_upper - drawn.ci_lower)[1:] / (curve.ci_upper - curve.ci_lower)[at]
    assert ((ratio > 0.8) & (ratio < 1.25)).all()
    robust = restricted_mean(curve, 56).standard_error
    assert drawn.restricted_mean_error == pytest.approx(robust, rel=0.15)


def test_courses_drawn_on_their_own_would_look_too_certain():
    lower, upper, owner = simulate(150, seed=4, spread=0.8)
    together = bootstrap_by_patient(lower, upper, owner, days=DAYS, tau=56, seed=5)
    apart = bootstrap_by_patient(lower, upper, range(owner.size), days=DAYS, tau=56, seed=5)

    assert together.restricted_mean_error > 1.2 * apart.restricted_mean_error


def test_the_same_seed_gives_the_same_limits():
    rows = simulate(30, seed=6)
    one, again, other = (
        bootstrap_by_patient(*rows, days=DAYS, tau=42, seed=seed, replicates=20)
        for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(one.ci_lower, again.ci_lower)
    assert one.restricted_mean_error == again.restricted_mean_error
    assert one.restricted_mean_error != other.restricted_mean_error


def test_days_on_which_draws_do_not_differ_have_no_limits():
    drawn = bootstrap_by_patient(
        [7, 14, 21], [14, 21, 28], list("abc"), days=[0, 7, 18, 28], tau=28, seed=1
    )

    assert (drawn.ci_lower[0], drawn.ci_upper[0]) == (1, 1)
    assert np.isnan(drawn.ci_lower[[1, 3]]).all()
    assert np.isnan(drawn.ci_upper[[1, 3]]).all()
    assert drawn.ci_lower[2] < drawn.ci_upper[2]


def test_a_median_often_not_reached_has_no_upper_limit():
    lower = [7, 14, 21, 28, 60, 60, 60]
    upper = [14, 21, 28, 35, np.inf, np.inf, np.inf]
    drawn = bootstrap_by_patient(lower, upper, range(7), days=[28], tau=28, seed=1)

    assert drawn.median_lower is not None
    assert drawn.median_upper is None


@pytest.mark.parametrize("rows", [0, 1, 4])
def test_fewer_than_two_patients_have_no_limits(rows):
    drawn = bootstrap_by_patient(
        [7.0] * rows, [14.0] * rows, ["a"] * rows, days=[7, 14], tau=14, seed=1
    )

    assert np.isnan(drawn.ci_lower).all()
    assert np.isnan(drawn.ci_upper).all()
    assert (drawn.median_lower, drawn.median_upper) == (None, None)
    assert drawn.restricted_mean_error is None
