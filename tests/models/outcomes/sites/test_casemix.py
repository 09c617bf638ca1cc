"""Case-mix adjustment beside statsmodels, and on sites whose difference is their patients'."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit

from models.outcomes.sites.casemix import Cells, fit_case_mix, shift_to
from models.outcomes.sites.clustering import Repeats, design_effects, estimate_likeness
from models.outcomes.sites.design import choose_columns


def cells(rng, sites=6, effect=-0.9, lean=1.0):
    """Sites of 300 patients; the covariate lowers the odds and is unevenly spread."""
    site = np.repeat(np.arange(sites), 2)
    design = np.tile([0.0, 1.0], sites)[:, None]
    share = expit(lean * (np.arange(sites) - sites / 2 + 0.5))
    courses = np.column_stack([300 * (1 - share), 300 * share]).round().ravel()
    events = rng.binomial(courses.astype(int), expit(0.4 + effect * design[:, 0])).astype(float)
    return Cells(site, design, courses, events)


def test_slopes_and_their_errors_are_statsmodels():
    given = cells(np.random.default_rng(2))
    found = fit_case_mix(given, slope_sd=1e6)
    dummies = (given.site[:, None] == np.arange(1, 6)).astype(float)
    design = np.column_stack([np.ones(given.site.size), dummies, given.design])
    failed = given.courses - given.events
    model = sm.GLM(np.column_stack([given.events, failed]), design, family=sm.families.Binomial())
    expected = model.fit()

    # Our sites are held a little (2.5 in log-odds), which a slope hardly feels.
    assert found.slopes[0] == pytest.approx(expected.params[-1], abs=0.01)
    assert np.sqrt(found.covariance[0, 0]) == pytest.approx(expected.bse[-1], rel=0.02)


def test_as_many_events_are_expected_as_were_seen():
    given = cells(np.random.default_rng(3))
    found = fit_case_mix(given)
    assert given.courses @ found.rates(given.design) == pytest.approx(given.events.sum())


def test_what_patients_bring_with_them_is_not_held_against_a_site():
    rng = np.random.default_rng(4)
    raw, left = [], []
    for _ in range(60):
        given = cells(rng)
        expected = fit_case_mix(given).rates(given.design)
        for site in range(6):
            at = given.site == site
            n = given.courses[at].sum()
            raw.append(given.events[at].sum() / n - given.events.sum() / given.courses.sum())
            left.append((given.events[at].sum() - given.courses[at] @ expected[at]) / n)
    noise = np.sqrt(0.24 / 300)

    assert np.std(raw) > 2.5 * noise
    assert np.std(left) < 1.1 * noise


def test_a_shift_gives_as_many_events_as_asked():
    line, courses = np.array([-1.0, 0.0, 2.0]), np.array([10.0, 30.0, 5.0])
    shift = shift_to(line, courses, np.array([3.0, 20.0, 44.0]))
    for asked, moved in zip((3, 20, 44), shift, strict=True):
        assert courses @ expit(line + moved) == pytest.approx(asked)


def test_covariates_that_were_not_recorded_have_a_column_of_their_own():
    rows = [(6, 2, "depression", "induction", "IV"), (-1, -1, "ptsd", "maintenance", "IV")]
    built = choose_columns(rows, np.array([10.0, 5.0])).build(rows)

    np.testing.assert_array_equal(built[0], [0, 0, 0, 0, 0, 0, 0])
    np.testing.assert_array_equal(built[1], [0, 0, 0, 1, 1, 1, 1])


def repeats(rng, alike, sites=12, patients=80):
    found = np.zeros((5, sites))
    for site in range(sites):
        for _ in range(patients):
            n = int(rng.integers(1, 6))
            p = rng.beta(0.5 * (1 / alike - 1), 0.5 * (1 / alike - 1)) if alike else 0.5
            y = rng.binomial(n, p)
            found[:, site] += (n, y, n * n, y * y, (n - y) ** 2)
    return Repeats(*found)


@pytest.mark.parametrize("alike", [0.0, 0.2, 0.6])
def test_how_alike_a_patient_s_courses_are_is_found(alike):
    rng = np.random.default_rng(5)
    found = [estimate_likeness(repeats(rng, alike)) for _ in range(12)]
    assert np.mean(found) == pytest.approx(alike, abs=0.03)


def test_the_design_effect_is_the_variance_beside_a_binomial_s():
    rng = np.random.default_rng(6)
    drawn = [repeats(rng, 0.4, sites=1, patients=60) for _ in range(400)]
    rate = np.array([float(d.events[0] / d.courses[0]) for d in drawn])
    alone = np.mean([0.25 / d.courses[0] for d in drawn])
    stated = np.mean([design_effects(d, 0.4)[0] for d in drawn])

    assert rate.var() / alone == pytest.approx(stated, rel=0.2)


def test_one_course_a_patient_has_no_design_effect():
    n = np.array([50.0])
    only = Repeats(n, n / 2, n, n / 2, n / 2)
    assert estimate_likeness(only) == 0
    assert design_effects(only, 0.5)[0] == 1
