"""When a response is lost, and between which two days: the rules, one a test."""

from __future__ import annotations

from models.outcomes.rules import Rules
from tests.histories import expect

LOST = """
    day | infusion | PHQ-9
    0   | yes      | 20
    7   | -        | 6
    14  | -        | 8
    21  | -        | 13
    28  | -        | 14
    """


def test_a_loss_lies_between_the_last_good_and_the_first_bad_value():
    expect(
        LOST,
        """
        course | held  | loss | end
        1      | 14-21 | 21   | lost
        """,
    )


def test_confirmation_never_moves_the_date_however_late_it_comes():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        60  | -        | 14
        """,
        """
        course | held | loss | end
        1      | 7-14 | 14   | lost
        """,
    )


def test_a_bad_value_followed_by_a_good_one_is_no_loss():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        21  | -        | 6
        """,
        """
        course | held | loss | end
        1      | 21+  | -    | holding
        """,
    )


def test_the_last_good_value_before_the_loss_counts_not_the_first_bad_one():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        21  | -        | 6
        28  | -        | 13
        35  | -        | 13
        """,
        """
        course | held  | loss
        1      | 21-28 | 28
        """,
    )


def test_after_a_confirmed_loss_a_good_value_restores_nothing():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        21  | -        | 13
        28  | -        | 5
        """,
        """
        course | held | loss | end
        1      | 7-14 | 14   | lost
        """,
    )


def test_a_last_bad_value_with_nothing_after_it_is_a_possible_loss():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        """,
        """
        course | held | loss | end
        1      | 7+   | -    | possible_loss
        """,
    )


def test_a_last_bad_value_is_a_loss_once_the_next_course_is_given():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        20  | yes      | -
        """,
        """
        course | held | loss | end
        1      | 7-14 | 14   | lost
        2      | -    | -    | -
        """,
    )


def test_a_bad_value_on_the_day_of_the_next_infusion_is_a_loss():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        20  | yes      | 13
        """,
        """
        course | held | loss | end
        1      | 7-20 | 20   | lost
        2      | -    | -    | -
        """,
    )


def test_a_value_after_the_next_infusion_confirms_nothing_of_the_course_before():
    expect(
        """
        day      | infusion | PHQ-9
        0        | yes      | 20
        7        | -        | 6
        20 09:00 | yes      | -
        20 17:00 | -        | 13
        27       | -        | 14
        """,
        """
        course | held | loss | end         | response
        1      | 7+   | -    | next_course | yes
        2      | -    | -    | -           | no
        """,
    )


def test_bad_values_before_the_first_good_one_are_no_loss():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        1   | -        | 18
        2   | -        | 18
        5   | -        | 15
        9   | -        | 8
        16  | -        | 13
        23  | -        | 13
        """,
        """
        course | held | loss
        1      | 9-16 | 16
        """,
    )


def test_who_does_not_respond_at_the_first_follow_ups_has_no_duration_at_all():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 15
        14  | -        | 15
        21  | -        | 5
        """,
        """
        course | response | held | loss | end
        1      | no       | -    | -    | -
        """,
    )


def test_a_response_of_hours_only_is_lost_between_day_nought_and_the_first_follow_up():
    expect(
        """
        day     | infusion | PHQ-9
        0 09:00 | yes      | 20
        0 15:00 | -        | 6
        7       | -        | 15
        14      | -        | 15
        """,
        """
        course | response | held | loss
        1      | yes      | 0-7  | 7
        """,
    )


def test_a_response_first_seen_late_is_followed_from_there():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        25  | -        | 6
        32  | -        | 13
        39  | -        | 13
        """,
        """
        course | held  | loss
        1      | 25-32 | 32
        """,
    )


def test_not_lost_is_censored_at_the_last_good_value_never_at_today():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        """,
        """
        course | held | loss
        1      | 7+   | -
        """,
        as_of=400,
    )


def test_the_clinic_may_take_a_single_bad_value_for_a_loss():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        21  | -        | 6
        """,
        """
        course | held | loss | end
        1      | 7-14 | 14   | lost
        """,
        rules=Rules(confirmation=1),
    )


def test_the_clinic_may_ask_for_three_bad_values_in_a_row():
    expect(
        LOST,
        """
        course | held | loss | end
        1      | 14+  | -    | possible_loss
        """,
        rules=Rules(confirmation=3),
    )
    expect(
        LOST + "35 | - | 15",
        """
        course | held  | loss | end
        1      | 14-21 | 21   | lost
        """,
        rules=Rules(confirmation=3),
    )


def test_over_eighty_four_days_between_good_and_bad_the_loss_is_not_dated():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        92  | -        | 13
        99  | -        | 13
        """,
        """
        course | held | loss | end
        1      | 7+   | -    | gap
        """,
    )


def test_eighty_four_days_between_good_and_bad_are_still_a_dated_loss():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        91  | -        | 13
        98  | -        | 13
        """,
        """
        course | held | loss | end
        1      | 7-91 | 91   | lost
        """,
    )


def test_a_long_gap_without_a_confirmed_loss_is_no_gap():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        120 | -        | 13
        """,
        """
        course | held | end
        1      | 7+   | possible_loss
        """,
    )
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        120 | -        | 7
        """,
        """
        course | held | end
        1      | 120+ | holding
        """,
    )


def test_a_loss_reads_the_same_where_higher_is_better():
    expect(
        """
        day | infusion | WHO-5
        0   | yes      | 20
        7   | -        | 64
        14  | -        | 56
        21  | -        | 52
        """,
        """
        course | held | loss | end
        1      | 7-14 | 14   | lost
        """,
        instrument="WHO-5",
    )


def test_on_a_day_with_several_values_only_the_last_can_lose_or_hold():
    expect(
        """
        day      | infusion | PHQ-9
        0        | yes      | 20
        7        | -        | 6
        14 08:00 | -        | 13
        14 20:00 | -        | 6
        21 08:00 | -        | 13
        21 20:00 | -        | 7
        """,
        """
        course | held | end
        1      | 21+  | holding
        """,
    )
