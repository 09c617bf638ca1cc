"""Durations drawn with a known truth, looked at now and then; and responses with a simple path."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf

import numpy as np

from models.outcomes.episodes import Held
from models.outcomes.forecast import Asked, OutlookStatus, Response
from models.outcomes.forecast.laws import Law

TRUTH = {"intercept": 3.4, "slope": 0.3, "scale": 0.4, "spread": 0.5}


def draw_durations(law, patients, seed, *, responses=4, truth=TRUTH, step=7.0):
    """(lower, upper, design, patient): a mark of 0 or 1 a patient, looks every `step` days."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), responses)
    mark = rng.integers(0, 2, patients)[patient] - 0.5
    effect = rng.normal(0, truth["spread"], patients)[patient]
    noise = (
        np.log(rng.exponential(size=patient.size))
        if law is Law.WEIBULL
        else rng.normal(size=patient.size)
    )
    centre = truth["intercept"] + truth["slope"] * mark + effect
    days = np.exp(centre + truth["scale"] * noise)
    lower = np.floor(days / step) * step
    followed = np.where(rng.random(patient.size) < 0.3, rng.uniform(7, 90, patient.size), inf)
    upper = np.where(lower + step <= followed, lower + step, inf)
    lower = np.where(np.isinf(upper), np.floor(np.minimum(followed, lower) / step) * step, lower)
    return lower, upper, mark[:, None], patient


def response(
    patient="A", course_no=1, lower=21, upper=28, *, held=None, margin=0.2, days=None, facts=None
) -> Response:
    """A response seen weekly, level at `margin`, and 0.2 beyond the line from `upper` on."""
    lost = upper is not None and upper < inf
    seen = days or tuple(range(7, int(upper + 8 if lost else lower + 1), 7))
    return Response(
        patient,
        course_no,
        date(2026, 1, 5),
        float(lower),
        float(upper) if lost else inf,
        held or (Held.LOST if lost else Held.OPEN),
        seen,
        tuple(margin if day <= lower else -0.2 for day in seen),
        facts or {},
    )


def ask(*responses, age=21, status=OutlookStatus.STATED):
    latest = responses[-1]
    day = latest.day0 + timedelta(days=age)
    return Asked(status, day, latest.day0, responses)


def open_response(patient="Q", margin=0.2, **more):
    return response(patient, 9, lower=21, upper=inf, margin=margin, **more)


def clinic(patients=40, seed=1, *, spread=0.5, responses=3):
    """Responses of many patients, in order within each."""
    truth = TRUTH | {"spread": spread, "slope": 0.0}
    lower, upper, _, patient = draw_durations(
        Law.LOG_NORMAL, patients, seed, responses=responses, truth=truth
    )
    return [
        response(f"P{who}", place % responses + 1, max(low, 7), max(high, 14))
        for place, (low, high, who) in enumerate(zip(lower, upper, patient, strict=True))
    ]
