"""Turnbull's curve against plain loops, and its edges."""

from __future__ import annotations

from math import inf, isnan, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.outcomes.curves import kaplan_meier, turnbull
from models.outcomes.curves.innermost import find_overlaps
from models.outcomes.curves.likelihood import Fit, Unconverged, maximise

LAST = 9
INTERVAL = st.tuples(
    st.integers(0, LAST), st.integers(0, LAST), st.booleans(), st.sampled_from([1 / 3, 0.5, 1, 4])
)
INTERVALS = st.lists(INTERVAL, min_size=1, max_size=12)


def read(drawn):
    """(lower, upper, weight) lists; about half the rows right-censored, some exact."""
    lower = [float(min(a, b)) for a, b, _, _ in drawn]
    upper = [inf if open_ended else float(max(a, b)) for a, b, open_ended, _ in drawn]
    return lower, upper, [weight for *_, weight in drawn]


def atoms(lower, upper):
    """The points of a row on a line of days (even numbers) and the gaps after them (odd)."""
    if lower == upper:
        return {int(2 * lower)}
    end = 2 * LAST + 2 if upper == inf else int(2 * upper)
    return set(range(int(2 * lower) + 1, end + 1))


def place_mass(npmle):
    """The masses of a fit on that line: each on the end of its interval."""
    line = [0.0] * (2 * LAST + 3)
    for (_, end), mass in zip(npmle.intervals, npmle.mass, strict=True):
        line[2 * LAST + 2 if end == inf else int(2 * end)] += mass
    return line


def slope(rows, line):
    """Derivative of the mean log-likelihood by the mass on each atom."""
    total = sum(weight for _, weight in rows)
    found = [0.0] * len(line)
    for points, weight in rows:
        chance = sum(line[at] for at in points)
        for at in points:
            found[at] += weight / total / chance
    return found


@settings(max_examples=200, deadline=None)
@given(INTERVALS)
def test_no_mass_anywhere_would_make_the_rows_likelier(drawn):
    lower, upper, weights = read(drawn)
    npmle = turnbull(lower, upper, weights=weights)
    rows = [
        (atoms(left, right), weight)
        for left, right, weight in zip(lower, upper, weights, strict=True)
    ]

    # The likelihood is concave: a slope of at most 1 everywhere is the maximum, whatever found it.
    assert sum(npmle.mass) == pytest.approx(1)
    assert max(slope(rows, place_mass(npmle))) <= 1 + 1e-6


@settings(max_examples=30, deadline=None)
@given(INTERVALS)
def test_equals_plain_self_consistency(drawn):
    lower, upper, weights = read(drawn)
    npmle = turnbull(lower, upper, weights=weights)
    rows = [
        (atoms(left, right), weight)
        for left, right, weight in zip(lower, upper, weights, strict=True)
    ]
    line = [1 / (2 * LAST + 3)] * (2 * LAST + 3)
    for _ in range(300):
        line = [mass * pull for mass, pull in zip(line, slope(rows, line), strict=True)]

    ours = place_mass(npmle)
    total = sum(weights)
    for points, weight in rows:
        # The chance of every row is unique, even where the masses are not.
        slow, fast = (sum(mass[at] for at in points) for mass in (line, ours))
        assert weight / total * abs(log(slow) - log(fast)) < 0.02
    gain = sum(
        weight / total * (log(sum(ours[at] for at in p)) - log(sum(line[at] for at in p)))
        for p, weight in rows
    )
    assert -1e-9 <= gain < 0.01


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=20))
def test_exact_days_give_kaplan_meier(rows):
    time = np.array([float(day) for day, _ in rows])
    event = np.array([lost for _, lost in rows])
    npmle = turnbull(time, np.where(event, time, inf))
    curve = kaplan_meier(time, event)

    days = curve.day[curve.day <= npmle.known_to]
    np.testing.assert_allclose(npmle.survival_at(days), curve.survival_at(days), atol=1e-7)


def test_intervals_that_touch_share_no_day():
    npmle = turnbull([0, 7, 7], [7, 14, 14])

    # As closed intervals all three would meet on day 7 and the curve would drop to 0 there.
    assert npmle.intervals.tolist() == [[0, 7], [7, 14]]
    assert npmle.mass == pytest.approx([1 / 3, 2 / 3])


def test_weekly_check_ins_with_none_missed_are_shares():
    lower = np.repeat([0.0, 7, 14, 21, 28], [10, 20, 30, 25, 15])
    upper = np.where(lower < 28, lower + 7, inf)

    assert turnbull(lower, upper).survival_at([0, 7, 14, 21, 28]) == pytest.approx(
        [1, 0.9, 0.7, 0.4, 0.15]
    )


def test_an_exact_day_and_an_interval_that_opens_on_it():
    overlaps = find_overlaps(np.array([7.0, 7.0, 0.0]), np.array([7.0, 14.0, 7.0]))

    assert overlaps.intervals.tolist() == [[7, 7], [7, 14]]
    found = {
        (left, right): (first, last)
        for left, right, first, last in zip(
            overlaps.lower, overlaps.upper, overlaps.first, overlaps.last, strict=True
        )
    }
    assert found == {(0, 7): (0, 0), (7, 7): (0, 0), (7, 14): (1, 1)}


def test_a_straight_line_inside_an_interval():
    npmle = turnbull([0, 10], [10, 20])

    assert npmle.survival_at([0, 5, 10, 15, 20, 99]) == pytest.approx([1, 0.75, 0.5, 0.25, 0, 0])
    day, survival = npmle.corners()
    assert day.tolist() == [0, 0, 10, 10, 20]
    assert survival == pytest.approx([1, 1, 0.5, 0.5, 0])


def test_nothing_is_said_beyond_the_last_follow_up():
    npmle = turnbull([0, 12], [7, inf])

    assert npmle.known_to == 12
    assert npmle.survival_at([7, 12]) == pytest.approx([0.5, 0.5])
    assert np.isnan(npmle.survival_at([-1, 12.5])).all()


def test_lost_before_the_first_check_in():
    npmle = turnbull([0, 0], [3, 9])

    assert npmle.intervals.tolist() == [[0, 3]]
    assert npmle.survival_at([0, 1.5, 3]) == pytest.approx([1, 0.5, 0])


def test_lost_on_day_0_exactly():
    npmle = turnbull([0, 5], [0, 9])

    assert npmle.survival_at([0, 5, 9]) == pytest.approx([0.5, 0.5, 0])


def test_no_courses():
    npmle = turnbull([], [])

    assert npmle.courses == npmle.mass.size == npmle.corners()[0].size == 0
    assert npmle.quantile(0.5).value is None
    assert np.isnan(npmle.survival_at([0, 7])).all()
    assert turnbull([1.0], [2.0], weights=[0.0]).courses == 0


def test_one_course():
    assert turnbull([7], [14]).quantile(0.5).value == 10.5
    assert isnan(turnbull([7], [inf]).survival_at(8.0))


def test_none_lost():
    npmle = turnbull([7, 21, 14], [inf, inf, inf])

    assert npmle.intervals.tolist() == [[21, inf]]
    assert npmle.survival_at([0, 21]).tolist() == [1, 1]
    assert npmle.quantile(0.5).value is None


def test_the_order_of_rows_does_not_matter():
    random = np.random.default_rng(4)
    lower = random.integers(0, 60, 300).astype(float)
    upper = np.where(random.random(300) < 0.3, inf, lower + random.integers(1, 20, 300))
    order = random.permutation(300)
    one, other = turnbull(lower, upper), turnbull(lower[order], upper[order])

    np.testing.assert_array_equal(one.intervals, other.intervals)
    np.testing.assert_allclose(one.mass, other.mass, atol=1e-12)
    assert one.gap <= 1e-9


def test_more_places_than_are_solved_for_together():
    day = np.arange(900.0)
    npmle = turnbull(np.concatenate([day, day[::2]]), np.concatenate([day, day[::2] + 1.5]))

    # One exact row a day; a second row of each even day opens after it and covers the next.
    assert npmle.intervals.shape == (900, 2)
    assert npmle.gap <= 1e-9


def test_a_place_given_up_too_early_comes_back():
    # Found by search: a Newton step empties a place that the maximum needs.
    lower = [1, 16, 11, 17, 4, 10, 0, 19]

    assert turnbull(lower, [11, 29, 23, inf, inf, 17, 7, inf]).gap <= 1e-9


def test_a_maximum_not_reached_is_no_answer(monkeypatch):
    monkeypatch.setattr("models.outcomes.curves.likelihood.MOST_ROUNDS", 1)

    lower = np.random.default_rng(1).integers(0, 60, 80)

    with pytest.raises(Unconverged, match="gap"):
        turnbull(lower, lower + 1 + np.arange(80) % 17)


def test_places_no_row_can_tell_apart():
    overlaps = find_overlaps(np.array([0.0, 5, 0]), np.array([5.0, 9, 9]))
    fit = maximise(overlaps, np.array([0.0, 1.0, 0.0]))

    # Only the row that covers both places weighs anything; any split is as likely as any other.
    assert isinstance(fit, Fit)
    assert fit.mass.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        ([5], [4], "after upper"),
        ([inf], [inf], "finite"),
        ([-1], [3], "from 0"),
        ([np.nan], [3], "from 0"),
        ([1], [np.nan], "from 0"),
        ([1, 2], [3], "same length"),
    ],
)
def test_rows_that_make_no_sense_are_refused(lower, upper, words):
    with pytest.raises(ValueError, match=words):
        turnbull(lower, upper)
