"""Who is on the morning list and why: each reason at its borders, the most urgent first."""

from __future__ import annotations

import pytest

from data.actions.flags import acknowledge_flag, close_flag
from data.actions.planned_infusions import plan_infusion
from data.actions.policies import set_policy
from data.policies import PROMPTS
from data.queries import morning, morning_candidates
from data.queries.due import MissedForms
from data.queries.flags import read_flags_of, read_open_flags
from data.queries.morning import read_morning
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import OF_SAFETY, Prompt, PromptRules
from models.policy import OPERATOR
from tests.clinic import LOST, clinician
from tests.histories import on

OPEN = LOST[: LOST.index("    21")]  # responding when last seen, on day 14
POSSIBLE = LOST[: LOST.index("    28")]  # one bad score, on day 21


def reasons(clinic, day, person=OPERATOR, **more):
    rows = read_morning(clinic.engine, person, today=on(day), **more).rows
    assert len({row.patient_id for row in rows}) == len(rows), "a person has two lines"
    return [(row.code, *(reason.value for reason in row.reasons)) for row in rows]


BORDERS = {
    # records, first day on the list, last day on it, reason
    "lost": (LOST, 28, 56, "lost"),
    "a possible loss": (POSSIBLE, 21, 49, "possible_loss"),
    "silent": (OPEN, 28, 70, "silent"),
}


@pytest.mark.parametrize(("records", "first", "last", "reason"), BORDERS.values(), ids=BORDERS)
def test_a_patient_is_on_the_list_from_the_day_it_is_news_to_the_last(
    clinic, records, first, last, reason
):
    clinic.register("P-1", records=records)

    assert [reasons(clinic, day) for day in (first, last)] == [[("P-1", reason)]] * 2
    assert reasons(clinic, last + 1) == []
    if reason == "silent":
        assert reasons(clinic, first - 1) == []  # holding: nothing to look at


def answered(clinic, code, day, item_9, **facts):
    """Register a patient whose last form has this answer about self-harm; None: left blank."""
    patient = clinic.register(code, **facts)
    items = (1, 0, 0, 0, 0, 0, 0, 0, item_9)
    clinic.score(patient, Moment(on(day)), items=items)
    return patient


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_an_answer_above_zero_is_on_the_list_until_somebody_closes_its_flag(clinic, answer):
    patient = answered(clinic, "P-1", 20, answer)

    assert reasons(clinic, 20) == reasons(clinic, 59) == [("P-1", "safety")]

    items = (1, 0, 0, 0, 0, 0, 0, 0, 0)
    clinic.score(patient, Moment(on(59)), items=items)
    assert reasons(clinic, 59) == reasons(clinic, 400) == [("P-1", "safety")]
    close_all(clinic)
    assert reasons(clinic, 59) == []


def close_all(clinic):
    for flag in read_open_flags(clinic.engine, OPERATOR):
        close_flag(
            clinic.engine,
            clinic.anna,
            patient_id=flag.patient_id,
            flag_id=flag.flag_id,
            seen_version=flag.version,
            said="Spoke with them.",
        )


def test_an_answer_of_zero_is_not_on_the_list_and_a_blank_one_is(clinic):
    answered(clinic, "P-1", 20, 0)
    answered(clinic, "P-2", 20, None)

    assert reasons(clinic, 20) == reasons(clinic, 48) == [("P-2", "safety_blank")]
    assert reasons(clinic, 49) == []


def test_a_blank_does_not_hide_the_answer_before_it(clinic):
    patient = answered(clinic, "P-1", 20, 2)
    clinic.score(patient, Moment(on(27)), items=(1, 0, 0, 0, 0, 0, 0, 0, None))

    assert reasons(clinic, 27) == [("P-1", "safety", "safety_blank")]
    [row] = read_morning(clinic.engine, OPERATOR, today=on(27)).rows
    assert ([flag.answered_on for flag in row.flags], row.safety_blank_on) == ([on(20)], on(27))


def test_a_worry_about_safety_does_not_hide_one_about_wearing_off(clinic):
    patient = clinic.register("P-1", records=LOST)
    clinic.score(patient, Moment(on(29)), 17, safety_answer=1)

    assert reasons(clinic, 29) == [("P-1", "safety", "lost")]


def test_who_has_every_reason_at_once_has_one_line_led_by_the_most_urgent(clinic):
    patient = clinic.register("P-1", records=OPEN)
    clinic.score(patient, Moment(on(15)), 8, safety_answer=1)
    items = (1, 0, 0, 0, 0, 0, 0, 0, None)
    clinic.score(patient, Moment(on(16)), items=items)

    assert reasons(clinic, 30) == [("P-1", "safety", "safety_blank", "silent")]


def test_the_order_is_by_reason_then_worse_then_higher_then_later(clinic):
    clinic.register("silent", records=OPEN)
    clinic.register("possible", records=POSSIBLE)
    clinic.register("lost", records=LOST)
    answered(clinic, "blank", 28, None)
    for code, before, now, day in [
        ("same 3", 3, 3, 27),
        ("rose to 2", 0, 2, 25),
        ("rose to 1", 0, 1, 26),
        ("new 2, later", None, 2, 27),
        ("fell to 1", 3, 1, 28),
    ]:
        patient = clinic.register(code)
        for when, answer in ((20, before), (day, now)):
            if answer is not None:
                clinic.score(patient, Moment(on(when)), 10, safety_answer=answer)

    assert [code for code, *_ in reasons(clinic, 28)] == [
        "new 2, later",
        "rose to 2",
        "rose to 1",
        "same 3",
        "fell to 1",
        "blank",
        "lost",
        "possible",
        "silent",
    ]


def test_flags_that_somebody_has_in_hand_stand_after_those_nobody_has(clinic):
    worse = answered(clinic, "worse", 27, 3)
    answered(clinic, "waits", 26, 1)
    again = answered(clinic, "again", 25, 1)
    acknowledge_all(clinic, worse)
    acknowledge_all(clinic, again)
    assert [code for code, *_ in reasons(clinic, 28)] == ["waits", "worse", "again"]

    clinic.score(again, Moment(on(28)), 10, safety_answer=1)  # a second flag, in nobody's hand
    assert [code for code, *_ in reasons(clinic, 28)] == ["waits", "again", "worse"]

    acknowledge_all(clinic, again)
    clinic.score(again, Moment(on(24)), 10, safety_answer=3)  # entered late: by this one they stand
    assert [code for code, *_ in reasons(clinic, 28)] == ["again", "waits", "worse"]


def acknowledge_all(clinic, patient):
    for flag in read_flags_of(clinic.engine, clinic.anna, patient):
        if not flag.is_acknowledged:
            acknowledge_flag(
                clinic.engine,
                clinic.anna,
                patient_id=patient,
                flag_id=flag.flag_id,
                seen_version=flag.version,
                said="Rang.",
            )


def test_who_has_left_is_absent_from_the_day_of_leaving_but_for_a_flag(clinic):
    clinic.register("P-1", records=LOST, left_on=on(35))
    patient = answered(clinic, "P-2", 30, 3, left_on=on(35))
    clinic.score(patient, Moment(on(31)), items=(1, 0, 0, 0, 0, 0, 0, 0, None))

    assert reasons(clinic, 34) == [("P-2", "safety", "safety_blank"), ("P-1", "lost")]
    assert reasons(clinic, 35) == [("P-2", "safety")]
    close_all(clinic)
    assert reasons(clinic, 35) == []


def test_only_patients_of_ones_own_sites_are_on_it(clinic):
    clinic.register("D-1", records=LOST)
    clinic.register("P-1", records=LOST, site=clinic.phoenix)

    assert reasons(clinic, 28, clinic.anna) == [("D-1", "lost")]
    assert reasons(clinic, 28, clinic.pia) == [("P-1", "lost")]
    assert reasons(clinic, 28, site_id=clinic.phoenix) == [("P-1", "lost")]
    assert reasons(clinic, 28, clinic.anna, site_id=clinic.phoenix) == []


NOT_LISTED = {
    "who responds": OPEN,
    "who did not respond": "day | infusion | PHQ-9\n -1 | - | 20\n 0 | yes | -\n 7 | - | 18",
    "who has no baseline": "day | infusion | PHQ-9\n 0 | yes | -\n 7 | - | 8",
    "who was given the next course in time": OPEN + "    16 | yes | -\n",
    "who has only just begun": "day | infusion | PHQ-9\n -1 | - | 20\n 0 | yes | -",
    "who is not treated": "day | infusion | PHQ-9\n 1 | - | 20",
}


@pytest.mark.parametrize("records", NOT_LISTED.values(), ids=NOT_LISTED)
def test_the_list_has_nobody(clinic, records):
    clinic.register("P-1", records=records)

    assert reasons(clinic, 20) == []


def test_a_row_brings_its_evidence(clinic):
    first = "day | infusion | PHQ-9\n -60 | - | 20\n -59 | yes | -\n -52 | - | 8\n -45 | - | 16\n -38 | - | 17"  # noqa: E501
    clinic.register("P-1", records=first, name="Ada")
    patient = reasons_patient(clinic)
    clinic.record(patient, LOST)

    [row] = read_morning(clinic.engine, OPERATOR, today=on(28)).rows

    assert (row.name, row.site, row.instrument, row.baseline) == ("Ada", "Denver", "PHQ-9", 20)
    assert row.recent[-2:] == ((on(21), 15), (on(28), 16))
    assert (row.turned_on, row.course_end_on, row.last_assessed_on) == (on(21), on(0), on(28))
    assert row.held_before == ((7, 14),)


def reasons_patient(clinic):
    rows = read_morning(clinic.engine, OPERATOR, today=on(-38)).rows
    return rows[0].patient_id


def test_the_last_three_earlier_courses_are_told(clinic):
    patient = clinic.register("P-1")
    clinic.set_day(400)
    for start in (0, 60, 120, 180, 240):
        for day, score in ((-1, 20), (7, 8), (14, 9), (21 + start // 60, 16), (28, 17)):
            clinic.score(patient, Moment(on(start + day)), score, note=str(start))
        clinic.record(patient, f"day | infusion | PHQ-9\n {start} | yes | -")

    [row] = read_morning(clinic.engine, OPERATOR, today=on(270)).rows

    assert row.reason is Prompt.LOST
    assert row.held_before == ((14, 22), (14, 23), (14, 24))


def test_a_long_list_never_drops_a_worry_about_safety_for_older_silence(clinic, monkeypatch):
    set_most(monkeypatch, 3)
    for number in range(4):
        patient = clinic.register(f"silent {number}", records=OPEN)
        clinic.score(patient, Moment(on(16)), 8, safety_answer=3)
    answered(clinic, "new", 45, 1)

    assert ("new", "safety") in reasons(clinic, 46)


def set_most(monkeypatch, most):
    for module in (morning, morning_candidates):
        monkeypatch.setattr(module, "MOST_ROWS", most)


def missed(clinic, patient_id, forms):
    return MissedForms(patient_id, "P", None, "Denver", forms, None, on(20))


def test_missed_forms_are_news_from_two_to_eight_in_a_row_and_never_hide_another_reason(clinic):
    few, many = clinic.register("P-1"), clinic.register("P-2")
    silent = clinic.register("P-3", records=OPEN)
    away = clinic.register("P-4", site=clinic.phoenix)
    told = [missed(clinic, it, 2) for it in (few, silent, away)] + [missed(clinic, many, 9)]

    assert reasons(clinic, 30, clinic.anna, missed=told) == [
        ("P-3", "silent", "missed"),
        ("P-1", "missed"),
    ]


def test_of_more_than_can_be_shown_those_who_missed_most_are_cut_off(clinic, monkeypatch):
    set_most(monkeypatch, 1)
    told = [missed(clinic, clinic.register(f"P-{n}"), n) for n in (4, 2, 3)]

    found = read_morning(clinic.engine, OPERATOR, today=on(30), missed=told)

    assert found.is_cut
    assert [row.code for row in found.rows] == ["P-2"]


# A gain of 16: a quarter of it is gone at 8, and the response ends above 10.
FADING = "day | infusion | PHQ-9\n -1 | - | 20\n 0 | yes | -\n 7 | - | 4\n 14 | - | 8\n 21 | - | {}"


def test_a_gain_that_is_going_is_told_with_its_share_and_since_when(clinic):
    clinic.register("less", records=FADING.format(8))
    clinic.register("more", records=FADING.format(9).replace("14 | - | 8", "14 | - | 9"))
    clinic.register("once", records=FADING.format(7))

    assert reasons(clinic, 21) == [("more", "gain_first"), ("less", "gain_first")]
    assert reasons(clinic, 35)[:2] == [
        ("more", "gain_first", "silent"),
        ("less", "gain_first", "silent"),
    ]
    row = read_morning(clinic.engine, OPERATOR, today=on(21)).rows[0]
    assert row.gain_lost == pytest.approx(5 / 16)
    assert (row.best, row.gain_since) == (4, on(14))


def test_the_next_planned_infusion_is_told(clinic):
    clinic.set_day(28)
    patient = clinic.register("P-1", records=LOST)
    plan_infusion(clinic.engine, clinic.anna, patient_id=patient, planned_on=on(33), seen_version=0)

    [row] = read_morning(clinic.engine, OPERATOR, today=on(28)).rows

    assert row.planned_on == on(33)


def test_of_one_day_whoever_has_nothing_booked_comes_first(clinic):
    clinic.set_day(28)
    booked = clinic.register("P-1", records=LOST)
    clinic.register("P-2", records=LOST)
    clinic.register("P-3", records=LOST.replace("21 ", "22 "))  # lost a day later
    plan_infusion(clinic.engine, clinic.anna, patient_id=booked, planned_on=on(33), seen_version=0)

    rows = read_morning(clinic.engine, OPERATOR, today=on(28)).rows

    assert [row.code for row in rows] == ["P-3", "P-2", "P-1"]


def test_what_the_clinic_has_switched_off_is_not_listed_and_safety_always_is(clinic):
    clinic.register("lost", records=LOST)
    clinic.register("possible", records=POSSIBLE)
    clinic.register("silent", records=OPEN)
    clinic.register("fading", records=FADING.format(9))
    answered(clinic, "flagged", 27, 2)
    all_off = frozenset(Prompt) - OF_SAFETY
    quiet = clinic.register("quiet")

    def codes():
        return [code for code, *_ in reasons(clinic, 28, missed=[missed(clinic, quiet, 3)])]

    assert codes() == ["flagged", "lost", "possible", "fading", "silent", "quiet"]
    set_policy(clinic.engine, OPERATOR, PROMPTS, PromptRules(off=all_off), reason="Tried out")
    assert codes() == ["flagged"]


@pytest.mark.parametrize("most", [2, 200])
def test_a_sites_patients_and_everybodys_are_found_alike(clinic, monkeypatch, most):
    set_most(monkeypatch, most)
    for code, records in {
        "lost": LOST,
        "possible": POSSIBLE,
        "silent": OPEN,
        "fading": FADING.format(9),
        "gone": LOST,
    }.items():
        clinic.register(code, records=records, left_on=on(25) if code == "gone" else None)
    patient = answered(clinic, "flagged and blank", 20, 2, left_on=on(60))
    clinic.score(patient, Moment(on(27)), items=(1, 0, 0, 0, 0, 0, 0, 0, None))
    answered(clinic, "flagged and gone", 20, 2, left_on=on(25))
    everywhere = clinician("Dora", clinic.denver, clinic.phoenix)
    quiet = clinic.register("quiet")
    told = [missed(clinic, quiet, 3)]

    for day in range(14, 80, 3):
        of_all = reasons(clinic, day, missed=told)
        assert reasons(clinic, day, everywhere, missed=told) == of_all, day
        assert reasons(clinic, day, site_id=clinic.denver, missed=told) == of_all, day
