"""Kaplan-Meier against plain loops, and its edges."""

from __future__ import annotations

from math import exp, isnan, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.outcomes.curves import Quantile, kaplan_meier, midpoint, turnbull

Z = 1.959963984540054
ROW = st.tuples(
    st.integers(0, 6), st.booleans(), st.sampled_from([0.25, 1 / 3, 0.5, 1, 2]), st.integers(0, 3)
)
ROWS = st.lists(ROW, min_size=1, max_size=14)


def survive(times, events, weights, day):
    """The product limit, straight from its definition."""
    product = 1.0
    for at in sorted({t for t in times if t <= day}):
        at_risk = sum(w for t, w in zip(times, weights, strict=True) if t >= at)
        rows = list(zip(times, events, weights, strict=True))
        lost = sum(w for t, e, w in rows if t == at and e)
        if all(e and t == at for t, e, _ in rows if t >= at):
            return 0.0
        product *= 1 - lost / at_risk
    return product


def perturb(times, events, weights, cluster, day):
    """The robust error, by really giving each cluster a little more and a little less weight."""
    total, nudge = 0.0, 1e-5
    for one in set(cluster):
        heights = []
        for sign in (1, -1):
            nudged = [
                w * (1 + sign * nudge) if c == one else w
                for w, c in zip(weights, cluster, strict=True)
            ]
            heights.append(survive(times, events, nudged, day))
        total += ((heights[0] - heights[1]) / (2 * nudge)) ** 2
    return sqrt(total)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_equals_a_plain_loop(rows):
    times, events, weights, cluster = (list(values) for values in zip(*rows, strict=True))
    curve = kaplan_meier(times, events, weights=weights, cluster=cluster)

    assert curve.day[0] == 0
    for at, day in enumerate(curve.day):
        expected = survive(times, events, weights, day)
        at_risk = sum(w for t, w in zip(times, weights, strict=True) if t >= day)
        assert curve.survival[at] == pytest.approx(expected, abs=1e-12)
        assert curve.at_risk[at] == pytest.approx(at_risk)
        if expected > 0 and len(set(cluster)) > 1:
            error = perturb(times, events, weights, cluster, day)
            assert curve.standard_error[at] == pytest.approx(error, abs=1e-7)
        else:
            assert isnan(curve.standard_error[at])


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_greenwood_is_the_jackknife_of_single_rows(rows):
    times, events, _, _ = (list(values) for values in zip(*rows, strict=True))
    plain = kaplan_meier(times, events)
    robust = kaplan_meier(times, events, weights=np.ones(len(times)))

    np.testing.assert_array_equal(robust.survival, plain.survival)
    if len(times) > 1:
        np.testing.assert_allclose(robust.standard_error, plain.standard_error, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_a_whole_weight_is_that_many_rows(rows):
    times, events, _, _ = (list(values) for values in zip(*rows, strict=True))
    doubled = kaplan_meier(np.repeat(times, 2), np.repeat(events, 2))
    weighted = kaplan_meier(times, events, weights=[2.0] * len(times))

    np.testing.assert_allclose(weighted.survival, doubled.survival, atol=1e-12)
    np.testing.assert_allclose(weighted.at_risk, doubled.at_risk)
    np.testing.assert_allclose(weighted.events, doubled.events)


def test_limits_are_log_log():
    curve = kaplan_meier([5, 10, 15, 20], [True, True, False, True])

    # After day 10: S = 1/2, Greenwood's sum 1/12 + 1/6 = 1/4.
    spread = exp(Z * sqrt(0.25) / -log(0.5))
    assert curve.survival.tolist() == [1, 0.75, 0.5, 0.5, 0]
    assert curve.ci_lower[2] == pytest.approx(0.5**spread)
    assert curve.ci_upper[2] == pytest.approx(0.5 ** (1 / spread))
    assert curve.standard_error[2] == pytest.approx(0.25)


def test_limits_are_wider_at_a_higher_level():
    wide = kaplan_meier([5, 10, 15], [True, True, False], level=0.99)
    narrow = kaplan_meier([5, 10, 15], [True, True, False], level=0.8)

    assert (wide.ci_lower[1:3] < narrow.ci_lower[1:3]).all()
    assert (wide.ci_upper[1:3] > narrow.ci_upper[1:3]).all()


def test_where_everyone_lost_response_there_are_no_limits():
    third = 1 / 3
    curve = kaplan_meier([1, 2, 2, 2], [1, 1, 1, 1], weights=[1, third, third, third])

    # Exactly 0, although the thirds do not add up to what is subtracted.
    assert curve.survival[-1] == 0
    assert isnan(curve.standard_error[-1])
    assert isnan(curve.ci_lower[-1])
    assert isnan(curve.ci_upper[-1])


def test_before_the_first_loss_only_day_0_has_limits():
    curve = kaplan_meier([7, 14, 21, 28], [False, True, False, True])

    assert (curve.ci_lower[0], curve.ci_upper[0]) == (1, 1)
    assert isnan(curve.ci_lower[1])
    assert isnan(curve.ci_upper[1])


def test_no_courses():
    curve = kaplan_meier([], [])

    assert curve.courses == curve.day.size == curve.survival.size == 0
    assert curve.quantile(0.5) == Quantile(None, None, None)
    assert np.isnan(curve.survival_at([0, 7])).all()
    assert curve.at_risk_at([0, 7]).tolist() == [0, 0]
    assert kaplan_meier([], [], weights=[], cluster=[]).courses == 0
    assert kaplan_meier([3.0], [True], weights=[0.0]).courses == 0


def test_one_lost_course():
    curve = kaplan_meier([9], [True])

    assert curve.day.tolist() == [0, 9]
    assert curve.survival.tolist() == [1, 0]
    assert curve.quantile(0.5) == Quantile(9, None, None)


def test_none_lost():
    curve = kaplan_meier([7, 7, 21], [False, False, False])

    assert curve.survival.tolist() == [1, 1, 1]
    assert curve.standard_error.tolist() == [0, 0, 0]
    assert curve.quantile(0.5) == Quantile(None, None, None)
    assert curve.survival_at([7, 21]).tolist() == [1, 1]
    assert isnan(curve.survival_at(21.5))


def test_one_patient_shows_no_spread_and_gets_no_limits():
    curve = kaplan_meier([7, 14, 21], [True, True, False], cluster=["a", "a", "a"])

    assert curve.survival[-1] == pytest.approx(1 / 3)
    assert np.isnan(curve.standard_error).all()
    assert np.isnan(curve.ci_lower[1:]).all()
    assert curve.quantile(0.5) == Quantile(14, None, None)


def test_courses_of_one_patient_are_not_independent():
    time, event = [7, 14, 21, 28] * 3, [True, True, True, False] * 3
    apart = kaplan_meier(time, event)
    together = kaplan_meier(time, event, cluster=list("abcd") * 3)

    assert (together.standard_error[1:] > 1.5 * apart.standard_error[1:]).all()


def test_followed_for_no_time_at_all():
    curve = kaplan_meier([0, 0, 10, 20], [False, False, True, False])

    assert curve.at_risk.tolist() == [4, 2, 1]
    assert curve.survival.tolist() == [1, 0.5, 0.5]


def test_lost_on_day_0():
    curve = kaplan_meier([0, 10, 20, 30], [True, False, True, False])

    assert curve.day.tolist() == [0, 10, 20, 30]
    assert curve.survival.tolist() == [0.75, 0.75, 0.375, 0.375]
    assert curve.ci_upper[0] < 1


def test_survival_between_days_and_beyond_them():
    curve = kaplan_meier([5, 10, 15], [True, True, False])

    assert curve.survival_at([0, 4.9, 5, 9.9, 15]).tolist() == pytest.approx(
        [1, 1, 2 / 3, 2 / 3, 1 / 3]
    )
    assert np.isnan(curve.survival_at([-1, 15.1])).all()
    assert curve.at_risk_at([0, 5, 5.1, 15, 15.1]).tolist() == [3, 3, 2, 1, 0]
    assert curve.known_to == 15


def test_once_all_have_lost_response_it_stays_lost():
    curve = kaplan_meier([5, 10], [True, True])

    assert curve.survival_at([10, 1000]).tolist() == [0, 0]


def test_midpoint_dates_a_loss_half_way():
    time, event = midpoint([0, 7, 14, 10], [7, 14, np.inf, 10])

    assert time.tolist() == [3.5, 10.5, 14, 10]
    assert event.tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("time", "event", "extras"),
    [
        ([-1.0], [True], {}),
        ([np.nan], [True], {}),
        ([np.inf], [False], {}),
        ([1.0, 2.0], [True], {}),
        ([[1.0]], [[True]], {}),
        ([1.0], [True], {"weights": [-1.0]}),
        ([1.0], [True], {"weights": [np.nan]}),
        ([1.0], [True], {"weights": [1.0, 1.0]}),
        ([1.0], [True], {"cluster": ["a", "b"]}),
    ],
)
def test_rows_that_make_no_sense_are_refused(time, event, extras):
    with pytest.raises(ValueError, match="must"):
        kaplan_meier(time, event, **extras)


@pytest.mark.parametrize("unit", [1.0, 0.5, 0.1, 1e5, 1e-3])
def test_days_of_any_fineness_are_told_apart(unit):
    # Whole and half days are counted, others sorted.
    time = np.array([3, 1, 2, 2, 5]) * unit
    curve = kaplan_meier(time, [True] * 5)

    np.testing.assert_array_equal(curve.day, np.array([0, 1, 2, 3, 5]) * unit)
    assert curve.survival == pytest.approx([1, 0.8, 0.4, 0.2, 0])
    npmle = turnbull(time, np.where(time == unit, np.inf, time))
    assert npmle.mass == pytest.approx([0.5, 0.25, 0.25])
