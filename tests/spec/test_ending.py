"""How a response ended or stands on a given day: the rules, one a test, in their order."""

from __future__ import annotations

import pytest

from models.outcomes.rules import Rules
from tests.histories import expect

RESPONDING = """
    day | infusion | PHQ-9
    0   | yes      | 20
    7   | -        | 6
    """
POSSIBLY_LOST = RESPONDING + "14 | - | 13"
LOST = POSSIBLY_LOST + "\n 21 | - | 13"
LOST_SOMETIME = RESPONDING + "92 | - | 13 \n 99 | - | 13"
RE_TREATED = RESPONDING + "30 | yes | -"


@pytest.mark.parametrize(
    ("records", "end"),
    [(LOST_SOMETIME, "gap"), (LOST, "lost"), (POSSIBLY_LOST, "possible_loss")],
)
def test_a_loss_stays_a_loss_whatever_day_it_is_and_whoever_has_left(records, end):
    for day in (100, 500):
        expect(records, f"course | end\n1 | {end}", as_of=day, left_on=100)
        expect(records, f"course | end\n1 | {end}", as_of=day)


@pytest.mark.parametrize("first", ["30 | yes | 13", "30 | yes | -"])
def test_a_gap_comes_before_a_next_course(first):
    expect(
        f"""
        day | infusion | PHQ-9
        -90 | yes      | 20
        -85 | -        | 6
        28  | -        | 13
        {first}
        """,
        """
        course | held | end
        1      | 5+   | gap
        2      | -    | -
        """,
    )


def test_a_course_given_while_responding_ends_the_one_before():
    expect(
        RE_TREATED,
        """
        course | held | end
        1      | 7+   | next_course
        2      | -    | -
        """,
    )


def test_a_next_course_comes_before_having_left():
    expect(
        RE_TREATED,
        """
        course | end
        1      | next_course
        2      | -
        """,
        left_on=30,
        as_of=90,
    )


def test_whoever_left_while_responding_has_left_rather_than_fallen_silent():
    for day in (10, 11, 300):
        expect(RESPONDING, "course | held | end\n1 | 7+ | left", left_on=10, as_of=day)


def test_nobody_has_left_before_the_day_they_leave():
    expect(RESPONDING, "course | end\n1 | holding", left_on=10, as_of=9)


def test_fourteen_days_without_a_score_are_silence_and_thirteen_are_not():
    expect(RESPONDING, "course | end\n1 | holding", as_of=20)
    expect(RESPONDING, "course | held | end\n1 | 7+ | silent", as_of=21)


def test_the_clinic_may_set_another_silence():
    expect(RESPONDING, "course | end\n1 | holding", as_of=13, rules=Rules(silence=7))
    expect(RESPONDING, "course | end\n1 | silent", as_of=14, rules=Rules(silence=7))


def test_a_score_on_another_instrument_does_not_break_the_silence():
    expect(
        """
        day | infusion | PHQ-9 | GAD-7
        0   | yes      | 20    | 15
        7   | -        | 6     | 3
        21  | -        | -     | 3
        """,
        "course | end\n1 | silent",
        as_of=21,
    )


def test_without_a_stated_response_there_is_no_end_and_there_are_no_days():
    for baseline, value in (("-", 6), (9, 2), (20, 15)):
        expect(
            f"""
            day | infusion | PHQ-9
            0   | yes      | {baseline}
            7   | -        | {value}
            14  | -        | 13
            21  | -        | 13
            """,
            """
            course | held | loss | end
            1      | -    | -    | -
            """,
            left_on=30,
            as_of=60,
        )


def test_a_later_check_in_ends_the_silence():
    expect(RESPONDING + "40 | - | 6", "course | held | end\n1 | 40+ | holding", as_of=45)
