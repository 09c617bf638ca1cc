"""What a response and a remission are: the rules, one a test."""

from __future__ import annotations

import pytest

from data.instruments import catalogue
from models.outcomes.rules import Rules
from tests.histories import expect

# The share of the way from baseline to the best possible value decides; exactly enough counts.
AT_THE_LIMIT = [
    ("PHQ-9", 20, 10, "yes"),
    ("PHQ-9", 20, 11, "no"),
    ("PHQ-9", 14, 7, "yes"),
    ("PHQ-9", 15, 7, "yes"),
    ("PHQ-9", 15, 7.5, "yes"),
    ("PHQ-9", 15, 8, "no"),
    ("GAD-7", 13, 6, "yes"),
    ("GAD-7", 13, 7, "no"),
    ("NRS-11", 10, 7, "yes"),  # 10 - 7 is not 3.0000000000000001 tenths in floating point
    ("NRS-11", 7, 4.9, "yes"),
    ("NRS-11", 7, 5, "no"),
    ("PCL-5", 40, 28, "yes"),
    ("PCL-5", 40, 29, "no"),
    ("Y-BOCS", 20, 13, "yes"),
    ("Y-BOCS", 20, 14, "no"),
    ("WHO-5", 20, 60, "yes"),
    ("WHO-5", 20, 56, "no"),
]


@pytest.mark.parametrize(("code", "baseline", "value", "response"), AT_THE_LIMIT)
def test_exactly_the_instruments_share_of_the_way_counts(code, baseline, value, response):
    expect(
        f"""
        day | infusion | {code}
        0   | yes      | {baseline}
        7   | -        | {value}
        """,
        f"""
        course | response
        1      | {response}
        """,
        instrument=code,
    )


def test_improvement_reads_the_same_whichever_way_an_instrument_points():
    phq, who = catalogue()["PHQ-9"], catalogue()["WHO-5"]

    assert phq.improvement(20, 15) == who.improvement(20, 40) == 0.25
    assert phq.improvement(20, 24) == who.improvement(20, 4) == -0.2


def test_any_responding_value_within_fourteen_days_is_a_response():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        3   | -        | 15
        14  | -        | 10
        """,
        """
        course | response
        1      | yes
        """,
    )
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        3   | -        | 10
        14  | -        | 15
        """,
        """
        course | response
        1      | yes
        """,
    )


def test_after_a_value_within_fourteen_days_a_later_one_cannot_make_a_response():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        14  | -        | 15
        15  | -        | 5
        """,
        """
        course | response | held | end
        1      | no       | -    | -
        """,
    )


def test_without_a_value_within_fourteen_days_the_first_by_day_thirty_one_decides():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        31  | -        | 10
        """,
        """
        course | response
        1      | yes
        """,
    )
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        15  | -        | 15
        22  | -        | 5
        """,
        """
        course | response
        1      | no
        """,
    )


def test_without_a_value_by_day_thirty_one_the_course_is_not_assessed_rather_than_failed():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        32  | -        | 5
        """,
        """
        course | response | remission | why          | held | end
        1      | -        | -         | not_assessed | -    | -
        """,
    )


def test_a_patient_without_any_follow_up_is_left_out_and_counted():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        """,
        """
        course | infusions | response | why          | held | end
        1      | 1         | -        | not_assessed | -    | -
        """,
    )


def test_the_clinic_may_set_other_windows():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        6   | -        | 15
        8   | -        | 5
        """,
        """
        course | response
        1      | no
        """,
        rules=Rules(response_window=7),
    )
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        22  | -        | 5
        """,
        """
        course | response
        1      | -
        """,
        rules=Rules(late_response_window=21),
    )


def test_scores_taken_during_the_course_do_not_decide():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        3   | yes      | 6
        6   | -        | 5
        7   | yes      | -
        14  | -        | 15
        """,
        """
        course | response | best
        1      | no       | 5
        """,
    )


def test_a_score_on_the_day_of_the_last_infusion_is_not_yet_after_it():
    expect(
        """
        day     | infusion | PHQ-9
        0       | yes      | 20
        3 09:00 | yes      | -
        3       | -        | 5
        """,
        """
        course | response
        1      | -
        """,
    )


def test_a_later_time_on_the_day_of_the_last_infusion_is_after_it():
    expect(
        """
        day     | infusion | PHQ-9
        0       | yes      | 20
        3 09:00 | yes      | -
        3 09:01 | -        | 5
        """,
        """
        course | response | held
        1      | yes      | 0+
        """,
    )


def test_the_very_minute_of_the_last_infusion_is_not_after_it():
    expect(
        """
        day     | infusion | PHQ-9
        0       | yes      | 20
        3 09:00 | yes      | 5
        """,
        """
        course | response
        1      | -
        """,
    )


def test_a_score_on_the_day_of_the_next_infusion_belongs_to_the_course_before():
    expect(
        """
        day      | infusion | PHQ-9
        0        | yes      | 20
        30 09:00 | yes      | -
        30       | -        | 5
        """,
        """
        course | response
        1      | yes
        2      | -
        """,
    )


def test_a_score_after_the_next_infusion_by_its_time_belongs_to_the_next_course():
    expect(
        """
        day      | infusion | PHQ-9
        0        | yes      | 20
        30 09:00 | yes      | -
        30 11:00 | -        | 5
        """,
        """
        course | response
        1      | -
        2      | yes
        """,
    )


def test_of_several_scores_on_a_day_the_last_is_the_days_value():
    expect(
        """
        day     | infusion | PHQ-9
        0       | yes      | 20
        7 18:00 | -        | 15
        7 09:00 | -        | 5
        """,
        """
        course | response
        1      | no
        """,
    )


def test_of_several_scores_at_the_same_time_the_one_entered_last_is_the_days_value():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 15
        7   | -        | 5
        """,
        """
        course | response
        1      | yes
        """,
    )


def test_the_days_value_is_chosen_among_the_scores_that_belong_to_the_course():
    expect(
        """
        day      | infusion | PHQ-9
        0        | yes      | 20
        30 08:00 | -        | 15
        30 09:00 | yes      | -
        30 11:00 | -        | 5
        """,
        """
        course | response | best
        1      | no       | 15
        2      | yes      | -
        """,
    )


@pytest.mark.parametrize(
    ("code", "value", "remission"),
    [
        ("PHQ-9", 4, "yes"),
        ("PHQ-9", 4.5, "no"),
        ("PHQ-9", 5, "no"),
        ("QIDS-SR16", 5, "yes"),
        ("QIDS-SR16", 6, "no"),
        ("MADRS", 10, "yes"),
        ("MADRS", 11, "no"),
        ("WHO-5", 52, "yes"),
        ("WHO-5", 48, "no"),
        ("NRS-11", 0, "-"),
    ],
)
def test_remission_is_at_or_under_the_cut_and_needs_no_baseline(code, value, remission):
    expect(
        f"""
        day | infusion | {code}
        0   | yes      | -
        7   | -        | {value}
        """,
        f"""
        course | baseline | response | remission
        1      | -        | -        | {remission}
        """,
        instrument=code,
    )


def test_any_remitted_value_within_fourteen_days_is_a_remission():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        3   | -        | 4
        14  | -        | 9
        """,
        """
        course | remission
        1      | yes
        """,
    )


def test_remission_is_looked_for_in_the_same_window_as_response():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 9
        21  | -        | 3
        """,
        """
        course | response | remission
        1      | yes      | no
        """,
    )
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        21  | -        | 3
        """,
        """
        course | response | remission
        1      | yes      | yes
        """,
    )


def test_an_instrument_without_a_rule_states_no_response():
    expect(
        """
        day | infusion | AUDIT-C
        0   | yes      | 8
        7   | -        | 0
        """,
        """
        course | baseline | best | response | remission | why
        1      | 8        | 0    | -        | -         | no_rule
        """,
        instrument="AUDIT-C",
    )


def test_the_best_value_is_of_the_days_after_the_first_infusion_until_the_next_course():
    expect(
        """
        day | infusion | PHQ-9
        -1  | -        | 3
        0   | yes      | 2
        3   | yes      | 9
        10  | -        | 8
        40  | yes      | 7
        47  | -        | 4
        """,
        """
        course | best
        1      | 7
        2      | 4
        """,
    )


def test_the_best_value_is_the_highest_where_higher_is_better():
    expect(
        """
        day | infusion | WHO-5
        0   | yes      | 20
        7   | -        | 64
        14  | -        | 40
        """,
        """
        course | best
        1      | 64
        """,
        instrument="WHO-5",
    )


def test_the_best_value_counts_the_last_of_each_day():
    expect(
        """
        day     | infusion | PHQ-9
        0       | yes      | 20
        7 09:00 | -        | 4
        7 18:00 | -        | 12
        """,
        """
        course | best
        1      | 12
        """,
    )
