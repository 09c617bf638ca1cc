"""What makes a course: the rules, one a test. The tables are read by tests/histories.py."""

from __future__ import annotations

from models.outcomes.rules import Rules
from tests.histories import expect, find_courses, read_history


def test_an_infusion_fourteen_days_after_the_one_before_belongs_to_the_course():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        14  | yes      | -
        28  | yes      | -
        """,
        """
        course | starts | day 0 | infusions
        1      | 0      | 28    | 3
        """,
    )


def test_an_infusion_fifteen_days_after_the_one_before_starts_a_new_course():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        15  | yes      | -
        """,
        """
        course | starts | day 0 | infusions
        1      | 0      | 0     | 1
        2      | 15     | 15    | 1
        """,
    )


def test_the_pause_is_counted_in_calendar_days_not_in_hours():
    expect(
        """
        day      | infusion | PHQ-9
        0 08:00  | yes      | 20
        14 20:00 | yes      | -
        29 00:30 | yes      | -
        """,
        """
        course | starts | day 0
        1      | 0      | 14
        2      | 29     | 29
        """,
    )


def test_the_clinic_may_set_another_pause():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        21  | yes      | -
        43  | yes      | -
        """,
        """
        course | starts | day 0
        1      | 0      | 21
        2      | 43     | 43
        """,
        rules=Rules(course_gap=21),
    )


def test_the_first_course_is_an_induction_even_of_a_single_infusion():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        """,
        """
        course | kind      | infusions
        1      | induction | 1
        """,
    )


def test_a_later_course_of_three_infusions_is_maintenance():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        30  | yes      | -
        33  | yes      | -
        36  | yes      | -
        """,
        """
        course | kind        | infusions
        1      | induction   | 1
        2      | maintenance | 3
        """,
    )


def test_a_later_course_of_four_infusions_is_an_induction():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        30  | yes      | -
        33  | yes      | -
        36  | yes      | -
        39  | yes      | -
        """,
        """
        course | kind      | infusions
        1      | induction | 1
        2      | induction | 4
        """,
    )


def test_two_infusions_on_one_day_are_both_counted_and_end_the_course_that_day():
    expect(
        """
        day     | infusion | PHQ-9
        0       | yes      | 20
        3 09:00 | yes      | -
        3 15:00 | yes      | -
        """,
        """
        course | starts | day 0 | infusions
        1      | 0      | 3     | 3
        """,
    )


def test_infusions_may_be_entered_in_any_order():
    expect(
        """
        day | infusion | PHQ-9
        30  | yes      | -
        3   | yes      | -
        0   | yes      | 20
        """,
        """
        course | starts | day 0 | infusions
        1      | 0      | 3     | 2
        2      | 30     | 30    | 1
        """,
    )


def test_a_score_between_two_infusions_does_not_part_them():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 12
        14  | yes      | -
        """,
        """
        course | infusions
        1      | 2
        """,
    )


def test_without_an_infusion_there_is_no_course():
    assert find_courses(read_history("day | PHQ-9\n0 | 20")) == []


def test_a_patient_scored_but_not_yet_treated_has_no_episode():
    expect(
        """
        day | infusion | PHQ-9
        0   | -        | 20
        7   | -        | 18
        """,
        "course | kind",
    )


def test_a_course_is_counted_and_listed_even_where_no_response_can_be_stated():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | -
        7   | -        | 4
        30  | yes      | -
        """,
        """
        course | baseline | response | why
        1      | -        | -        | no_baseline
        2      | -        | -        | no_baseline
        """,
    )


def test_every_instrument_has_its_own_episodes_of_the_same_courses():
    records = """
        day | infusion | PHQ-9 | GAD-7
        0   | yes      | 20    | 12
        7   | -        | 8     | 10
        30  | yes      | -     | -
        """
    expect(
        records,
        """
        course | day 0 | baseline | response
        1      | 0     | 20       | yes
        2      | 30    | 20       | -
        """,
    )
    expect(
        records,
        """
        course | day 0 | baseline | response
        1      | 0     | 12       | no
        2      | 30    | 12       | -
        """,
        instrument="GAD-7",
    )


def test_the_days_a_response_held_count_from_the_last_infusion_of_the_course():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        3   | yes      | -
        14  | yes      | -
        21  | -        | 5
        28  | -        | 15
        35  | -        | 15
        """,
        """
        course | day 0 | held | loss
        1      | 14    | 7-14 | 28
        """,
    )


def test_each_course_of_a_patient_is_an_episode_of_its_own():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 5
        14  | -        | 15
        21  | -        | 16
        22  | yes      | -
        29  | -        | 6
        43  | -        | 16
        50  | -        | 17
        51  | yes      | -
        58  | -        | 7
        """,
        """
        course | held | end
        1      | 7-14 | lost
        2      | 7-21 | lost
        3      | 7+   | holding
        """,
    )
