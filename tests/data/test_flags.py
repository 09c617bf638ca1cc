"""Flags: raised once with the answer, and open until a named person closes them."""

from __future__ import annotations

import subprocess
import sys
from datetime import time, timedelta

import pytest

from data.actions.assessments import correct_assessment, record_assessment
from data.actions.flags import acknowledge_flag, close_flag
from data.actions.withdrawals import withdraw_record
from data.importers import import_files
from data.queries.first_action import time_to_first_action
from data.queries.flags import read_flags_of, read_open_flags
from data.queries.morning import read_morning
from models.entries import AssessmentEntry
from models.errors import AfterglowError, Conflict, NotFound, Refused
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import Prompt
from models.policy import OPERATOR, Denied
from models.tables import Flag, FlagAction
from tests.clinic import audit_of, only_row, rows_of
from tests.histories import on


def answer(clinic, patient, day, item_9, **more):
    items = (1, 0, 0, 0, 0, 0, 0, 0, item_9)
    return clinic.score(patient, Moment(on(day)), items=items, **more)


def correct(clinic, patient, assessment, item_9, *, version=1, day=59):
    entry = AssessmentEntry(
        Moment(on(day)), "PHQ-9", "staff", items=(1, 0, 0, 0, 0, 0, 0, 0, item_9)
    )
    correct_assessment(
        clinic.engine,
        clinic.anna,
        patient_id=patient,
        assessment_id=assessment,
        seen_version=version,
        entry=entry,
        reason="read again",
    )


def flags(clinic, patient):
    return read_flags_of(clinic.engine, OPERATOR, patient)


def act(clinic, deed, flag, said="Called: is safe at her sister's.", person=None, **more):
    deed(
        clinic.engine,
        person or clinic.anna,
        patient_id=flag.patient_id,
        flag_id=flag.flag_id,
        said=said,
        **{"seen_version": flag.version, **more},
    )


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [(None, 1, "new"), (0, 2, "new"), (1, 2, "worse"), (2, 2, "unchanged"), (3, 1, "lower")],
)
def test_an_answer_above_zero_raises_one_flag_that_says_how_it_changed(clinic, before, now, change):
    patient = clinic.register("P-1")
    if before is not None:
        answer(clinic, patient, 50, before)
    answer(clinic, patient, 57, None)  # a blank is no answer, and hides none
    assessment = answer(clinic, patient, 58, now)

    flag = next(flag for flag in flags(clinic, patient) if flag.assessment_id == assessment)

    assert (flag.kind, flag.instrument, flag.answered_on) == ("safety_item", "PHQ-9", on(58))
    assert (flag.answer, flag.before, flag.change) == (now, before, change)
    assert (flag.raised_at, flag.closed_at, flag.has_changed) == (clinic.now, None, False)


def test_zero_and_blank_raise_nothing_and_close_nothing(clinic):
    patient = clinic.register("P-1")
    answer(clinic, patient, 56, 2)
    answer(clinic, patient, 57, 0)
    answer(clinic, patient, 58, None)

    [flag] = flags(clinic, patient)
    assert (flag.answer, flag.closed_at) == (2, None)


def test_the_order_of_a_day_decides_what_was_before(clinic):
    patient = clinic.register("P-1")
    clinic.score(patient, Moment(on(58)), 9, safety_answer=3)
    clinic.score(patient, Moment(on(58), time(9)), 9, safety_answer=1)

    assert sorted((flag.answer, flag.before) for flag in flags(clinic, patient)) == [
        (1, 3),
        (3, None),
    ]


def test_the_same_form_again_raises_nothing(clinic):
    patient = clinic.register("P-1")
    answer(clinic, patient, 58, 2)
    answer(clinic, patient, 58, 2)

    assert len(rows_of(clinic.engine, Flag)) == 1


CSV = """patient_id,date,instrument,score,item9
P-1,2025-06-02,PHQ-9,14,2
P-1,2026-02-20,PHQ-9,12,1
P-1,2026-03-01,PHQ-9,12,0
P-2,2024-01-01,PHQ-9,12,3
P-3,2024-01-01,PHQ-9,12,3
P-3,2024-02-01,PHQ-9,12,0
"""


def test_a_file_raises_what_is_news_or_the_last_word_and_brought_in_again_nothing(clinic):
    people = "patient_id,site\nP-1,Denver\nP-2,Denver\nP-3,Denver\n"
    files = [("patients.csv", people.encode()), ("scores.csv", CSV.encode())]

    import_files(clinic.engine, OPERATOR, files)
    first = [(flag.answered_on.isoformat(), flag.answer) for flag in rows_of(clinic.engine, Flag)]
    import_files(clinic.engine, OPERATOR, files)

    assert sorted(first) == [("2024-01-01", 3), ("2026-02-20", 1)]
    assert len(rows_of(clinic.engine, Flag)) == 2


def test_a_dry_run_raises_nothing(clinic):
    people = b"patient_id,site\nP-1,Denver\n"
    files = [("patients.csv", people), ("scores.csv", CSV.encode())]
    import_files(clinic.engine, OPERATOR, files, dry_run=True)

    assert rows_of(clinic.engine, Flag) == []


def test_a_patient_who_has_left_is_history_to_a_file_but_not_to_somebody_who_types(clinic):
    people = f"patient_id,site,left_on\nP-1,Denver,{on(50)}\n".encode()
    scores = f"patient_id,date,instrument,score,item9\nP-1,{on(49)},PHQ-9,12,3\n".encode()
    import_files(clinic.engine, OPERATOR, [("patients.csv", people), ("scores.csv", scores)])
    assert rows_of(clinic.engine, Flag) == []

    left = clinic.register("P-2", left_on=on(50))
    answer(clinic, left, 49, 3)
    assert only_row(clinic.engine, Flag).patient_id == left


def test_a_correction_to_zero_leaves_the_flag_open_and_says_so(clinic):
    patient = clinic.register("P-1")
    assessment = answer(clinic, patient, 59, 2)
    correct(clinic, patient, assessment, 0)

    [flag] = flags(clinic, patient)
    assert (flag.answer, flag.closed_at, flag.has_changed, flag.now_says) == (2, None, True, 0)
    [row] = read_morning(clinic.engine, OPERATOR, today=on(60)).rows
    assert row.reasons == (Prompt.SAFETY,)


def test_a_correction_from_zero_raises_one_however_old_the_form(clinic):
    patient = clinic.register("P-1")
    assessment = answer(clinic, patient, 5, 0)
    answer(clinic, patient, 55, 0)
    correct(clinic, patient, assessment, 2, day=5)
    correct(clinic, patient, assessment, 1, day=5, version=2)

    [flag] = flags(clinic, patient)
    assert (flag.answer, flag.answered_on, flag.now_says) == (2, on(5), 1)


def test_a_correction_to_a_higher_answer_opens_a_closed_flag_again(clinic):
    patient = clinic.register("P-1")
    assessment = answer(clinic, patient, 59, 1)
    act(clinic, close_flag, flags(clinic, patient)[0])
    correct(clinic, patient, assessment, 3)

    [flag] = flags(clinic, patient)
    assert (flag.answer, flag.closed_at, flag.change) == (3, None, "new")
    assert [step.action for step in flag.steps] == ["closed", "raised_again"]
    assert flag.steps[-1].said == "The form was corrected: the answer is 3."


def test_a_withdrawn_form_leaves_its_flag_open_and_says_so(clinic):
    patient = clinic.register("P-1")
    assessment = answer(clinic, patient, 59, 2)
    withdraw_record(
        clinic.engine,
        clinic.anna,
        "assessment",
        patient_id=patient,
        record_id=assessment,
        seen_version=1,
        reason="of somebody else",
    )

    [flag] = flags(clinic, patient)
    assert (flag.closed_at, flag.is_withdrawn) == (None, True)
    [row] = read_morning(clinic.engine, OPERATOR, today=on(60)).rows
    assert row.reasons == (Prompt.SAFETY,)


def test_a_flag_outlives_the_process(clinic, migrated_url, monkeypatch):
    patient = clinic.register("P-1")
    answer(clinic, patient, 59, 2)
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from data.database import configured_engine as e;"
            "from data.queries.flags import read_open_flags as r;"
            "from models.policy import OPERATOR as o;"
            "print([(f.answer, f.change, f.closed_at) for f in r(e(), o)])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "[(2.0, 'new', None)]"


def test_acting_is_signed_timed_and_audited(clinic):
    patient = clinic.register("P-1")
    answer(clinic, patient, 59, 2)
    raised = clinic.now
    clinic.now += timedelta(minutes=80)
    act(clinic, acknowledge_flag, flags(clinic, patient)[0], "Rang twice,\nno answer.")
    clinic.now += timedelta(hours=2)
    act(clinic, close_flag, flags(clinic, patient)[0], person=clinic.bert)

    [flag] = flags(clinic, patient)
    assert (flag.first_action_at - raised, flag.first_action_by) == (timedelta(minutes=80), "Anna")
    assert (flag.closed_at, flag.closed_by, flag.version) == (clinic.now, "Bert", 3)
    assert [(step.action, step.said, step.taken_by) for step in flag.steps] == [
        ("acknowledged", "Rang twice, no answer.", "Anna"),
        ("closed", "Called: is safe at her sister's.", "Bert"),
    ]
    lines = [line for line in audit_of(clinic.engine) if line.operation == "act_on_flag"]
    assert [(line.person, line.detail["action"], line.record_id) for line in lines] == [
        ("Anna", "acknowledged", flag.flag_id),
        ("Bert", "closed", flag.flag_id),
    ]
    assert "sister" not in repr(lines)
    assert read_open_flags(clinic.engine, OPERATOR) == ()


def test_whoever_saw_an_older_version_is_told_what_the_other_did(clinic):
    patient = clinic.register("P-1")
    answer(clinic, patient, 59, 2)
    [seen] = flags(clinic, patient)
    act(clinic, acknowledge_flag, seen, "On the phone with her.", person=clinic.bert)

    for deed in (acknowledge_flag, close_flag):
        with pytest.raises(Conflict, match="acknowledged by Bert: On the phone with her"):
            act(clinic, deed, seen)
    act(clinic, close_flag, flags(clinic, patient)[0])
    with pytest.raises(Conflict, match="closed by Anna"):
        act(clinic, close_flag, flags(clinic, patient)[0])
    assert len(rows_of(clinic.engine, FlagAction)) == 2


@pytest.mark.parametrize("said", ["", "  \n ", "x" * 401])
def test_what_was_done_has_to_be_said(clinic, said):
    patient = clinic.register("P-1")
    answer(clinic, patient, 59, 2)
    with pytest.raises(Refused):
        act(clinic, close_flag, flags(clinic, patient)[0], said)

    assert rows_of(clinic.engine, FlagAction) == []


def test_only_clinicians_of_the_site_act_and_only_on_a_flag_of_that_patient(clinic):
    patient, other = clinic.register("P-1"), clinic.register("P-2")
    answer(clinic, patient, 59, 2)
    [flag] = flags(clinic, patient)
    with pytest.raises(Denied):
        act(clinic, close_flag, flag, person=clinic.pia)
    with pytest.raises(NotFound):
        close_flag(
            clinic.engine,
            clinic.anna,
            patient_id=other,
            flag_id=flag.flag_id,
            seen_version=1,
            said="x",
        )
    assert read_open_flags(clinic.engine, clinic.pia) == ()
    with pytest.raises(Denied):
        read_flags_of(clinic.engine, clinic.pia, patient)
    [still] = flags(clinic, patient)
    assert still.version == 1


def test_a_form_that_cannot_be_kept_raises_nothing(clinic):
    patient = clinic.register("P-1")
    entry = AssessmentEntry(Moment(on(59)), "PHQ-9", "staff", items=(9, 0, 0, 0, 0, 0, 0, 0, 3))
    with pytest.raises(AfterglowError):
        record_assessment(clinic.engine, OPERATOR, patient_id=patient, entry=entry)

    assert rows_of(clinic.engine, Flag) == []


def test_the_median_counts_whoever_still_waits_as_the_longest(clinic):
    since = clinic.now
    for number, minutes in enumerate((10, 30, None)):
        patient = clinic.register(f"P-{number}")
        answer(clinic, patient, 59, 1)
        if minutes is not None:
            start = clinic.now
            clinic.now += timedelta(minutes=minutes)
            act(clinic, acknowledge_flag, flags(clinic, patient)[0])
            clinic.now = start
    span = {"since": since, "until": since + timedelta(days=1)}

    together, denver = time_to_first_action(clinic.engine, clinic.anna, **span)
    assert (together.flags, together.waiting, together.median) == (3, 1, timedelta(minutes=30))
    assert (denver.site, denver.flags, denver.median) == ("Denver", 3, timedelta(minutes=30))
    answer(clinic, clinic.register("P-9"), 59, 1)
    answer(clinic, clinic.register("P-10"), 59, 1)
    assert time_to_first_action(clinic.engine, clinic.anna, **span)[0].median is None
    assert time_to_first_action(clinic.engine, clinic.pia, **span)[0].flags == 0
