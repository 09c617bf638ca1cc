"""The outlook in words: a span of days, what it rests on, or the reason there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dashboard.wording.outlook import describe, explain, headline
from data.queries.forecast import PatientForecast
from models.outcomes.forecast import Outlook, OutlookStatus, Window
from models.outcomes.forecast.trend import Trend
from tests.dashboard.charts.charts import INDUCTION, chart, day, ending, score

CHART = ending("holding")  # day 0 on 22 Jan 2026, today day 28 of the course, well on day 21
EVENING = datetime(2026, 2, 18, 20, tzinfo=UTC)


def window(*quantiles) -> Window:
    return Window(quantiles, (0.0,) * 16, ((0.0, 0.0), (90.0, 1.0)))


def forecast(*quantiles, own=(), own_weight=0.0, usual=(13.0, 34.2, 87.0), **more):
    facts = {"course_end": day(17), "days_since": 28, "well_on": day(38)}
    given = {name: more.pop(name) for name in ("turned_on",) if name in more}
    outlook = Outlook(
        OutlookStatus.STATED,
        CHART.today,
        **facts,
        **given,
        own=own,
        own_weight=own_weight,
        window=window(*quantiles),
    )
    known = {"patients": 88, "responses": 171, "losses": 91, "fitted_at": EVENING, "trend": None}
    return PatientForecast("PHQ-9", outlook, usual, **(known | more))


def without(status, **more):
    outlook = Outlook(status, CHART.today, course_end=day(17), days_since=28)
    return replace(forecast(0, 1, 2, 3, 4), outlook=outlook, **more)


def test_a_window_is_said_as_days_of_the_course_and_as_dates():
    assert headline(forecast(1.2, 4.6, 12, 22.3, 40), CHART) == (
        "Last seen well on day 21 (12 Feb); in patients like this, half lose response between "
        "day 32 and day 51 (23 Feb to 14 Mar)."
    )


@pytest.mark.parametrize(
    ("quantiles", "said"),
    [
        ((0, 0, 3, 9.5, 20), "this, a quarter or more have lost response by now, unseen, half by "),
        ((0, 0, 3, 9.5, 20), "half by day 31, three quarters by day 38."),
        ((0, 0, 0, 9.5, 20), "this, half or more have lost response by now, unseen, three quarter"),
        ((0, 0, 0, 0, 4), "three quarters or more have lost response by now, unseen."),
        ((10, 20, None, None, None), "a quarter lose response by day 48, and a quarter or more"),
        ((None,) * 5, "fewer than a quarter lose response within a year"),
        ((2, 3.1, 3.1, 3.1, 4), "between day 31 and day 32"),
    ],
)
def test_a_window_without_two_ends_ahead_says_which_is_missing(quantiles, said):
    assert said in headline(forecast(*quantiles), CHART)


@pytest.mark.parametrize("low", [0, 0.2, 5, 30])
@pytest.mark.parametrize("width", [0, 0.3, 8, 60])
def test_never_one_day_alone_is_ahead(low, width):
    said = headline(forecast(low, low, low, low + width, low + width), CHART)

    between = re.search(r"between day (\d+) and day (\d+)", said)
    assert between is None or int(between[1]) < int(between[2])
    assert between or "unseen" in said


def test_beside_it_stand_ones_own_past_everybodys_and_how_much_is_which():
    own = ((24, 31), (28, None))
    said = "\n".join(explain(forecast(1, 5, 12, 20, 40, own=own, own_weight=0.31), CHART))

    assert "2 own earlier responses held 24–31, 28 or more days." in said
    assert "Of all responses here, one in ten are lost by day 13, half by day 34, nine in" in said
    assert "about three tenths is this patient's own (2 own responses)" in said
    assert "borrowed from the 88 patients" in said
    assert "91 losses in 171 responses of 88 patients on PHQ-9, all sites together" in said
    assert "worked out 18 Feb 2026" in said
    assert "What would change it: the next check-in." in said


def test_without_a_past_of_ones_own_all_is_borrowed():
    said = "\n".join(explain(forecast(1, 5, 12, 20, 40), CHART))

    assert "This is the first response on record here." in said
    assert "Nothing of the expected duration is this patient's own yet" in said


@pytest.mark.parametrize("trend", Trend)
def test_a_change_over_the_courses_is_said_where_there_is_one(trend):
    lines = explain(forecast(1, 5, 12, 20, 40, trend=trend), CHART)

    held = f"Own earlier responses held {trend.value} over the courses, wherever two can be told"
    assert any(line.startswith(held) for line in lines)
    assert not any(
        "over the courses" in line for line in explain(forecast(1, 5, 12, 20, 40), CHART)
    )


def test_a_possible_loss_is_named_with_its_day():
    turned = forecast(0, 0, 0, 20, 40, turned_on=day(44))

    assert headline(turned, CHART) == (
        "Last seen well on day 21 (12 Feb), no longer on day 27 (18 Feb); in patients like this, "
        "half or more have lost response by now, three quarters by day 48."
    )
    lines = explain(turned, CHART)
    assert any("18 Feb 2026 no longer met the rule: a possible loss" in line for line in lines)


@pytest.mark.parametrize(("least", "before"), [(0.4, 29), (1.0, 29), (2.2, 30), (8.9, 36)])
def test_nothing_is_said_of_days_before_today(least, before):
    lines = explain(forecast(least, 12, 20, 30, 40), CHART)  # today is day 28

    assert any(f"one in ten lose response before day {before} and" in line for line in lines)


NEVER = chart((), [score(0, 18)], today=3)
LATE = chart(INDUCTION, [score(0, 18)], today=60)
POOR = chart(INDUCTION, [score(0, 18), score(24, 15)], today=60)
LOW = chart(INDUCTION, [score(0, 8), score(24, 4)], today=60)
UNSEEN = chart(INDUCTION, [score(0, 18), score(24, 8)], today=140)
OTHER = chart(INDUCTION, [score(0, 18, "GAD-7")], today=60)


@pytest.mark.parametrize(
    ("status", "patient", "said"),
    [
        (
            OutlookStatus.IN_COURSE,
            CHART,
            "the last infusion was 28 days ago and no check-in followed yet. There is a window "
            "from the first check-in that meets the rule",
        ),
        (
            OutlookStatus.NOT_RESPONDING,
            POOR,
            "by the clinic's rule the latest course had no response: best 15 of baseline 18",
        ),
        (
            OutlookStatus.LOST,
            ending("lost"),
            "the response to the latest course has ended by the clinic's rule; it held 21–28 days: "
            "last seen responding on 12 Feb 2026, first seen not responding on 19 Feb 2026",
        ),
        (
            OutlookStatus.NO_BASELINE,
            LOW,
            "the response to the latest course is not stated: the baseline of 8 is under the 10 a "
            "response is stated from",
        ),
        (OutlookStatus.NO_BASELINE, OTHER, "no PHQ-9 score says how the latest course went"),
        (
            OutlookStatus.NOT_ASSESSED,
            NEVER,
            "no infusion is recorded yet, so there is no response to lose",
        ),
        (
            OutlookStatus.NOT_ASSESSED,
            LATE,
            "the response to the latest course is not assessed: no score within 31 days of the "
            "last infusion",
        ),
        (
            OutlookStatus.NOT_ASSESSED,
            UNSEEN,
            "last seen responding over 84 days ago, which says too little of now; silent since "
            "29 Jan 2026; held at least 7 days, unknown after that",
        ),
    ],
)
def test_every_reason_for_none_is_said_with_what_it_rests_on(status, patient, said):
    none = without(status)

    assert headline(none, patient) == f"None: {said}."
    assert explain(none, patient) == []


def test_with_too_few_losses_no_window_is_promised():
    none = without(OutlookStatus.IN_COURSE, losses=9)

    assert headline(none, CHART) == (
        "None: the last infusion was 28 days ago and no check-in followed yet."
    )


def test_too_few_losses_are_counted():
    none = without(OutlookStatus.TOO_FEW, losses=4)

    assert headline(none, CHART) == (
        "None: 4 losses on record on PHQ-9, and under 10 say too little of how long responses "
        "hold here."
    )
    assert explain(none, CHART) == []


def test_durations_never_worked_out_are_not_called_too_few():
    said = headline(without(OutlookStatus.TOO_FEW, fitted_at=None), CHART)

    assert "have not been worked out under the rules in force" in said


def test_of_one_who_left_nothing_is_said():
    left = ending("left")

    assert headline(forecast(1, 5, 12, 20, 40), left) == "None: the patient left on 24 Feb 2026."
    assert explain(forecast(1, 5, 12, 20, 40), left) == []


def test_no_chance_of_one_patients_own_and_no_instruction_is_said():
    own = ((24, 31),)
    lines = explain(forecast(1, 5, 12, 20, 40, own=own, own_weight=0.5), CHART)
    said = " ".join([describe(forecast(1, 5, 12, 20, 40), CHART), *lines])

    assert said.startswith("Outlook, PHQ-9: ")
    assert not re.search(r"%|risk|probab|due\b|should|infuse", said)
