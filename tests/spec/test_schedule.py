"""When a patient is asked, and what became of it: the rules, one a test."""

from __future__ import annotations

from datetime import date

import pytest

from models.checkins.plan import Plan, Step
from models.checkins.schedule import (
    completion,
    missed_in_a_row,
    next_due,
    open_today,
)
from models.checkins.wishes import Pause, Wishes
from tests.histories import on
from tests.schedules import expect, find_dues

TREATED = """
    day | infusion | answered
    -1  | -        | PHQ-9
    0   | yes      | -
    """
ALWAYS = date(2000, 1, 1)
THURSDAY, SUNDAY = 3, 6


def test_before_the_first_infusion_a_form_is_due_every_week_from_registration():
    expect(
        """
        day | answered
        -6  | PHQ-9
        """,
        """
        due | until | form     | asks  | state
        -7  | -1    | baseline | PHQ-9 | done
        0   | 6     | baseline | PHQ-9 | missed
        7   | 13    | baseline | PHQ-9 | open
        14  | 20    | baseline | PHQ-9 | upcoming
        """,
        today=9,
    )


def test_after_an_infusion_come_two_pulses_then_weeks():
    expect(
        TREATED,
        """
        due | until | form     | asks    | state
        -7  | -1    | baseline | PHQ-9   | done
        0   | 0     | baseline | PHQ-9   | missed
        1   | 2     | pulse    | MOOD-11 | missed
        3   | 4     | pulse    | MOOD-11 | missed
        7   | 13    | weekly   | PHQ-9   | open
        14  | 20    | weekly   | PHQ-9   | upcoming
        """,
        today=7,
    )


def test_weekly_until_week_eight_then_fortnightly_for_a_year_then_no_more():
    expect(
        TREATED,
        """
        due | until | form
        49  | 55    | weekly
        56  | 62    | weekly
        70  | 76    | fortnightly
        84  | 90    | fortnightly
        98  | 104   | fortnightly
        """,
        since=49,
        today=90,
    )
    expect(
        TREATED,
        """
        due | until | form        | state
        350 | 356   | fortnightly | missed
        364 | 370   | fortnightly | missed
        """,
        since=350,
        today=500,
    )


def test_an_infusion_starts_the_count_anew_and_ends_what_was_open():
    expect(
        TREATED + "9 | yes | -",
        """
        due | until | form   | state
        7   | 9     | weekly | missed
        10  | 11    | pulse  | missed
        12  | 13    | pulse  | missed
        16  | 22    | weekly | open
        23  | 29    | weekly | upcoming
        """,
        since=7,
        today=16,
    )


def test_on_the_day_of_the_infusion_the_form_may_still_be_filled_in():
    expect(
        TREATED + "9 | yes | PHQ-9",
        """
        due | until | form   | state
        7   | 9     | weekly | done
        10  | 11    | pulse  | open
        12  | 13    | pulse  | upcoming
        """,
        since=7,
        today=10,
    )


def test_a_form_due_on_the_day_of_an_infusion_is_due_that_day_only_and_a_pulse_is_not():
    expect(
        TREATED + "3 | yes | - \n 10 | yes | -",
        """
        due | until | form     | state
        1   | 2     | pulse    | missed
        4   | 5     | pulse    | missed
        6   | 7     | pulse    | missed
        10  | 10    | weekly   | missed
        11  | 12    | pulse    | open
        13  | 14    | pulse    | upcoming
        """,
        since=1,
        today=11,
    )


def test_infusions_close_together_never_leave_item_9_unasked_for_more_than_two_weeks():
    expect(
        """
        day | infusion | answered
        -1  | -        | PHQ-9
        0   | yes      | -
        3   | yes      | -
        7   | yes      | -
        10  | yes      | -
        14  | yes      | -
        17  | yes      | -
        """,
        """
        due | until | form      | asks
        0   | 0     | baseline  | PHQ-9
        1   | 2     | pulse     | MOOD-11
        4   | 5     | pulse     | MOOD-11
        6   | 7     | pulse     | MOOD-11
        8   | 9     | pulse     | MOOD-11
        11  | 12    | pulse     | MOOD-11
        13  | 14    | pulse     | MOOD-11
        15  | 17    | in_course | PHQ-9
        18  | 19    | pulse     | MOOD-11
        20  | 21    | pulse     | MOOD-11
        24  | 30    | weekly    | PHQ-9
        31  | 37    | weekly    | PHQ-9
        """,
        since=0,
        today=24,
    )


def test_who_registers_on_the_day_of_the_infusion_is_asked_that_day():
    expect(
        """
        day | infusion
        0   | yes
        """,
        """
        due | until | form     | state
        0   | 0     | baseline | open
        1   | 2     | pulse    | upcoming
        """,
        registered=0,
        today=0,
    )


def test_who_comes_with_infusions_of_long_ago_is_asked_from_registration_on():
    expect(
        """
        day | infusion
        0   | yes
        3   | yes
        """,
        """
        due | until | form        | state
        31  | 37    | weekly      | open
        38  | 44    | weekly      | upcoming
        """,
        registered=33,
        today=33,
    )


@pytest.mark.parametrize(
    ("indication", "full", "pulse"),
    [
        ("depression", "PHQ-9", "MOOD-11"),
        ("anxiety", "PHQ-9+GAD-7", "MOOD-11"),
        ("ptsd", "PHQ-9+PCL-5", "MOOD-11"),
        ("ocd", "PHQ-9+OCD-NRS", "OCD-NRS"),
        ("addiction", "PHQ-9+CRAVING-NRS", "CRAVING-NRS"),
        ("chronic_pain", "PHQ-9+NRS-11", "NRS-11"),
        (None, "PHQ-9", "MOOD-11"),
        ("something else", "PHQ-9", "MOOD-11"),
    ],
)
def test_everybody_is_asked_phq_9_and_what_they_came_for(indication, full, pulse):
    expect(
        TREATED,
        f"""
        due | asks
        3   | {pulse}
        7   | {full}
        14  | {full}
        """,
        since=3,
        today=7,
        indication=indication,
    )


def test_a_form_of_two_instruments_is_done_once_both_are_answered():
    with_one = TREATED + "7 | - | PHQ-9"
    for records, state in ((with_one, "open"), (with_one + "\n 9 | - | NRS-11", "done")):
        expect(
            records,
            f"due | state \n 7 | {state} \n 14 | upcoming",
            since=7,
            today=9,
            indication="chronic_pain",
        )


def test_an_answer_counts_from_the_due_day_to_the_last_open_day():
    for day, state in ((6, "missed"), (7, "done"), (13, "done"), (14, "missed")):
        expect(
            TREATED + f"{day} | - | PHQ-9",
            f"due | until | state \n 7 | 13 | {state}",
            since=7,
            today=20,
            plan=Plan(steps=(Step("weekly", (7,)),)),
        )


def test_a_wished_weekday_moves_weeks_to_the_nearest_such_day_and_never_a_pulse():
    expect(
        TREATED,
        """
        due | on  | until | form
        -7  | Mon | -1    | baseline
        1   | Tue | 2     | pulse
        3   | Thu | 4     | pulse
        10  | Thu | 16    | weekly
        17  | Thu | 23    | weekly
        """,
        today=10,
        wishes=Wishes(weekdays=((ALWAYS, THURSDAY),)),
    )


def test_a_wished_weekday_before_the_due_day_shortens_the_pulse_before_it():
    friday = 4
    expect(
        TREATED,
        """
        due | on  | until | form
        1   | Tue | 2     | pulse
        3   | Thu | 3     | pulse
        4   | Fri | 10    | weekly
        11  | Fri | 17    | weekly
        """,
        since=1,
        today=4,
        wishes=Wishes(weekdays=((ALWAYS, friday),)),
    )


def test_another_weekday_moves_only_what_lay_ahead():
    """On day 12 they ask for Sundays: the form of day 7 keeps its day, and stays done."""
    expect(
        TREATED + "7 | - | PHQ-9",
        """
        due | on  | until | state
        7   | Mon | 12    | done
        13  | Sun | 19    | open
        20  | Sun | 26    | upcoming
        """,
        since=7,
        today=13,
        wishes=Wishes(weekdays=((on(12), SUNDAY),)),
    )


def test_a_form_already_asked_for_is_not_asked_for_again_after_a_change_of_weekday():
    """With Fridays the form of day 14 came on day 11; Mondays, asked for on day 12, keep it."""
    expect(
        TREATED + "11 | - | PHQ-9",
        """
        due | on  | state
        11  | Fri | done
        21  | Mon | upcoming
        """,
        since=11,
        today=14,
        wishes=Wishes(weekdays=((ALWAYS, 4), (on(12), 0))),
    )


def test_a_pause_takes_forms_out_and_shows_them_as_paused():
    expect(
        TREATED,
        """
        due | until | state
        7   | 13    | missed
        14  | 20    | paused
        21  | 27    | paused
        28  | 34    | open
        35  | 41    | upcoming
        """,
        since=7,
        today=30,
        wishes=Wishes(pauses=(Pause(on(14), on(27)),)),
    )


def test_a_form_that_was_open_when_the_pause_began_is_paused_too():
    for until, state in ((12, "paused"), (13, "paused"), (14, "paused")):
        expect(
            TREATED,
            f"due | state \n 7 | {state}",
            since=7,
            today=40,
            plan=Plan(steps=(Step("weekly", (7,)),)),
            wishes=Wishes(pauses=(Pause(on(12), on(until)),)),
        )


def test_what_was_answered_in_spite_of_a_pause_is_done():
    expect(
        TREATED + "15 | - | PHQ-9",
        """
        due | state
        14  | done
        21  | paused
        28  | upcoming
        """,
        since=14,
        today=21,
        wishes=Wishes(pauses=(Pause(on(14), on(27)),)),
    )


def test_a_pause_ahead_is_shown_up_to_the_next_form_after_it():
    expect(
        TREATED,
        """
        due | state
        7   | open
        14  | paused
        21  | paused
        28  | upcoming
        """,
        since=7,
        today=8,
        wishes=Wishes(pauses=(Pause(on(14), on(27)),)),
    )


def test_after_a_stop_nothing_is_upcoming():
    expect(
        TREATED,
        """
        due | state
        7   | missed
        14  | paused
        21  | paused
        """,
        since=7,
        today=22,
        wishes=Wishes(pauses=(Pause(on(15)),)),
    )


def test_whoever_has_left_is_asked_nothing_more():
    expect(
        TREATED,
        """
        due | until | state
        7   | 13    | missed
        """,
        since=7,
        today=40,
        left_on=18,
    )


def test_missed_in_a_row_counts_full_forms_since_anything_was_filled_in():
    for answered, missed in (("-", 2), ("PHQ-9", 1)):
        records = TREATED + f"7 | - | {answered} \n 21 | - | -"
        dues = find_dues(records, today=21)
        assert missed_in_a_row(dues) == missed + (answered == "-")  # and that of day 0

    paused = find_dues(TREATED, today=40, wishes=Wishes(pauses=(Pause(on(1)),)))
    assert missed_in_a_row(paused) == 1


def test_a_pulse_filled_in_is_no_silence_and_one_missed_is_none_either():
    dues = find_dues(TREATED + "0 | - | PHQ-9", today=7)
    assert missed_in_a_row(dues) == 0
    dues = find_dues(TREATED + "3 | - | MOOD-11", today=14)
    assert missed_in_a_row(dues) == 1


def test_completion_counts_what_is_over_and_nothing_paused_or_open():
    dues = find_dues(
        TREATED + "1 | - | MOOD-11 \n 8 | - | PHQ-9",
        today=29,
        wishes=Wishes(pauses=(Pause(on(14), on(20)),)),
    )

    assert completion(dues) == (3, 6)  # -7, 1 and 7 of these and 0, 3, 21; 14 is paused, 28 open
    assert completion(dues, since=on(1), until=on(21)) == (2, 4)
    assert completion(()) == (0, 0)


def test_what_is_open_and_what_comes_next_can_be_asked_for():
    dues = find_dues(TREATED, today=8)

    assert open_today(dues).due_on == on(7)
    assert next_due(dues).due_on == on(14)
    assert open_today(()) is None
    assert next_due(()) is None
