"""Schedules computed twice agree on every form: the product's way, and day by day from the text."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.checkins.plan import Plan, Step
from models.checkins.schedule import Due, State, schedule
from models.checkins.wishes import Pause, Wishes
from tests.histories import on
from tests.models.checkins.slow_schedule import list_dues

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FULL = ("PHQ-9", "NRS-11")
PULSE = ("NRS-11",)
PLANS = (
    Plan(),
    Plan(full_within=7),
    Plan(full_within=60, baseline_every=10),
    Plan(
        steps=(
            Step("first", (2,), "pulse", open_days=1),
            Step("second", (6, 13, 20), open_days=3),
            Step("late", (24, 25), "pulse", open_days=9),
            Step("last", (40, 60), open_days=30),
        )
    ),
)


def some_days(least: int, most: int, **more: Any) -> st.SearchStrategy[list[date]]:
    return st.lists(st.integers(least, most).map(on), max_size=12, **more)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    plan = draw(st.sampled_from(PLANS))
    changes = draw(st.lists(st.tuples(st.integers(-40, 120), _weekday), max_size=3))
    pauses = draw(st.lists(st.tuples(st.integers(-30, 150), _length), max_size=2))
    return {
        "plan": plan,
        "infusions": draw(some_days(-60, 100)),
        "registered": on(draw(st.integers(-30, 30))),
        "answered": {
            "PHQ-9": draw(some_days(-30, 150)),
            "NRS-11": draw(some_days(-30, 150)),
        },
        "weekdays": [(on(day), weekday) for day, weekday in sorted(changes, key=_first)],
        "pauses": [
            (on(start), None if days is None else on(start + days)) for start, days in pauses
        ],
        "today": on(draw(st.integers(-40, 200))),
        "left": draw(st.none() | st.integers(0, 150).map(on)),
    }


_weekday = st.none() | st.integers(0, 6)
_length = st.none() | st.integers(0, 40)


def _first(change: tuple[int, Any]) -> int:
    return change[0]


def product(case: dict[str, Any]) -> tuple[Due, ...]:
    return schedule(
        case["plan"],
        infusions=case["infusions"],
        answered=case["answered"],
        registered_on=case["registered"],
        wishes=Wishes(
            weekdays=tuple(case["weekdays"]),
            pauses=tuple(Pause(*pause) for pause in case["pauses"]),
        ),
        today=case["today"],
        indication="chronic_pain",
        left_on=case["left"],
    )


def slowly(case: dict[str, Any]) -> list[dict[str, Any]]:
    plan: Plan = case["plan"]
    plain = [
        (day, step.name, step.instruments == "pulse", step.open_days)
        for step in plan.steps
        for day in step.days
    ]
    numbers = {"baseline_every": plan.baseline_every, "full_within": plan.full_within}
    return list_dues(case | numbers | {"plan": plain, "full": FULL, "pulse": PULSE})


@many
@given(cases())
def test_two_ways_to_compute_a_schedule_agree(case):
    found = [
        {
            "due": due.due_on,
            "until": due.closes_on,
            "form": due.step,
            "asks": due.instruments,
            "state": due.state.value,
        }
        for due in product(case)
    ]

    assert found == slowly(case)


@many
@given(cases())
def test_windows_never_overlap_and_only_one_form_is_open(case):
    dues = product(case)

    assert all(due.opens_on == due.due_on <= due.closes_on for due in dues)
    assert all(before.closes_on < after.due_on for before, after in pairwise(dues))
    assert sum(due.state is State.OPEN for due in dues) <= 1
    assert all(due.state is not State.UPCOMING for due in dues[:-1])


@many
@given(cases(), st.integers(1, 60))
def test_what_is_over_does_not_change_because_days_go_by(case, later):
    """Yesterday's missed form stays missed, a done one done: nothing is rewritten silently."""
    now = {due.due_on: due for due in product(case)}
    then = {due.due_on: due for due in product(case | {"today": case["today"] + timedelta(later)})}
    is_over = {State.DONE, State.MISSED, State.PAUSED}

    for day, due in now.items():
        if due.state in is_over and day <= case["today"]:
            assert then[day] == due
