"""Both curves of a group, as the export and the screen take them."""

from __future__ import annotations

import numpy as np
import pytest

from models.outcomes.curves import (
    kaplan_meier,
    midpoint,
    restricted_mean,
    summarise,
    turnbull,
)

LOWER = np.array([0.0, 7, 14, 14, 28, 35, 63, 70])
UPPER = np.array([7, 14, 28, np.inf, 35, 49, np.inf, np.inf])
PATIENT = np.array(["ann", "ann", "ann", "bea", "cy", "cy", "dot", "eve"])
SHARE = np.array([1 / 3, 1 / 3, 1 / 3, 1, 0.5, 0.5, 1, 1])


def test_each_patient_counts_once():
    found = summarise(LOWER, UPPER, PATIENT, seed=1)
    time, lost = midpoint(LOWER, UPPER)
    curve = kaplan_meier(time, lost, weights=SHARE, cluster=PATIENT)

    np.testing.assert_array_equal(found.kaplan_meier.survival, curve.survival)
    np.testing.assert_array_equal(found.kaplan_meier.standard_error, curve.standard_error)
    assert found.kaplan_meier.at_risk[0] == pytest.approx(5)
    npmle = turnbull(LOWER, UPPER, weights=SHARE)
    np.testing.assert_array_equal(found.turnbull.mass, npmle.mass)


def test_the_rows_of_turnbull():
    found = summarise(LOWER, UPPER, PATIENT, seed=1)
    table, _ = found.tables

    ends = found.turnbull.intervals[np.isfinite(found.turnbull.intervals)]
    assert table.method == "turnbull"
    assert table.day.tolist() == sorted({0.0, *ends})
    np.testing.assert_array_equal(table.survival, found.turnbull.survival_at(table.day))
    assert (table.day[0], table.survival[0], table.ci_lower[0]) == (0, 1, 1)
    # Courses still followed by the mid-points: all but ann's first on day 7.
    assert table.at_risk[table.day == 7] == pytest.approx(5 - 1 / 3)
    limited = ~np.isnan(table.ci_lower)
    assert (table.ci_lower[limited] <= table.survival[limited] + 1e-9).all()
    assert (table.ci_upper[limited] >= table.survival[limited] - 1e-9).all()


def test_the_rows_of_kaplan_meier():
    found = summarise(LOWER, UPPER, PATIENT, seed=1)
    _, table = found.tables

    assert table.method == "kaplan_meier"
    assert table.day.tolist() == [0, 3.5, 10.5, 14, 21, 31.5, 42, 63, 70]
    np.testing.assert_array_equal(table.survival, found.kaplan_meier.survival)


def test_medians_and_restricted_means():
    found = summarise(LOWER, UPPER, PATIENT, seed=1)
    by_turnbull, by_kaplan_meier = found.medians

    for row in found.medians:
        assert (row.patients, row.courses, row.lost) == (5, 8, 5)
        assert row.restricted_mean.tau == 56
        assert row.restricted_mean.standard_error > 0
    assert by_turnbull.method == "turnbull"
    assert by_turnbull.median.value == found.turnbull.quantile(0.5).value
    assert by_turnbull.restricted_mean.value == restricted_mean(found.turnbull, 56).value
    assert by_kaplan_meier.method == "kaplan_meier"
    assert by_kaplan_meier.median == found.kaplan_meier.quantile(0.5)
    assert by_kaplan_meier.restricted_mean == restricted_mean(found.kaplan_meier, 56)


def test_one_short_responder_with_many_courses_does_not_carry_the_curve():
    lower, upper = [0.0] * 9 + [70.0], [7.0] * 9 + [np.inf]
    found = summarise(lower, upper, ["often"] * 9 + ["once"], seed=1)

    assert found.kaplan_meier.survival_at(56) == pytest.approx(0.5)
    assert found.turnbull.survival_at(56) == pytest.approx(0.5)


def test_no_courses():
    found = summarise([], [], [], seed=1)

    assert [table.day.size for table in found.tables] == [0, 0]
    for row in found.medians:
        assert (row.patients, row.courses, row.lost) == (0, 0, 0)
        assert row.median.value is None
        assert row.restricted_mean.value is None


def test_one_patient_with_many_courses_is_described_without_limits():
    found = summarise([0, 7, 14, 21], [7, 14, 21, np.inf], ["ann"] * 4, seed=1, tau=14)

    for table, row in zip(found.tables, found.medians, strict=True):
        assert np.isnan(table.ci_lower[table.day > 0]).all()
        assert (row.patients, row.courses, row.lost) == (1, 4, 3)
        assert row.median.value is not None
        assert (row.median.ci_lower, row.median.ci_upper) == (None, None)
        assert row.restricted_mean.value is not None
        assert row.restricted_mean.standard_error is None


def test_follow_up_too_short_for_the_horizon():
    found = summarise([0, 20, 30], [10, np.inf, np.inf], list("abc"), seed=1)

    for row in found.medians:
        assert (row.restricted_mean.value, row.restricted_mean.standard_error) == (None, None)
        assert row.restricted_mean.known_to == 30
