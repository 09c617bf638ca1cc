"""Durations from counts a day: the same curves and errors as from the patients themselves."""

from __future__ import annotations

import numpy as np
import pytest

from models.outcomes.curves import Quantile, kaplan_meier, midpoint, restricted_mean, turnbull
from models.outcomes.sites.durations import subtract
from models.outcomes.sites.spans import (
    Spans,
    fit_held,
    fit_turnbull,
    join,
    observations_at,
)
from models.outcomes.sites.spans import chances as chances_by


def made(rng, patients, most=1, alike=0.0, missed=0.2, stops=70.0):
    """(lower, upper, patient) of weekly check-ins; `alike` is of the logarithms of durations."""
    rows = []
    for patient in range(patients):
        own = rng.normal(0, np.sqrt(alike))
        for _ in range(int(rng.integers(1, most + 1))):
            lost_on = np.exp(3.7 + 0.7 * (own + rng.normal(0, np.sqrt(1 - alike))))
            stop, lower, upper = rng.exponential(stops), 0.0, np.inf
            for day in range(int(rng.integers(1, 8)), 300, 7):
                if day > stop:
                    break
                if rng.random() < missed:
                    continue
                if day >= lost_on:
                    upper = float(day)
                    break
                lower = float(day)
            rows.append((lower, upper, patient))
    return [np.array(column, dtype=float) for column in zip(*rows, strict=True)]


def count(lower, upper, patient):
    """The same rows as counts a distinct (lower, upper]."""
    n = np.bincount(patient.astype(int))[patient.astype(int)]
    table = {}
    for key, courses in zip(zip(lower, upper, strict=True), n, strict=True):
        known = table.get(key, np.zeros(3))
        table[key] = known + np.array([1, 1 / courses, 1 / courses**2])
    sums = np.array(list(table.values()))
    days = np.array(list(table))
    return Spans(days[:, 0], days[:, 1], *sums.T)


def chances(spans, day):
    return chances_by(spans, fit_turnbull(spans), day)


def test_the_curve_is_that_of_the_patients_each_counting_once():
    lower, upper, patient = made(np.random.default_rng(1), 200, most=4, alike=0.5)
    n = np.bincount(patient.astype(int))[patient.astype(int)]
    theirs = kaplan_meier(*midpoint(lower, upper), weights=1 / n)
    ours = fit_held(count(lower, upper, patient), 0.5).curve

    np.testing.assert_allclose(ours.survival, theirs.survival, atol=1e-12)
    expected = turnbull(lower, upper, weights=1 / n).survival_at([56.0])[0]
    assert chances(count(lower, upper, patient), 56.0)[0] == pytest.approx(expected, abs=1e-6)


def test_with_one_course_a_patient_the_errors_are_those_r_gives():
    # tests/reference holds kaplan_meier with clusters to what R prints.
    lower, upper, patient = made(np.random.default_rng(2), 150)
    theirs = kaplan_meier(*midpoint(lower, upper), weights=np.ones(150), cluster=patient)
    mean = restricted_mean(theirs, 56.0)
    ours = fit_held(count(lower, upper, patient), 0.4)

    error = np.sqrt(ours.log_variance()) * theirs.survival
    known = np.isfinite(theirs.standard_error)
    np.testing.assert_allclose(error[known], theirs.standard_error[known], rtol=1e-9)
    assert ours.restricted_mean(56.0) == pytest.approx((mean.value, mean.standard_error))


def test_with_courses_that_are_all_one_the_errors_are_those_of_clusters():
    # A patient's courses end on the same days: likeness 1, and clustering sees just that.
    rng = np.random.default_rng(3)
    lower, upper, _ = made(rng, 120)
    copies = rng.integers(1, 5, 120)
    patient = np.repeat(np.arange(120), copies)
    theirs = kaplan_meier(
        *midpoint(np.repeat(lower, copies), np.repeat(upper, copies)),
        weights=1 / copies[patient],
        cluster=patient,
    )
    ours = fit_held(
        count(np.repeat(lower, copies), np.repeat(upper, copies), patient.astype(float)), 1.0
    )
    error = np.sqrt(ours.log_variance()) * theirs.survival
    known = np.isfinite(theirs.standard_error)
    np.testing.assert_allclose(error[known], theirs.standard_error[known], rtol=1e-9)
    expected = restricted_mean(theirs, 56.0).standard_error
    assert ours.restricted_mean(56.0)[1] == pytest.approx(expected)


def test_the_curve_is_the_mean_of_the_chances_of_its_rows():
    lower, upper, patient = made(np.random.default_rng(4), 300, most=3, alike=0.4)
    spans = count(lower, upper, patient)
    share, chance = chances(spans, 56.0)

    assert spans.weight @ chance / spans.weight.sum() == pytest.approx(share, abs=2e-4)
    assert set(chance[spans.lower >= 56]) == {1.0}
    assert set(chance[spans.upper <= 56]) == {0.0}


def test_the_share_at_eight_weeks_is_as_sure_as_stated():
    rng = np.random.default_rng(5)
    whole = fit_held(count(*made(rng, 8000, most=3, alike=0.5)), 0.35).curve
    shares, stated = [], []
    for _ in range(250):
        spans = count(*made(rng, 60, most=3, alike=0.5))
        shares.append(chances(spans, 56.0)[0])
        stated.append(observations_at(spans, whole, 56.0, 0.35))
    held = float(whole.survival_at([56.0])[0])
    worth = held * (1 - held) / np.nanvar(shares)

    assert np.nanmean(shares) == pytest.approx(held, abs=0.02)
    # Stated no larger than it is, and not much smaller either.
    assert 0.75 < np.mean(stated) / worth < 1.08


def test_two_equal_groups_seldom_differ_though_their_patients_come_back():
    rng = np.random.default_rng(6)
    alarms = naive = 0
    for _ in range(200):
        fits = []
        for _ in range(2):
            spans = count(*made(rng, 50, most=6, alike=0.7, stops=200.0))
            fits.append((fit_held(spans, 0.45), fit_held(_as_if_strangers(spans), 0.0)))
        (a, x), (b, y) = fits
        for one, other, kind in ((a, b, "ours"), (x, y, "naive")):
            (m1, s1), (m2, s2) = one.restricted_mean(56.0), other.restricted_mean(56.0)
            found = abs(m1 - m2) > 1.96 * np.hypot(s1, s2)
            alarms, naive = alarms + (found and kind == "ours"), naive + (found and kind == "naive")

    assert alarms / 200 <= 0.08
    assert naive / 200 > 0.12


def _as_if_strangers(spans):
    return Spans(spans.lower, spans.upper, spans.courses, spans.courses, spans.courses)


def test_groups_join_into_the_curve_of_all():
    rng = np.random.default_rng(7)
    parts = [count(*made(rng, 40)) for _ in range(3)]
    whole = join(parts)
    assert whole.patients == pytest.approx(120)
    assert fit_held(whole, 0.2).curve.courses == sum(part.lower.size for part in parts)


def test_medians_are_subtracted_with_limits_that_hold_the_truth():
    # Zou and Donner: of two normal estimates the limits are the usual ones.
    found = subtract(Quantile(40, 30, 50), Quantile(30, 24, 36))
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (10, 10 - 136**0.5, 10 + 136**0.5)
    )
    assert subtract(Quantile(40, 30, None), Quantile(30, 24, 36)) is None
