"""The pace of the present scores: against a slow loop, and against a pace that is known."""

from __future__ import annotations

import math
from math import inf

import numpy as np
import pytest

from models.outcomes.forecast.effects import weigh_effects
from models.outcomes.forecast.landmarks import FEATURES, Landmarks
from models.outcomes.forecast.laws import Law
from models.outcomes.forecast.marginal import Fitted
from models.outcomes.forecast.pace import (
    EXPECTED,
    HELD_TO,
    TURNS,
    Scale,
    Split,
    fit_pace,
    log_posterior,
)
from tests.models.outcomes.forecast.durations import response

# So little spread that the hazard is a Weibull's own: (days / exp(3.4)) ** (1 / 0.5).
ALIKE = Fitted(Law.WEIBULL, 3.4, np.zeros(0), 0.5, 1e-6, 0.0, np.zeros((3, 3)))


def hazard(days):
    return (max(days, 1e-3) / math.exp(3.4)) ** 2


def effects_of(responses):
    return weigh_effects(ALIKE, responses, np.zeros((len(responses), 0)))


def loop_hazard(since, until, factors):
    """The hazard between two days, spell by spell, at the pace of each."""
    edges = [since, *(since + turn for turn in TURNS), inf]
    return sum(
        factor * (hazard(min(edges[spell + 1], until)) - hazard(edges[spell]))
        for spell, factor in enumerate(factors)
        if until > edges[spell]
    )


def test_the_hazard_is_split_at_the_turns():
    effects = effects_of([response()])
    until = np.array([[14.0, 18, 21, 30, 35, 90]])

    split = Split.after(effects, np.array([0]), np.array([14.0]), until)

    assert split.parts.shape == (1, 6, 3)
    for place, day in enumerate(until[0]):
        for spell in range(3):
            only = [float(spell == one) for one in range(3)]
            expected = loop_hazard(14.0, day, only)
            assert split.parts[0, place, spell] == pytest.approx(expected, abs=1e-6)


def test_the_log_posterior_is_that_of_a_slow_loop_and_its_slope_that_of_small_steps():
    rng = np.random.default_rng(4)
    upper = [28.0, inf, 42.0, 70.0, inf]
    held = [response(str(n), 1, (u if u < inf else 63) - 7, u) for n, u in enumerate(upper)]
    since, marks = np.array([7.0, 14, 21, 7, 14]), rng.normal(size=(5, len(FEATURES)))
    lower, lost = np.array([one.lower for one in held]), np.isfinite(upper)
    until = np.column_stack([lower, np.where(lost, upper, lower)])
    split = Split.after(effects_of(held), np.arange(5), since, until)
    slopes = EXPECTED + rng.normal(0, 0.2, EXPECTED.shape)

    value, change = log_posterior(marks, split, lost, slopes)

    expected = -0.5 * (((slopes - EXPECTED) / HELD_TO) ** 2).sum()
    for row in range(5):
        factors = [math.exp(marks[row] @ slopes[spell]) for spell in range(3)]
        beyond = math.exp(-loop_hazard(since[row], lower[row], factors))
        over = math.exp(-loop_hazard(since[row], upper[row], factors)) if lost[row] else 0.0
        expected += math.log(beyond - over)
    assert value == pytest.approx(expected, abs=1e-5)
    for at in np.ndindex(*slopes.shape):
        step = np.zeros_like(slopes)
        step[at] = 1e-5
        ahead, behind = (log_posterior(marks, split, lost, slopes + s)[0] for s in (step, -step))
        assert change[at] == pytest.approx((ahead - behind) / 2e-5, abs=1e-4)


def draw_lost(rng, known):
    """Responses whose hazard after day 7 is the durations' own times exp(x'known), seen daily."""
    marks = rng.normal(size=(1500, len(FEATURES)))
    responses, upper = [], []
    for n, mark in enumerate(marks):
        target, day = rng.exponential(), 7.0
        factors = [math.exp(mark @ slopes) for slopes in known]
        while loop_hazard(7.0, day, factors) < target and day < 200:
            day += 1
        upper.append(day)
        responses.append(response(str(n), 1, day - 1, day, days=(7,)))
    return marks, responses, np.array(upper)


def test_a_known_pace_is_found_whatever_was_expected():
    known = np.array([[0.2, -0.5], [-0.6, 0.1], [0.3, 0.3]])
    marks, responses, upper = draw_lost(np.random.default_rng(8), known)
    landmarks = Landmarks(np.arange(len(marks)), np.full(len(marks), 7.0), marks)

    pace = fit_pace(effects_of(responses), landmarks, upper - 1, upper)

    np.testing.assert_allclose(pace.slopes, known, atol=0.15)


def test_without_any_score_the_pace_is_the_expected_one():
    none = Landmarks(np.zeros(0, np.intp), np.zeros(0), np.zeros((0, len(FEATURES))))

    pace = fit_pace(effects_of([response()]), none, np.array([21.0]), np.array([28.0]))

    assert pace.slopes.tolist() == EXPECTED.tolist()
    assert pace.scale.apply(np.ones((1, len(FEATURES)))).tolist() == [[1.0] * len(FEATURES)]
    assert isinstance(pace.scale, Scale)
