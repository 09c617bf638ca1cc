"""What a whole run of scores says: against slow sums, and against clinics whose truth is known."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from math import inf

import numpy as np
import pytest

from models.outcomes.forecast import fit_model, state_outlooks
from models.outcomes.forecast.effects import GRID, Effects
from models.outcomes.forecast.laws import Law
from models.outcomes.forecast.paths import (
    COARSE,
    DAYS,
    DEEPEST,
    EDGES,
    FALLEN,
    FALLEN_SPREAD,
    HEIGHT,
    HEIGHT_SPREAD,
    ROUNDS,
    SCATTER_SEEN,
    SHAPES_SEEN,
    SHOWN,
    Paths,
    fit_paths,
)
from tests.models.outcomes.forecast.durations import ask, clinic, open_response, response

PATHS = Paths(noise=0.12, sudden=0.3, narrower=0.8)


def normal(away, spread):
    return math.exp(-0.5 * (away / spread) ** 2) / spread


def loop_likelihood(days, margins, lost_on, sudden):
    """Of one run of scores if lost on a day, the height summed out in small steps."""
    total = 0.0
    for height in np.linspace(HEIGHT - 6 * HEIGHT_SPREAD, HEIGHT + 6 * HEIGHT_SPREAD, 2001):
        likely = normal(height - HEIGHT, HEIGHT_SPREAD)
        for day, margin in zip(days, margins, strict=True):
            if not sudden:
                line = height * max(1 - day / lost_on, DEEPEST)
                likely *= normal(margin - line, PATHS.noise)
            elif day < lost_on:
                likely *= normal(margin - height, PATHS.noise)
            else:
                likely *= normal(margin - FALLEN, math.hypot(PATHS.noise, FALLEN_SPREAD))
        total += likely
    return total


def test_scores_are_as_likely_as_a_slow_sum_says():
    seen = ((7, 14, 21, 28), (0.4, 0.25, 0.3, 0.05))
    lost = response(lower=21, upper=28, days=(3, 7, 14, 21, 28, 35, 42))
    lost = replace(lost, margins=(-0.1, 0.3, 0.3, 0.1, -0.1, -0.2, 0.4))
    held = replace(open_response(), days=seen[0], margins=seen[1], lower=28.0)

    shapes = PATHS.by_shape([held, lost])
    mixed = PATHS.likelihood([held, lost])

    # Of the lost one the first good score to the one that confirmed: neither day 3 nor day 42.
    runs = [seen, (lost.days[1:6], lost.margins[1:6])]
    for row, (days, margins) in enumerate(runs):
        expected = np.array(
            [[loop_likelihood(days, margins, day, sudden) for day in DAYS] for sudden in (0, 1)]
        )
        assert shapes[:, row] == pytest.approx(expected / expected.max(), abs=1e-6)
        both = 0.7 * expected[0] + 0.3 * expected[1]
        assert mixed[row] == pytest.approx(both / both.max(), abs=1e-6)


def held_beyond(day, location, scale):
    """Log-normal."""
    if day in (0.0, EDGES[-1]):
        return 1.0 - (day > 0)
    return 0.5 * math.erfc((math.log(day) - location) / scale / math.sqrt(2))


def test_the_chance_is_that_of_a_slow_sum_over_days_and_effects():
    rng = np.random.default_rng(1)
    responses = [response("A", 1), response("A", 2), open_response("A"), open_response("B")]
    location = 3.4 + np.array([0.1, 0.0, -0.1, 0.2])[:, None] + 0.5 * GRID
    effects = Effects(Law.LOG_NORMAL, 0.5, location, np.zeros((4, GRID.size)))
    likelihood = rng.uniform(0.1, 1, (4, DAYS.size))
    ahead = np.array([0.0, 3, SHOWN, 20, 100])
    rows, well, until = np.array([2, 3]), np.array([21.0, 21]), 21 + np.array([ahead] * 2)

    chance = PATHS.chance_of_loss(effects, responses, likelihood, rows, well, until)

    cells = list(pairwise(EDGES))
    for place, (row, earlier) in enumerate([(2, (0, 1)), (3, ())]):
        mass = np.zeros(len(cells))
        for effect in range(0, GRID.size, COARSE.step):
            inside = [
                [held_beyond(a, at, 0.4) - held_beyond(b, at, 0.4) for a, b in cells]
                for at in location[:, effect]
            ]
            weight = math.exp(-0.5 * GRID[effect] ** 2)
            for one in earlier:
                weight *= float(np.dot(inside[one], likelihood[one]))
            mass += weight * np.array(inside[row]) * likelihood[row]
        mass /= mass.sum()

        def lost_by(day, mass=mass):
            parts = [min(max((day - a) / (b - a), 0), 1) for a, b in cells]
            return float(np.dot(parts, mass))

        for time, days in enumerate(ahead):
            hidden = lost_by(21.0) * max(1 - days / SHOWN, 0)
            assert chance[place, time] == pytest.approx(lost_by(21 + days) - hidden, abs=1e-9)


def test_a_response_seen_well_today_is_not_lost_today_and_chances_only_grow():
    model = fit_model(clinic())
    near = replace(open_response(), margins=(0.3, 0.15, 0.01))

    (outlook,) = state_outlooks(model, [ask(near)])

    chances = [chance for _, chance in outlook.window.curve]
    assert chances[0] == 0
    assert chances == sorted(chances)


def loop_fit(effects, responses):
    """What fit_paths learns of falls and scale, patient effect by effect and cell by cell."""
    noise = fit_paths(effects, responses).noise
    shapes = Paths(noise, 0.5, 1.0).by_shape(responses)
    sudden, scale = 0.5, effects.scale
    for _ in range(ROUNDS):
        falls, scatter = 0.0, 0.0
        for row in range(len(responses)):
            total = fallen = squares = 0.0
            for effect in range(0, GRID.size, COARSE.step):
                at, weight = effects.location[row, effect], math.exp(-0.5 * GRID[effect] ** 2)
                for cell, (a, b) in enumerate(pairwise(EDGES)):
                    inside = weight * (held_beyond(a, at, scale) - held_beyond(b, at, scale))
                    worn = (1 - sudden) * shapes[0, row, cell] * inside
                    fell = sudden * shapes[1, row, cell] * inside
                    total, fallen = total + worn + fell, fallen + fell
                    squares += (worn + fell) * (math.log(DAYS[cell]) - at) ** 2
            falls, scatter = falls + fallen / total, scatter + squares / total
        count = len(responses)
        sudden = (falls + SHAPES_SEEN) / (count + 2 * SHAPES_SEEN)
        scatter += SCATTER_SEEN * effects.scale**2
        scale = math.sqrt(scatter / (count + SCATTER_SEEN))
    return sudden, math.sqrt(scale / effects.scale)


def around(location, scale, count):
    """Effects of so many responses, alike but for the patient's place."""
    weight = np.tile(-0.5 * GRID**2, (count, 1))
    return Effects(
        Law.LOG_NORMAL, scale, np.full((count, GRID.size), location) + 0.3 * GRID, weight
    )


def test_falls_and_scale_are_learnt_as_a_slow_loop_learns_them():
    responses = [one for one in clinic(8, 3) if one.is_lost][:6]

    found = fit_paths(around(3.4, 0.7, len(responses)), responses)

    expected = loop_fit(around(3.4, 0.7, len(responses)), responses)
    assert (found.sudden, found.narrower) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("recorded", "truth", "least", "most"), [(0.7, 0.35, 0.7, 0.8), (0.4, 0.4, 0.95, 1.05)]
)
def test_durations_that_scatter_less_than_was_recorded_are_found_to(recorded, truth, least, most):
    rng = np.random.default_rng(5)
    responses = []
    for _ in range(400):
        lost_on = math.exp(3.4 + 0.3 * rng.normal() + truth * rng.normal())
        days = np.arange(7, max(lost_on + 21, 22), 7)
        margins = rng.uniform(0.2, 0.5) * np.maximum(1 - days / lost_on, DEEPEST)
        margins += rng.normal(0, 0.05, days.size)
        margins[0] = abs(margins[0])
        lower = float(days[np.flatnonzero(margins >= 0)[-1]])
        seen = replace(open_response(), days=tuple(days.tolist()), margins=tuple(margins.tolist()))
        responses.append(replace(seen, lower=lower, upper=min(lower + 7, days[-1])))

    found = fit_paths(around(3.4, recorded, len(responses)), responses)

    # The square root of a half would be 0.71; where there is nothing to take away, nothing is.
    assert least < found.narrower < most


@pytest.mark.parametrize(("falls", "least", "most"), [(0, 0, 0.2), (0.5, 0.35, 0.65), (1, 0.8, 1)])
def test_the_share_of_falls_and_the_noise_are_found(falls, least, most):
    rng = np.random.default_rng(3)
    noisy = []
    for one in clinic(150, 3):
        if one.is_lost:
            day, height = one.upper - 3.5, rng.uniform(0.2, 0.45)
            fallen = np.where(np.array(one.days) < day, height, -0.3)
            worn = height * (1 - np.array(one.days) / day)
            level = fallen if rng.random() < falls else worn
            margins = level + rng.normal(0, 0.08, level.size)
            # The episode's own rule says where it held; noise may not move that here.
            inside = np.array(one.days) <= one.lower
            margins = np.where(inside, np.maximum(margins, 0), np.minimum(margins, -1e-9))
            noisy.append(replace(one, margins=tuple(margins.tolist())))
    effects = Effects(
        Law.LOG_NORMAL, 0.5, np.full((len(noisy), GRID.size), 3.4) + 0.5 * GRID,
        np.tile(-0.5 * GRID**2, (len(noisy), 1)),
    )  # fmt: skip

    found = fit_paths(effects, noisy)

    assert least <= found.sudden <= most
    assert 0.06 < found.noise < 0.12


def test_an_earlier_response_that_was_nearly_over_tells_of_shorter_ones_than_a_level_one():
    """Both ended with an infusion while responding, so their intervals say the same."""
    model = fit_model(clinic())
    days = (7, 14, 21, 28)
    falling = replace(response("A", 1, 28, inf, days=days), margins=(0.4, 0.27, 0.14, 0.01))
    level = replace(response("B", 1, 28, inf, days=days), margins=(0.4, 0.4, 0.4, 0.4))

    short, long_ = state_outlooks(
        model, [ask(falling, open_response("A")), ask(level, open_response("B"))]
    )

    assert short.window.quantiles[2] < long_.window.quantiles[2] - 1
