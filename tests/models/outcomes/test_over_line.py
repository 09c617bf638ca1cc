"""Since when the outlook is over the line, against asking anew on every day since the check-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.outcomes.forecast import (
    WEEKS,
    Asked,
    OutlookStatus,
    fit_model,
    from_plain,
    state_outlooks,
    to_plain,
)
from models.outcomes.over_line import find_days_reached
from tests.models.outcomes.forecast.durations import clinic, response

LINES = (0.05, 0.2, 0.3, 0.4, 0.6, 0.9)


@pytest.fixture(scope="module")
def model():
    """As it is stored."""
    return from_plain(to_plain(fit_model(clinic())))


def holding(patient, lower, unseen, *earlier, margin=0.2, days=None):
    latest = response(patient, len(earlier) + 1, lower, None, margin=margin, days=days)
    as_of = latest.day0 + timedelta(days=latest.days[-1] + unseen)
    return Asked(OutlookStatus.STATED, as_of, latest.day0, (*earlier, latest))


def patients():
    """Some seen today, some long ago, with own responses and without, one after a bad score."""
    yield holding("A", 7, 0)
    yield holding("B", 14, 13)
    yield holding("C", 28, 5, response("C", 1, 21, 28), response("C", 2, 7, 14))
    yield holding("D", 21, 9, response("D", 1, 42, 49), margin=0.02)
    yield holding("E", 35, 13, margin=0.3)
    yield holding("F", 56, 12, response("F", 1, 14, 21))
    yield holding("G", 14, 6, days=(7, 14, 21))  # the last did not respond
    yield holding("H", 63, 90)


def ask_every_day(model, one, days, line):
    day = one.responses[-1].day0 + timedelta(days=one.responses[-1].days[-1])
    while day <= one.as_of:
        [outlook] = state_outlooks(model, [replace(one, as_of=day)])
        if outlook.window.chance_within(days) >= line:
            return day
        day += timedelta(days=1)
    return None


@pytest.mark.parametrize("days", [WEEKS[0], 14, WEEKS[-1]])
@pytest.mark.parametrize("line", LINES)
def test_it_is_the_first_day_on_which_asking_would_have_said_so(model, days, line):
    asked = list(patients())

    found = find_days_reached(model, asked, days=days, line=line)

    assert found == [ask_every_day(model, one, days, line) for one in asked]


def test_it_may_be_the_day_of_the_check_in_or_a_day_after_or_none(model):
    asked = list(patients())
    seen_on = [one.responses[-1].day0 + timedelta(one.responses[-1].days[-1]) for one in asked]
    kinds = {
        day and (day - seen).days > 0
        for line in LINES
        for day, seen in zip(
            find_days_reached(model, asked, days=14, line=line), seen_on, strict=True
        )
    }

    assert kinds == {None, False, True}
    assert find_days_reached(model, [], days=14, line=0.3) == []
    assert find_days_reached(model, asked, days=14, line=1.0) == [None] * len(asked)
