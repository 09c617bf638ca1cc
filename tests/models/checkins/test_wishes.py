"""Wishes as they came about: a change says what is asked from its day on, never what was."""

from __future__ import annotations

import pytest

from models.checkins.wishes import Pause, fold_wishes, nearest
from tests.histories import on


def pause(first, last):
    return {"paused_from": first.isoformat(), "paused_until": last.isoformat()}


NO_PAUSE = {"paused_from": None, "paused_until": None}
STOPPED = {"stopped_on": on(5).isoformat()}


@pytest.mark.parametrize(
    ("history", "pauses"),
    [
        ([], ()),
        ([(on(0), {"hour": 9})], ()),
        ([(on(0), pause(on(3), on(10)))], (Pause(on(3), on(10)),)),
        # Taken back before it began: it never was.
        ([(on(0), pause(on(3), on(10))), (on(2), NO_PAUSE)], ()),
        # Ended early: what it was until then stays a pause.
        ([(on(0), pause(on(3), on(10))), (on(6), NO_PAUSE)], (Pause(on(3), on(5)),)),
        # Made longer while it runs.
        (
            [(on(0), pause(on(3), on(10))), (on(6), {"paused_until": on(20).isoformat()})],
            (Pause(on(3), on(5)), Pause(on(6), on(20))),
        ),
        # A second one after the first is over.
        (
            [(on(0), pause(on(3), on(10))), (on(30), pause(on(31), on(40)))],
            (Pause(on(3), on(10)), Pause(on(31), on(40))),
        ),
        # Something else changed when it was over: it is not begun again.
        ([(on(0), pause(on(3), on(10))), (on(30), {"weekday": 2})], (Pause(on(3), on(10)),)),
        ([(on(0), pause(on(3), on(10))), (on(30), {"stopped_on": None})], (Pause(on(3), on(10)),)),
        ([(on(5), STOPPED)], (Pause(on(5)),)),
        ([(on(5), STOPPED), (on(9), {"stopped_on": None})], (Pause(on(5), on(8)),)),
        ([(on(5), STOPPED), (on(5), {"stopped_on": None})], ()),
        # Stopped in a pause, and taken up again while the pause was still to run.
        (
            [(on(0), pause(on(3), on(10))), (on(5), STOPPED), (on(7), {"stopped_on": None})],
            (Pause(on(3), on(4)), Pause(on(5), on(6)), Pause(on(7), on(10))),
        ),
    ],
)
def test_pauses_as_they_came_about(history, pauses):
    assert fold_wishes(history).pauses == pauses


def test_weekdays_are_kept_with_the_day_from_which_they_hold():
    wishes = fold_wishes(
        [(on(0), {"weekday": 2}), (on(9), {"hour": 9}), (on(20), {"weekday": None})]
    )

    assert wishes.weekdays == ((on(0), 2), (on(20), None))
    assert wishes.weekday is None


@pytest.mark.parametrize("weekday", range(7))
def test_the_nearest_such_day_is_never_more_than_three_days_away(weekday):
    for day in range(14):
        moved = nearest(on(day), weekday)
        assert moved.weekday() == weekday
        assert abs((moved - on(day)).days) <= 3


def test_without_a_wish_a_day_stays():
    assert nearest(on(3), None) == on(3)
    assert fold_wishes([]).move(on(3)) == on(3)
