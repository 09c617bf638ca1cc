"""On an invented clinic with a known truth: better than Kaplan-Meier, and windows that hold.

The figures over many clinics and shapes are in tests/benchmarks/README.md; here one small clinic
must stay on the right side of wide limits, so that a broken model cannot pass.
"""

from __future__ import annotations

import numpy as np
import pytest

from data.instruments import catalogue
from models.outcomes.courses import group_courses
from models.outcomes.episodes import Held, build_episodes
from models.outcomes.forecast import collect_responses, fit_model
from models.outcomes.history import Moment, Score
from models.outcomes.rules import Rules
from tests.benchmarks.forecast import DAYS, auc, crps, kaplan_meier_curves, quantile, share_held
from tests.benchmarks.forecast_shapes import run
from tests.simulated_clinics import SCENARIOS, ask, invent_clinic, on

PHQ = catalogue()["PHQ-9"]


def collect(clinic, cut):
    """All responses as known on the days asked about, and the places of those that still hold."""
    responses, holding = [], {}
    for patient in clinic:
        stop = cut.get(patient.code, 10**6)
        given = [Moment(on(day)) for day in patient.infusions if day <= stop]
        scores = [Score(Moment(on(day)), float(v)) for day, v in patient.scores if day <= stop]
        courses = group_courses(given, Rules())
        episodes = build_episodes(courses, scores, PHQ, Rules())
        facts = patient.facts | {"site": patient.site}
        responses += collect_responses(patient.code, courses, episodes, scores, PHQ, facts)
        is_open = bool(episodes) and episodes[-1].held in (Held.OPEN, Held.POSSIBLE_LOSS)
        if patient.code in cut and is_open:
            holding[patient.code] = len(responses) - 1
    return responses, holding


@pytest.mark.parametrize("name", ["linear", "informative"])
def test_forecasts_are_sharper_than_kaplan_meier_and_windows_hold(name):
    clinic = invent_clinic(SCENARIOS[name], 700, seed=5)
    questions = ask(clinic, seed=5)
    cut = {question.code: question.asked_on for question in questions}
    responses, holding = collect(clinic, cut)
    asked = [question for question in questions if question.code in holding]
    places = [holding[question.code] for question in asked]
    age = np.array([q.asked_on - q.response.day0 for q in asked], float)
    truth = np.array([question.days_left for question in asked])

    ours = fit_model(responses).chance_of_loss(responses, places, age, DAYS)
    theirs = kaplan_meier_curves(clinic, asked, cut)

    assert len(asked) > 100
    assert np.all(np.diff(ours, axis=1) >= -1e-12)
    assert crps(ours, truth).mean() < 0.97 * crps(theirs, truth).mean()
    assert auc(ours[:, 14], truth <= 14) > auc(theirs[:, 14], truth <= 14) + 0.02
    held = share_held(quantile(ours, 0.1) * (ours[:, 0] < 0.1), quantile(ours, 0.9), truth)
    assert 0.72 < held < 0.94


@pytest.mark.parametrize("name", ["sudden", "homogeneous", "memoryless"])
def test_in_clinics_of_30_patients_forecasts_are_no_worse_than_kaplan_meier(name):
    clinics = np.array([run(SCENARIOS[name], 30, 60, seed) for seed in (1, 2)])

    assert np.all(clinics[:, :, 0].mean(axis=0) < 1)
