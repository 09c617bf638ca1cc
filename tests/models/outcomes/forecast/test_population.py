"""Kaplan-Meier of all as a part of the answer: within the days anybody was followed, and beyond."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from models.outcomes.forecast import fit_model, state_outlooks
from models.outcomes.forecast.population import Population
from tests.models.outcomes.forecast.durations import ask, open_response, response


def test_the_curve_is_read_given_still_well_and_goes_on_as_it_is_told_to():
    curve = Population(np.array([0.0, 10, 20, 30]), np.array([1.0, 0.8, 0.5, 0.5]))
    until = np.array([[9.0, 10, 25, 40], [12, 20, 30, 60]])
    beyond = np.array([[1, 1, 1, 0.6], [1, 1, 1, 0.2]])

    chance = curve.chance_of_loss(np.array([0.0, 11.0]), until, beyond)

    assert chance == pytest.approx(
        np.array([[0, 0.2, 0.5, 1 - 0.5 * 0.6], [0, 1 - 0.5 / 0.8, 1 - 0.5 / 0.8, 1 - 0.125]])
    )


def test_where_all_are_treated_anew_each_month_responses_are_not_thought_to_last_for_ever():
    lost = [response(f"L{n}", lower=14, upper=21) for n in range(12)]
    treated = [response(f"T{n}", lower=28, upper=inf) for n in range(28)]

    (outlook,) = state_outlooks(fit_model([*lost, *treated]), [ask(open_response())])

    chance = dict(outlook.window.curve)
    assert chance[112] > chance[28] + 0.15
    assert chance[420] > 0.9
    assert outlook.window.quantiles[4] is not None
