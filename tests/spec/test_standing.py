"""Where a patient stands today: the rules, one a test."""

from __future__ import annotations

import pytest

from data.instruments import catalogue
from models.outcomes.episodes import build_episodes
from models.outcomes.rules import Rules
from models.outcomes.standing import (
    RECENT_SCORES,
    Situation,
    Standing,
    choose_main_instrument,
    status_on,
    summarise,
)
from tests.histories import find_courses, on, read_history

RULES = Rules()

Answer = tuple[str, int, int | None]  # instrument, day, answer or blank


def stand(
    records: str, *, indication: str = "depression", safety: tuple[Answer, ...] = ()
) -> Standing:
    history = read_history(records)
    courses = find_courses(history)
    episodes = {
        code: build_episodes(courses, scores, catalogue()[code], RULES)
        for code, scores in history.scores.items()
        if courses
    }
    asked = [(code, on(day), answer) for code, day, answer in safety]
    return summarise(history, indication, courses, episodes, catalogue(), asked)


def status(
    standing: Standing, as_of: int, *, left_on: int | None = None, rules: Rules = RULES
) -> str:
    return status_on(
        Situation(standing.situation),
        last_infusion_on=standing.last_infusion_on,
        last_assessed_on=standing.last_assessed_on,
        left_on=None if left_on is None else on(left_on),
        as_of=on(as_of),
        rules=rules,
    ).value


TREATED = """
    day | infusion | PHQ-9
    0   | yes      | 20
    """


def test_whoever_responds_and_was_seen_within_fourteen_days_is_responding():
    patient = stand(TREATED + "7 | - | 6")

    assert patient.situation == "open"
    assert [status(patient, day) for day in (7, 20)] == ["responding", "responding"]


def test_silence_is_not_wellness_a_holding_patient_not_seen_for_fourteen_days_is_unknown():
    patient = stand(TREATED + "7 | - | 6")

    assert [status(patient, day) for day in (21, 300)] == ["unknown", "unknown"]


def test_the_clinic_may_set_another_silence():
    patient = stand(TREATED + "7 | - | 6")

    assert status(patient, 13, rules=Rules(silence=7)) == "responding"
    assert status(patient, 14, rules=Rules(silence=7)) == "unknown"


def test_a_score_on_another_instrument_does_not_break_the_silence():
    patient = stand(
        """
        day | infusion | PHQ-9 | GAD-7
        0   | yes      | 20    | 15
        7   | -        | 6     | 3
        21  | -        | -     | 3
        """
    )

    assert patient.instrument == "PHQ-9"
    assert status(patient, 21) == "unknown"


def test_a_bad_last_value_is_a_possible_loss_with_the_day_it_turned():
    patient = stand(TREATED + "7 | - | 6 \n 14 | - | 13")

    assert patient.turned_on == on(14)
    assert [status(patient, day) for day in (14, 300)] == ["possible_loss", "possible_loss"]


def test_a_confirmed_loss_is_lost_with_the_day_of_the_first_bad_value():
    patient = stand(TREATED + "7 | - | 6 \n 14 | - | 13 \n 21 | - | 14")

    assert patient.turned_on == on(14)
    assert status(patient, 21) == "lost"


def test_a_loss_too_far_from_the_last_good_value_to_date_is_still_lost():
    patient = stand(TREATED + "7 | - | 6 \n 92 | - | 13 \n 99 | - | 14")

    assert patient.situation == "gap"
    assert patient.turned_on == on(92)
    assert status(patient, 99) == "lost"


def test_whoever_did_not_respond_is_not_responding():
    patient = stand(TREATED + "7 | - | 15")

    assert status(patient, 7) == "not_responding"


def test_for_fourteen_days_after_an_infusion_a_patient_without_follow_up_is_in_course():
    patient = stand(TREATED)

    assert patient.situation == "not_assessed"
    assert [status(patient, day) for day in (0, 14, 15)] == ["in_course", "in_course", "not_stated"]


@pytest.mark.parametrize(
    ("records", "situation"),
    [
        ("day | infusion | PHQ-9 \n 0 | yes | - \n 7 | - | 5", "no_baseline"),
        ("day | infusion | PHQ-9 \n 0 | yes | 9 \n 7 | - | 2", "low_baseline"),
        ("day | infusion \n 0 | yes", "unscored"),
    ],
)
def test_where_no_response_can_be_stated_none_is(records, situation):
    patient = stand(records)

    assert patient.situation == situation
    assert status(patient, 8) == "not_stated"


def test_a_patient_never_infused_is_untreated_with_the_scores_there_are():
    patient = stand("day | PHQ-9 \n 0 | 20 \n 7 | 18")

    assert (patient.situation, patient.course_no, patient.latest) == ("untreated", None, 18)
    assert status(patient, 7) == "untreated"


def test_whoever_has_left_has_left_whatever_their_scores_said():
    for records in (TREATED, TREATED + "7 | - | 6", TREATED + "7 | - | 15", "day | PHQ-9\n0 | 20"):
        patient = stand(records)

        assert status(patient, 10, left_on=10) == "left"
        assert status(patient, 9, left_on=10) != "left"


def test_the_latest_course_decides():
    patient = stand(
        """
        day | infusion | PHQ-9
        0   | yes      | 20
        7   | -        | 6
        14  | -        | 13
        21  | -        | 14
        30  | yes      | -
        37  | -        | 7
        """
    )

    assert (patient.course_no, patient.last_infusion_on) == (2, on(30))
    assert (patient.baseline, patient.latest) == (20, 7)
    assert status(patient, 37) == "responding"


def test_the_latest_value_of_a_day_and_no_more_than_twelve_are_shown_oldest_first():
    weekly = "\n".join(f"{7 * week} | - | {week % 10}" for week in range(1, 15))
    patient = stand(TREATED + weekly + "\n 98 | - | 9")

    assert len(patient.recent) == RECENT_SCORES == 12
    assert patient.recent[0] == [on(21).isoformat(), 3]
    assert patient.recent[-1] == [on(98).isoformat(), 9]
    assert patient.last_assessed_on == on(98)


# The main instrument


def test_the_main_instrument_is_one_that_fits_the_indication():
    history = read_history(
        """
        day | PHQ-9 | NRS-11
        0   | 20    | 8
        7   | 6     | -
        """
    )

    assert choose_main_instrument(history, "chronic_pain", catalogue()) == "NRS-11"
    assert choose_main_instrument(history, "depression", catalogue()) == "PHQ-9"


def test_of_several_that_fit_the_most_answered_one_is_the_main_instrument():
    history = read_history(
        """
        day | PHQ-9 | QIDS-SR16
        0   | 20    | 14
        7   | -     | 6
        """
    )

    assert choose_main_instrument(history, "depression", catalogue()) == "QIDS-SR16"


def test_without_an_indication_the_most_answered_one_is_the_main_instrument():
    history = read_history(
        """
        day | PHQ-9 | NRS-11
        0   | 20    | 8
        7   | -     | 6
        """
    )

    assert choose_main_instrument(history, None, catalogue()) == "NRS-11"


def test_an_instrument_without_a_rule_is_never_the_main_one():
    history = read_history("day | AUDIT-C \n 0 | 8 \n 7 | 6")

    assert choose_main_instrument(history, "addiction", catalogue()) is None
    assert choose_main_instrument(history, None, catalogue()) is None


# The safety item


def test_the_safety_item_shows_its_last_answer_and_the_one_before():
    patient = stand(
        TREATED + "7 | - | 6",
        safety=(("PHQ-9", 7, 2), ("PHQ-9", 0, 0), ("PHQ-9", -7, 1)),
    )

    assert (patient.safety_instrument, patient.safety_on) == ("PHQ-9", on(7))
    assert (patient.safety_answer, patient.safety_before) == (2, 0)


def test_of_two_answers_on_a_day_the_one_entered_last_is_the_last():
    patient = stand(TREATED, safety=(("PHQ-9", 0, 0), ("PHQ-9", 0, 3)))

    assert (patient.safety_answer, patient.safety_before) == (3, 0)


def test_a_responder_with_a_safety_answer_shows_both():
    patient = stand(TREATED + "7 | - | 4", safety=(("PHQ-9", 7, 3),))

    assert status(patient, 7) == "responding"
    assert patient.safety_answer == 3


def test_a_blank_safety_item_is_never_nought():
    patient = stand(TREATED, safety=(("PHQ-9", 0, None),))

    assert patient.safety_answer is None
    assert patient.safety_on is None
    assert patient.safety_blank_on == on(0)


def test_a_blank_safety_item_does_not_hide_the_answer_before_it():
    patient = stand(TREATED, safety=(("PHQ-9", 0, 2), ("PHQ-9", 7, None)))

    assert (patient.safety_answer, patient.safety_on) == (2, on(0))
    assert patient.safety_blank_on == on(7)


def test_the_answer_before_is_the_last_one_given_not_a_blank():
    patient = stand(TREATED, safety=(("PHQ-9", 0, 2), ("PHQ-9", 7, None), ("PHQ-9", 14, 0)))

    assert (patient.safety_answer, patient.safety_before) == (0, 2)


def test_an_answer_after_a_blank_clears_the_blank():
    patient = stand(TREATED, safety=(("PHQ-9", 0, None), ("PHQ-9", 7, 0)))

    assert patient.safety_blank_on is None
    assert patient.safety_answer == 0


def test_a_safety_answer_counts_even_where_another_instrument_is_the_main_one():
    patient = stand(
        "day | infusion | NRS-11 \n 0 | yes | 8",
        indication="chronic_pain",
        safety=(("PHQ-9", 0, 1),),
    )

    assert (patient.instrument, patient.safety_instrument) == ("NRS-11", "PHQ-9")
    assert patient.safety_answer == 1


def test_an_instrument_without_a_safety_item_says_nothing_about_safety():
    patient = stand(TREATED, safety=(("GAD-7", 0, 3),))

    assert (patient.safety_instrument, patient.safety_answer) == (None, None)
