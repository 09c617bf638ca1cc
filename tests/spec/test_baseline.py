"""Which score a course is measured against: the rules, one a test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.instruments import catalogue
from models.outcomes.rules import Rules
from tests.histories import expect


def test_the_baseline_is_the_last_score_before_the_first_infusion():
    expect(
        """
        day | infusion | PHQ-9
        -20 | -        | 24
        -6  | -        | 18
        0   | yes      | -
        3   | yes      | -
        7   | -        | 8
        """,
        """
        course | baseline | taken | response
        1      | 18       | -6    | yes
        """,
    )


def test_a_score_during_the_course_is_never_its_baseline():
    expect(
        """
        day | infusion | PHQ-9
        -1  | -        | 20
        0   | yes      | -
        2   | -        | 12
        3   | yes      | -
        """,
        """
        course | baseline | taken
        1      | 20       | -1
        """,
    )


def test_a_score_on_the_day_of_the_first_infusion_counts_as_before_it():
    expect(
        """
        day | infusion | PHQ-9
        -1  | -        | 24
        0   | yes      | 18
        """,
        """
        course | baseline | taken
        1      | 18       | 0
        """,
    )


def test_a_same_day_score_counts_as_before_where_only_its_own_time_is_known():
    expect(
        """
        day     | infusion | PHQ-9
        -1      | -        | 24
        0       | yes      | -
        0 21:00 | -        | 18
        """,
        """
        course | baseline
        1      | 18
        """,
    )


def test_a_same_day_score_counts_as_before_where_only_the_infusion_has_a_time():
    expect(
        """
        day     | infusion | PHQ-9
        -1      | -        | 24
        0 09:00 | yes      | -
        0       | -        | 18
        """,
        """
        course | baseline
        1      | 18
        """,
    )


def test_a_same_day_score_whose_time_is_after_the_infusion_is_not_the_baseline():
    expect(
        """
        day     | infusion | PHQ-9
        -1      | -        | 24
        0 09:00 | yes      | -
        0 11:00 | -        | 9
        """,
        """
        course | baseline | taken
        1      | 24       | -1
        """,
    )


def test_a_score_at_the_very_minute_of_the_infusion_counts_as_before():
    expect(
        """
        day     | infusion | PHQ-9
        -1      | -        | 24
        0 09:00 | yes      | -
        0 09:00 | -        | 18
        """,
        """
        course | baseline
        1      | 18
        """,
    )


def test_a_score_thirty_days_old_is_a_baseline_and_one_of_thirty_one_days_is_not():
    expect(
        """
        day | infusion | PHQ-9
        -30 | -        | 20
        0   | yes      | -
        """,
        """
        course | baseline
        1      | 20
        """,
    )
    expect(
        """
        day | infusion | PHQ-9
        -31 | -        | 20
        0   | yes      | -
        7   | -        | 5
        """,
        """
        course | baseline | response | why
        1      | -        | -        | no_baseline
        """,
    )


def test_the_clinic_may_ask_for_a_fresher_baseline():
    expect(
        """
        day | infusion | PHQ-9
        -8  | -        | 20
        0   | yes      | -
        """,
        """
        course | baseline
        1      | -
        """,
        rules=Rules(baseline_window=7),
    )


def test_of_two_scores_on_a_day_the_later_is_the_baseline_whichever_was_entered_first():
    expect(
        """
        day      | infusion | PHQ-9
        -1 18:00 | -        | 17
        -1 09:00 | -        | 21
        0        | yes      | -
        """,
        """
        course | baseline
        1      | 17
        """,
    )


def test_of_two_scores_at_the_same_time_the_one_entered_last_is_the_baseline():
    expect(
        """
        day | infusion | PHQ-9
        -1  | -        | 21
        -1  | -        | 17
        0   | yes      | -
        """,
        """
        course | baseline
        1      | 17
        """,
    )


@pytest.mark.parametrize("clock", ["00:00", "00:01", "09:00"])
def test_of_two_scores_on_a_day_one_of_unknown_time_comes_first(clock):
    expect(
        f"""
        day        | infusion | PHQ-9
        -1 {clock} | -        | 17
        -1         | -        | 21
        0          | yes      | -
        """,
        """
        course | baseline
        1      | 17
        """,
    )


def test_after_a_same_day_score_too_late_for_it_the_one_before_is_the_baseline():
    expect(
        """
        day     | infusion | PHQ-9
        0 08:00 | -        | 19
        0 09:00 | yes      | -
        0 11:00 | -        | 9
        """,
        """
        course | baseline
        1      | 19
        """,
    )


def test_a_maintenance_course_keeps_the_standing_baseline():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        29  | -        | 12
        30  | yes      | 14
        37  | -        | 9
        """,
        """
        course | kind        | baseline | taken | response
        1      | induction   | 20       | 0     | no
        2      | maintenance | 20       | 0     | yes
        """,
    )


def test_a_re_induction_is_measured_against_its_own_score():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        30  | yes      | 14
        33  | yes      | -
        36  | yes      | -
        39  | yes      | -
        46  | -        | 9
        """,
        """
        course | kind      | baseline | response
        1      | induction | 20       | no
        2      | induction | 14       | no
        """,
    )


def test_a_re_induction_without_a_score_of_its_own_keeps_the_standing_baseline():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        40  | yes      | -
        43  | yes      | -
        46  | yes      | -
        49  | yes      | -
        56  | -        | 9
        """,
        """
        course | kind      | baseline | taken | response
        1      | induction | 20       | 0     | -
        2      | induction | 20       | 0     | yes
        """,
    )


def test_a_re_induction_whose_own_score_is_under_the_minimum_keeps_the_standing_baseline():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        30  | yes      | 9
        33  | yes      | -
        36  | yes      | -
        39  | yes      | -
        46  | -        | 8
        """,
        """
        course | kind      | baseline | response
        1      | induction | 20       | yes
        2      | induction | 20       | yes
        """,
    )


def test_a_re_induction_whose_own_score_just_reaches_the_minimum_takes_it():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        30  | yes      | 10
        33  | yes      | -
        36  | yes      | -
        39  | yes      | -
        46  | -        | 8
        """,
        """
        course | baseline | response
        1      | 20       | yes
        2      | 10       | no
        """,
    )


def test_the_standing_baseline_is_the_latest_inductions():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 24
        30  | yes      | 16
        33  | yes      | -
        36  | yes      | -
        39  | yes      | -
        60  | yes      | 12
        90  | yes      | 13
        """,
        """
        course | kind        | baseline | taken
        1      | induction   | 24       | 0
        2      | induction   | 16       | 30
        3      | maintenance | 16       | 30
        4      | maintenance | 16       | 30
        """,
    )


def test_a_maintenance_course_after_an_induction_without_a_baseline_has_none():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | -
        30  | yes      | 18
        37  | -        | 5
        """,
        """
        course | kind        | baseline | response | why
        1      | induction   | -        | -        | no_baseline
        2      | maintenance | -        | -        | no_baseline
        """,
    )


def test_a_re_induction_supplies_the_baseline_that_the_first_course_lacked():
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | -
        30  | yes      | 18
        33  | yes      | -
        36  | yes      | -
        39  | yes      | -
        46  | -        | 5
        """,
        """
        course | baseline | response
        1      | -        | -
        2      | 18       | yes
        """,
    )


@pytest.mark.parametrize(
    ("code", "reaching", "short", "good"),
    [
        ("PHQ-9", 10, 9, 2),
        ("GAD-7", 8, 7, 2),
        ("PCL-5", 31, 30, 5),
        ("NRS-11", 4, 3, 1),
        ("WHO-5", 51, 52, 96),
    ],
)
def test_under_the_instruments_minimum_no_response_is_stated(code, reaching, short, good):
    records = """
        day | infusion | {code}
        0   | yes      | {baseline}
        7   | -        | {good}
        """
    expect(
        records.format(code=code, baseline=reaching, good=good),
        f"""
        course | baseline | response | why
        1      | {reaching} | yes    | -
        """,
        instrument=code,
    )
    expect(
        records.format(code=code, baseline=short, good=good),
        f"""
        course | baseline | response | why          | held | end
        1      | {short}  | -        | low_baseline | -    | -
        """,
        instrument=code,
    )


def test_from_a_baseline_that_is_already_the_best_possible_no_improvement_is_defined():
    no_minimum = replace(catalogue()["PHQ-9"], minimum_baseline=None)
    expect(
        """
        day | infusion | PHQ-9
        0   | yes      | 0
        7   | -        | 0
        """,
        """
        course | baseline | response | why
        1      | 0        | -        | low_baseline
        """,
        instrument=no_minimum,
    )


def test_another_instrument_taken_up_during_the_course_has_no_baseline():
    expect(
        """
        day | infusion | PHQ-9 | QIDS-SR16
        0   | yes      | 20    | -
        3   | yes      | -     | 14
        10  | -        | -     | 5
        """,
        """
        course | baseline | response | why
        1      | -        | -        | no_baseline
        """,
        instrument="QIDS-SR16",
    )
