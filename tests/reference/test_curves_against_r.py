"""Our curves against what R's survival package printed (curves.R, r_*.csv)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from models.outcomes.curves import kaplan_meier, midpoint, restricted_mean, turnbull

HERE = Path(__file__).resolve().parent
CLOSE = {"rtol": 1e-9, "atol": 1e-11}


def read(name):
    with (HERE / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(rows, name):
    return np.array([float(row[name]) if row[name] not in ("", "NA") else np.nan for row in rows])


def rows_of(name, fit):
    return [row for row in read(name) if row["fit"] == fit]


def read_courses(name):
    rows = read(name)
    patient = np.array([row["patient"] for row in rows])
    owner = np.unique(patient, return_inverse=True)[1]
    return column(rows, "lower"), column(rows, "upper"), patient, 1 / np.bincount(owner)[owner]


def lung():
    """The rows behind R's table of its own lung data: those lost and censored on each day."""
    steps = rows_of("r_kaplan_meier", "lung")
    day = column(steps, "day")
    events, censored = (column(steps, name).astype(int) for name in ("events", "censored"))
    time = np.concatenate([np.repeat(day, events), np.repeat(day, censored)])
    return time, np.arange(time.size) < events.sum()


def fit(name):
    if name == "lung":
        return kaplan_meier(*lung())
    lower, upper, patient, share = read_courses(name.split("_")[0])
    extras = {
        "weekly": {},
        "weekly_weighted": {"weights": share},
        "weekly_clustered": {"cluster": patient},
        "weekly_patients": {"weights": share, "cluster": patient},
        "irregular_patients": {"weights": share, "cluster": patient},
        "weekly_patients_80": {"weights": share, "cluster": patient, "level": 0.8},
    }
    return kaplan_meier(*midpoint(lower, upper), **extras[name])


FITS = sorted({row["fit"] for row in read("r_kaplan_meier")})


@pytest.mark.parametrize("name", FITS)
def test_every_step_of_kaplan_meier(name):
    curve, steps = fit(name), rows_of("r_kaplan_meier", name)

    # R begins with the first day anyone was seen; ours with day 0.
    at = np.searchsorted(curve.day, column(steps, "day"))
    np.testing.assert_array_equal(curve.day[at], column(steps, "day"))
    assert set(curve.day) - set(column(steps, "day")) <= {0.0}
    for ours, theirs in [
        (curve.at_risk, "at_risk"),
        (curve.events, "events"),
        (curve.survival, "survival"),
        (curve.standard_error, "standard_error"),
    ]:
        np.testing.assert_allclose(ours[at], column(steps, theirs), **CLOSE)
    later = at[column(steps, "day") > 0]
    for ours, theirs in [(curve.ci_lower, "ci_lower"), (curve.ci_upper, "ci_upper")]:
        expected = column(steps, theirs)[column(steps, "day") > 0]
        np.testing.assert_allclose(ours[later], expected, **CLOSE)


@pytest.mark.parametrize("name", FITS)
def test_quantiles_and_their_limits(name):
    curve = fit(name)

    for row in rows_of("r_quantiles", name):
        found = curve.quantile(float(row["q"]))
        for ours, theirs in [
            (found.value, row["value"]),
            (found.ci_lower, row["ci_lower"]),
            (found.ci_upper, row["ci_upper"]),
        ]:
            assert ours == (None if theirs == "" else pytest.approx(float(theirs), abs=1e-9))


def test_the_median_of_lung_as_everyone_knows_it():
    median = fit("lung").quantile(0.5)

    assert (median.value, median.ci_lower, median.ci_upper) == (310, 284, 361)


@pytest.mark.parametrize("name", FITS)
def test_restricted_means(name):
    curve = fit(name)

    for row in rows_of("r_restricted_means", name):
        mean = restricted_mean(curve, float(row["tau"]))
        assert mean.value == pytest.approx(float(row["value"]), rel=1e-10)
        assert mean.standard_error == pytest.approx(float(row["standard_error"]), rel=1e-9)
        if row["printed_error"]:
            assert mean.standard_error == pytest.approx(float(row["printed_error"]), rel=1e-9)


def read_between(name):
    """(lower, upper, weights) of a Turnbull fit of curves.R."""
    if name == "tiny":
        lower = np.array([2.0, 5, 1, 1, 9, 8, 10])
        return lower, np.array([3.0, 6, 7, 7, 12, 10, 13]), None
    if name.startswith("radiation"):
        rows = [row for row in read("cosmesis") if row["treatment"] == name]
        return column(rows, "lower"), column(rows, "upper"), None
    lower, upper, _, share = read_courses("weekly" if name.startswith("weekly") else "irregular")
    if name == "some_exact":
        third = (np.arange(1, lower.size + 1) % 3 == 0) & np.isfinite(upper)
        return np.where(third, upper, lower), upper, None
    return lower, upper, share if name.endswith("patients") else None


@pytest.mark.parametrize("name", sorted({row["fit"] for row in read("r_turnbull")}))
def test_turnbull_at_the_ends_of_every_interval(name):
    lower, upper, weights = read_between(name)
    npmle = turnbull(lower, upper, weights=weights)
    steps = rows_of("r_turnbull", name)

    # R lets the curve fall half-way through an interval: at its ends, both say the same.
    days = np.unique(npmle.intervals[np.isfinite(npmle.intervals)])
    days = days[days <= npmle.known_to]
    height = np.concatenate(([1.0], column(steps, "survival")))
    expected = height[np.searchsorted(column(steps, "day"), days, side="right")]
    assert days.size >= 6
    np.testing.assert_allclose(npmle.survival_at(days), expected, atol=1e-6)
