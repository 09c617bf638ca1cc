"""What is said of a patient: a window or a reason, and what moves the window."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from math import inf

import numpy as np
import pytest

from data.instruments import catalogue
from models.outcomes.episodes import Held, build_episodes
from models.outcomes.forecast import (
    LEAST_LOSSES,
    SHARES,
    WEEKS,
    OutlookStatus,
    collect_responses,
    fit_model,
    from_plain,
    outlook_status,
    state_outlooks,
    to_plain,
)
from models.outcomes.forecast.laws import Law
from models.outcomes.forecast.outlook import AHEAD
from models.outcomes.forecast.trend import Trend, find_trend
from models.outcomes.rules import Rules
from tests.histories import find_courses, on, read_history
from tests.models.outcomes.forecast.durations import ask, clinic, open_response, response

PHQ = catalogue()["PHQ-9"]


@pytest.fixture(scope="module")
def model():
    fitted = fit_model(clinic())
    assert fitted is not None
    return fitted


def status_of(records, day, instrument=PHQ):
    history = read_history(records)
    courses, scores = find_courses(history), history.scores.get(instrument.code, ())
    episodes = build_episodes(courses, scores, instrument, Rules())
    latest = episodes[-1] if episodes else None
    return outlook_status(courses, latest, as_of=on(day), rules=Rules())


STARTED = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
"""


@pytest.mark.parametrize(
    ("after", "day", "status"),
    [
        ("", 14, "in_course"),
        ("", 15, "not_assessed"),
        ("7 | - | 10", 9, "stated"),
        ("7 | - | 11", 9, "not_responding"),
        ("7 | - | 8\n14 | - | 15", 15, "stated"),
        ("7 | - | 8\n14 | - | 15\n21 | - | 15", 22, "lost"),
        ("7 | - | 8\n14 | - | 15\n30 | yes | -", 33, "in_course"),
        ("7 | - | 8\n99 | - | 15\n106 | - | 15", 107, "lost"),
        ("7 | - | 8", 91, "stated"),
        ("7 | - | 8", 92, "not_assessed"),
    ],
)
def test_a_window_or_the_reason_for_none(after, day, status):
    assert status_of(STARTED + after, day) == status


def test_without_a_baseline_or_with_a_low_one_or_without_a_course():
    none = "day | infusion | PHQ-9\n0 | yes | -\n7 | - | 5"
    low = "day | infusion | PHQ-9\n-1 | - | 9\n0 | yes | -\n7 | - | 2"

    assert status_of(none, 8) == status_of(low, 8) == OutlookStatus.NO_BASELINE
    assert outlook_status([], None, as_of=on(0), rules=Rules()) is OutlookStatus.NOT_ASSESSED


def test_too_few_losses_make_no_model_and_no_window():
    few = [response(f"P{n}", lower=21, upper=28) for n in range(LEAST_LOSSES - 1)]
    many = [*few, response("P99", lower=14, upper=21)]
    holding = [response(f"H{n}", lower=21, upper=inf) for n in range(50)]

    assert fit_model([*few, *holding]) is None
    assert fit_model([*many, *holding]) is not None
    assert fit_model([]) is None
    (outlook,) = state_outlooks(None, [ask(open_response())])
    assert (outlook.status, outlook.window) == (OutlookStatus.TOO_FEW, None)


def test_a_window_grows_with_the_days_and_never_is_one_date(model):
    (outlook,) = state_outlooks(model, [ask(open_response())])
    window = outlook.window

    assert len(window.quantiles) == len(SHARES)
    assert len(window.lost_within) == len(WEEKS)
    assert list(window.quantiles) == sorted(window.quantiles)
    assert list(window.lost_within) == sorted(window.lost_within)
    assert window.quantiles[4] - window.quantiles[0] > 7
    assert 0 < window.chance_within(14) < window.chance_within(112) < 1
    assert outlook.own_weight == 0
    assert np.interp(window.quantiles[2], AHEAD, [y for _, y in window.curve]) == pytest.approx(0.5)


def test_own_durations_move_the_window_and_weigh_more_the_more_there_are(model):
    def own(lower, upper, times):
        earlier = [response("Q", n + 1, lower, upper) for n in range(times)]
        return ask(*earlier, open_response())

    short, long_, longer = state_outlooks(model, [own(14, 21, 1), own(70, 77, 1), own(70, 77, 4)])

    medians = [one.window.quantiles[2] for one in (short, long_, longer)]
    assert medians == sorted(medians)
    assert medians[2] > medians[0] + 10
    assert 0 < long_.own_weight < longer.own_weight < 1
    assert long_.own == ((70, 77),)


def test_the_response_itself_is_not_among_its_own_earlier_ones(model):
    (outlook,) = state_outlooks(model, [ask(open_response())])

    assert outlook.own == ()


def test_every_patient_is_told_apart_from_the_one_before(model):
    earlier = response("A", 1, 70, 77)
    both = state_outlooks(model, [ask(earlier, open_response("A")), ask(open_response("B"))])
    (alone,) = state_outlooks(model, [ask(open_response("B"))])

    assert both[1] == alone


def test_silence_since_the_last_good_score_brings_the_window_nearer(model):
    soon, late = state_outlooks(model, [ask(open_response(), age=21), ask(open_response(), age=60)])

    assert soon.window.curve[0][1] == 0
    assert late.window.curve[0][1] > 0.4
    assert late.window.chance_within(14) > soon.window.chance_within(14)
    assert late.well_on == soon.well_on == soon.course_end + timedelta(days=21)


def test_a_bad_score_after_a_good_one_may_be_the_loss(model):
    turned = replace(
        open_response(held=Held.POSSIBLE_LOSS), days=(7, 14, 21, 28), margins=(0.2, 0.2, 0.2, -0.2)
    )

    well, bad = state_outlooks(model, [ask(open_response(), age=28), ask(turned, age=28)])

    assert bad.turned_on == bad.course_end + timedelta(days=28)
    assert well.turned_on is None
    assert bad.window.chance_within(14) > well.window.chance_within(14) + 0.05


def test_scores_near_the_line_bring_the_window_nearer_where_that_was_seen_to_matter():
    rng = np.random.default_rng(2)
    seen = []
    for n in range(120):
        # Far from the line it holds eight weeks, near it two, whatever the first score was.
        margin = 0.4 if rng.random() < 0.5 else 0.03
        upper = 21 if margin < 0.1 else 63
        seen.append(replace(response(f"P{n}", 1, upper - 7, upper), facts={}))
        days = seen[-1].days
        margins = tuple(margin if day < upper else -0.2 for day in days)
        seen[-1] = replace(seen[-1], margins=margins)
    learnt = fit_model(seen)

    near, far = state_outlooks(
        learnt, [ask(open_response(margin=0.03), age=21), ask(open_response(margin=0.4), age=21)]
    )

    assert near.window.quantiles[2] < far.window.quantiles[2]
    assert near.window.chance_within(14) > far.window.chance_within(14) + 0.15


def test_a_stored_model_says_the_same_to_the_last_digit(model):
    asked = [ask(response("Q", 1, 14, 21), open_response()), ask(open_response(), age=40)]

    read = from_plain(json.loads(json.dumps(to_plain(model))))

    assert state_outlooks(read, asked) == state_outlooks(model, asked)
    assert read.better_law is model.better_law in Law


def test_what_is_usual_lies_around_the_truth(model):
    ten, half, ninety = model.usual

    assert 20 < half < 45  # drawn about exp(3.4) = 30 days
    assert ten < half / 1.8
    assert ninety > half * 1.8


@pytest.mark.parametrize(
    ("own", "trend"),
    [
        ([(42, 49), (28, 35), (14, 21)], Trend.SHORTER),
        ([(14, 21), (28, 35), (42, None)], Trend.LONGER),
        ([(14, 21), (28, 35)], None),
        ([(14, 21), (28, 35), (21, 28)], None),
        ([(14, 21), (21, 28), (20, 27)], None),
        ([(49, 56), (28, 35), (21, None)], None),
        ([], None),
    ],
)
def test_longer_or_shorter_only_where_all_pairs_say_so(own, trend):
    assert find_trend(own) is trend


def test_records_reach_the_model_as_the_episode_states_them():
    history = read_history(STARTED + "7 | - | 8\n14 | - | 9\n21 | - | 15\n28 | - | 16")
    courses, scores = find_courses(history), history.scores["PHQ-9"]
    episodes = build_episodes(courses, scores, PHQ, Rules())

    (one,) = collect_responses("A", courses, episodes, scores, PHQ, {"sex": "female"})

    assert (one.lower, one.upper, one.held, one.days) == (14, 21, Held.LOST, (7, 14, 21, 28))
    assert one.margins == pytest.approx((0.1, 0.05, -0.25, -0.3))
    assert one.facts["sex"] == "female"
