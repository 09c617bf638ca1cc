"""The patient effect against another way to integrate it, and against the truth it comes from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from models.outcomes.forecast.laws import Law, log_survival, log_survival_slope
from models.outcomes.forecast.marginal import NO_PRIORS, Priors, _Posterior, fit_marginal
from tests.models.outcomes.forecast.durations import TRUTH, draw_durations


def survival(law, days, location, scale):
    if days <= 0:
        return 1.0
    z = (np.log(days) - location) / scale
    return np.exp(-np.exp(z)) if law is Law.WEIBULL else stats.norm.sf(z)


def integrate_slowly(law, lower, upper, mark, patient, truth):
    """The log-likelihood by adaptive quadrature, one patient after another."""
    total = 0.0
    for who in np.unique(patient):
        rows = np.flatnonzero(patient == who)

        def density(effect, rows=rows):
            value = stats.norm.pdf(effect, 0, truth["spread"])
            for row in rows:
                location = truth["intercept"] + truth["slope"] * mark[row, 0] + effect
                value *= survival(law, lower[row], location, truth["scale"]) - (
                    survival(law, upper[row], location, truth["scale"])
                    if np.isfinite(upper[row])
                    else 0.0
                )
            return value

        found, _ = integrate.quad(density, -5, 5, limit=400, epsabs=1e-14, epsrel=1e-10)
        total += np.log(found)
    return total


def at(truth):
    return np.array(
        [truth["intercept"], truth["slope"], np.log(truth["scale"]), np.log(truth["spread"])]
    )


@pytest.mark.parametrize("law", Law)
def test_the_integral_over_the_patient_effect(law):
    rows = draw_durations(law, 30, seed=3, responses=3)

    goal = _Posterior.arrange(law, *rows, NO_PRIORS, 161, 6.5)

    assert goal.log_likelihood(at(TRUTH))[0] == pytest.approx(
        integrate_slowly(law, *rows, TRUTH), abs=1e-6
    )


@pytest.mark.parametrize("law", Law)
def test_the_usual_number_of_nodes_is_enough(law):
    rows = draw_durations(law, 60, seed=4, responses=6)

    few, many = (
        fit_marginal(law, *rows, NO_PRIORS, nodes, reach)
        for nodes, reach in ((21, 3.75), (161, 6.5))
    )

    assert few.spread == pytest.approx(many.spread, rel=0.01)
    assert few.scale == pytest.approx(many.scale, rel=0.01)
    assert few.intercept == pytest.approx(many.intercept, abs=0.005)


@pytest.mark.parametrize("law", Law)
def test_slopes_are_the_derivatives(law):
    goal = _Posterior.arrange(law, *draw_durations(law, 20, seed=5), Priors())
    here = at(TRUTH) + 0.1

    _, slope = goal.negative(here)

    for place in range(here.size):
        step = np.zeros(here.size)
        step[place] = 1e-6
        rise = goal.negative(here + step)[0] - goal.negative(here - step)[0]
        assert slope[place] == pytest.approx(rise / 2e-6, rel=1e-5, abs=1e-4)


def test_far_out_the_normal_hazard_is_still_the_distance():
    z = np.array([-40.0, 0.0, 5.0, 1e4, 1e8, 1e12, 1e19])
    slope = log_survival_slope(Law.LOG_NORMAL, z, log_survival(Law.LOG_NORMAL, z))
    assert slope[:3] == pytest.approx(
        [0.0, -np.sqrt(2 / np.pi), -stats.norm.pdf(5) / stats.norm.sf(5)]
    )
    assert slope[3:] == pytest.approx(-z[3:], rel=1e-3)


@pytest.mark.parametrize("law", Law)
def test_the_truth_is_recovered_whatever_the_number_of_courses(law):
    lower, upper, mark, patient = draw_durations(law, 700, seed=6)
    # Patients who lose response sooner come more often: keep one to four of theirs.
    kept = np.arange(lower.size) % 4 <= (patient * 7) % 4
    rows = lower[kept], upper[kept], mark[kept], patient[kept]

    fitted = fit_marginal(law, *rows, Priors(slope=1.0))

    error = np.sqrt(np.diag(fitted.covariance))
    found = [fitted.intercept, fitted.slopes[0], np.log(fitted.scale), np.log(fitted.spread)]
    assert np.all(np.abs(np.array(found) - at(TRUTH)) < 3.5 * error)
    assert np.all(error < 0.1)


def test_the_quick_covariance_is_near_the_exact_one(monkeypatch):
    rows = draw_durations(Law.WEIBULL, 600, seed=7)
    exact = fit_marginal(Law.WEIBULL, *rows, Priors())

    monkeypatch.setattr("models.outcomes.forecast.marginal.MANY_ROWS", 100)
    quick = fit_marginal(Law.WEIBULL, *rows, Priors())

    exact_error, quick_error = (np.sqrt(np.diag(one.covariance)) for one in (exact, quick))
    np.testing.assert_allclose(quick_error, exact_error, rtol=0.15)


def test_a_loss_before_the_first_look_and_one_row_a_patient_are_fitted():
    lower, upper = np.array([0.0, 0.0, 7.0, 14.0, 7.0]), np.array([7.0, 7.0, 14.0, np.inf, 14.0])

    fitted = fit_marginal(Law.WEIBULL, lower, upper, np.empty((5, 0)), np.arange(5), Priors())

    assert 5 < np.exp(fitted.intercept) < 40
    assert 0 < fitted.spread < 2


def test_a_small_clinic_is_held_near_what_is_usual():
    lower, upper, _, patient = draw_durations(Law.WEIBULL, 8, seed=8)
    noise = np.random.default_rng(8).normal(size=(lower.size, 6))

    free = fit_marginal(Law.WEIBULL, lower, upper, noise, patient)
    held = fit_marginal(Law.WEIBULL, lower, upper, noise, patient, Priors())

    assert np.abs(held.slopes).max() < 0.5 * np.abs(free.slopes).max()
    assert held.doubt(noise).min() > 0
