"""The area under a curve, added up day by day."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from models.outcomes.curves import kaplan_meier, restricted_mean, turnbull
from models.outcomes.curves.restricted_mean import NoMean

TIME = [7, 14, 14, 21, 28, 35, 35, 42, 60, 60, 70, 70]
EVENT = [1, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0]
PATIENT = list("aabbbcdeefgg")


def area(curve, tau):
    """The area in steps of a hundredth of a day, each taken at its middle."""
    middles = np.arange(0.005, tau, 0.01)
    return float(curve.survival_at(middles).sum() * 0.01)


def shift(tau, one, nudge):
    weights = [1 + nudge if patient == one else 1.0 for patient in PATIENT]
    return area(kaplan_meier(TIME, EVENT, weights=weights), tau)


@pytest.mark.parametrize("tau", [5, 14, 30, 56, 70])
def test_kaplan_meier(tau):
    curve = kaplan_meier(TIME, EVENT)

    assert restricted_mean(curve, tau).value == pytest.approx(area(curve, tau))


@pytest.mark.parametrize("tau", [14, 56, 70])
def test_the_error_is_what_each_patient_moves(tau):
    curve = kaplan_meier(TIME, EVENT, cluster=PATIENT)
    moved = [(shift(tau, one, 1e-5) - shift(tau, one, -1e-5)) / 2e-5 for one in set(PATIENT)]

    expected = sqrt(sum(each**2 for each in moved))
    assert restricted_mean(curve, tau).standard_error == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("tau", [14, 56, 70])
def test_rows_on_their_own_have_the_plain_error(tau):
    plain = restricted_mean(kaplan_meier(TIME, EVENT), tau)
    robust = restricted_mean(kaplan_meier(TIME, EVENT, cluster=range(12)), tau)

    assert robust.standard_error == pytest.approx(plain.standard_error)


@pytest.mark.parametrize("tau", [3, 7, 10, 14, 30, 33, 40])
def test_turnbull(tau):
    npmle = turnbull([0, 5, 7, 14, 20, 40, 40], [7, 21, 14, 28, 20, np.inf, np.inf])
    mean = restricted_mean(npmle, tau)

    assert mean.value == pytest.approx(area(npmle, tau), abs=2e-3)
    assert mean.standard_error is None


def test_follow_up_that_ends_before_tau_gives_no_mean():
    for curve in (kaplan_meier([10, 40], [True, False]), turnbull([0, 40], [10, np.inf])):
        mean = restricted_mean(curve, 56)

        assert (mean.value, mean.standard_error) == (None, None)
        assert (mean.reason, mean.known_to) == (NoMean.FOLLOW_UP_ENDS, 40)
        assert restricted_mean(curve, 40).value is not None


def test_once_all_have_lost_response_the_area_is_complete():
    assert restricted_mean(kaplan_meier([10, 20], [True, True]), 56).value == 15
    assert restricted_mean(turnbull([5, 15], [15, 25]), 56).value == pytest.approx(15)


def test_no_courses():
    for curve in (kaplan_meier([], []), turnbull([], [])):
        mean = restricted_mean(curve, 56)

        assert (mean.value, mean.standard_error, mean.reason) == (None, None, NoMean.NO_COURSES)


def test_one_patient_has_a_mean_without_an_error():
    mean = restricted_mean(kaplan_meier([10, 20], [True, True], cluster=["a", "a"]), 15)

    assert mean.value == 12.5
    assert mean.standard_error is None


@pytest.mark.parametrize("tau", [0, -1, np.inf, np.nan])
def test_a_horizon_is_a_number_of_days(tau):
    with pytest.raises(ValueError, match="tau"):
        restricted_mean(kaplan_meier([10], [True]), tau)
