from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.outcomes.history import Moment, Score
from models.outcomes.steps import infusion_steps

FIRST = date(2026, 1, 5)


def at(day, hour=None):
    return Moment(FIRST + timedelta(days=day), None if hour is None else time(hour))


def steps(infusions, scores, before=30, after=14):
    found = infusion_steps(infusions, [Score(*s) for s in scores], before=before, after=after)
    return [(step.value, step.change) for step in found]


def test_each_infusion_has_the_last_value_before_it():
    scores = [(at(-3), 20), (at(0), 18), (at(2), 16), (at(3), 14), (at(9), 10)]

    assert steps([at(0), at(3)], scores) == [(18, None), (14, -4), (10, -4)]


def test_a_step_without_a_value_is_empty_and_the_next_change_bridges_it():
    assert steps([at(0), at(3), at(7)], [(at(0), 18), (at(7), 11)]) == [
        (18, None),
        (None, None),
        (11, -7),
        (None, None),
    ]


def test_times_of_the_day_decide_only_where_both_are_known():
    infusions = [at(0, 10), at(3, 10)]

    assert steps(infusions, [(at(0, 9), 18), (at(3, 15), 12)]) == [
        (18, None),
        (None, None),
        (12, -6),
    ]
    assert steps(infusions, [(at(0, 9), 18), (at(3), 12)])[1] == (12, -6)
    # After the first infusion the same day: the value belongs to the second.
    assert steps(infusions, [(at(0, 15), 12)])[:2] == [(None, None), (12, None)]


def test_values_too_long_before_or_after_the_course_say_nothing_of_it():
    assert steps([at(0)], [(at(-31), 18), (at(15), 6)]) == [(None, None), (None, None)]
    assert steps([at(0)], [(at(-30), 18), (at(14), 6)]) == [(18, None), (6, -12)]


def test_without_infusions_there_is_no_step():
    assert steps([], [(at(0), 18)]) == []


def slow_steps(infusions, scores, before, after):
    """The same by trying every value for every step, in order of entry."""

    def hour(moment):
        return (moment.day, moment.time or time.min)

    infusions = sorted(infusions, key=hour)
    values = []
    for number, infusion in enumerate(infusions):
        best = None
        for moment, value in scores:
            if moment.is_after(infusion):
                continue
            if number and not moment.is_after(infusions[number - 1]):
                continue
            if not number and (infusion.day - moment.day).days > before:
                continue
            if best is None or hour(moment) >= hour(best[0]):
                best = (moment, value)
        values.append(None if best is None else best[1])
    last, closing = infusions[-1], None
    for moment, value in scores:
        if not moment.is_after(last) or (moment.day - last.day).days > after:
            continue
        if closing is None or moment.day < closing[0].day:
            closing = (moment, value)
        elif moment.day == closing[0].day and hour(moment) >= hour(closing[0]):
            closing = (moment, value)
    values.append(None if closing is None else closing[1])
    out = []
    for number, value in enumerate(values):
        known = [v for v in values[:number] if v is not None]
        out.append((value, value - known[-1] if value is not None and known else None))
    return out


moments = st.builds(at, st.integers(-40, 40), st.none() | st.integers(8, 11))


@given(
    st.lists(moments, min_size=1, max_size=7),
    st.lists(st.tuples(moments, st.integers(0, 27)), max_size=12),
    st.integers(1, 30),
    st.integers(1, 20),
)
def test_agrees_with_a_plain_loop(infusions, scores, before, after):
    assert steps(infusions, scores, before, after) == slow_steps(infusions, scores, before, after)
