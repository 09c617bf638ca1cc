"""Records as they stood at the end of a past day: what was entered late, corrected or withdrawn."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.actions.assessments import correct_assessment
from data.actions.withdrawals import withdraw_record
from data.database import reading
from data.histories import load_records
from data.importers import import_files
from data.knowledge import hash_timelines, load_timelines
from models.entries import AssessmentEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.tables import RECORDS
from tests.histories import on


def timelines_of(clinic, **how):
    with reading(clinic.engine) as connection:
        return list(load_timelines(connection, **how))


def known_on(clinic, day):
    """Return what is known of the only patient: infusion days, and PHQ-9 as (day, total)."""
    [line] = timelines_of(clinic)
    history = line.history_on(on(day))
    return (
        [(moment.day - on(0)).days for moment in history.infusions],
        [((one.moment.day - on(0)).days, one.value) for one in history.scores.get("PHQ-9", ())],
    )


def record_of(clinic, kind, **where):
    model = RECORDS[kind]
    with reading(clinic.engine) as connection:
        return connection.execute(select(model.__table__).filter_by(**where)).one()


def correct(clinic, day, total, *, seen=1):
    row = record_of(clinic, "assessment", taken_on=on(day))
    correct_assessment(
        clinic.engine,
        OPERATOR,
        patient_id=row.patient_id,
        assessment_id=row.assessment_id,
        seen_version=seen,
        reason="read wrongly",
        entry=AssessmentEntry(Moment(on(day)), "PHQ-9", stated_total=total),
    )


def withdraw(clinic, kind, **where):
    row = record_of(clinic, kind, **where)
    withdraw_record(
        clinic.engine,
        OPERATOR,
        kind,
        patient_id=row.patient_id,
        record_id=getattr(row, f"{kind}_id"),
        seen_version=row.version,
        reason="another patient's",
    )


def bring(clinic, *rows):
    """Import infusions and scores of patient P: `day infusion` or `day total`."""
    scores = [f"P,{on(int(day))},PHQ-9,{what}" for day, what in map(str.split, rows)
              if what != "infusion"]  # fmt: skip
    infusions = [f"P,{on(int(day))}" for day, what in map(str.split, rows) if what == "infusion"]
    files = [
        ("patients.csv", "patient_id,site\nP,Denver\n"),
        ("infusions.csv", "\n".join(["patient_id,date", *infusions])),
        ("scores.csv", "\n".join(["patient_id,date,instrument,score", *scores])),
    ]
    report = import_files(clinic.engine, OPERATOR, [(name, text.encode()) for name, text in files])
    assert report.refusals == []


def test_what_was_typed_in_late_is_known_from_the_day_it_was_entered(clinic):
    patient = clinic.register("P")
    clinic.set_day(10)
    clinic.record(patient, "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 8")
    clinic.set_day(14)
    clinic.record(patient, "day | PHQ-9\n14 | 9")

    assert known_on(clinic, 9) == ([], [])
    assert known_on(clinic, 10) == ([0], [(-1, 20), (7, 8)])
    assert known_on(clinic, 14) == ([0], [(-1, 20), (7, 8), (14, 9)])


def test_a_day_is_the_sites_own(clinic):
    clinic.set_day(7)
    patient = clinic.register("P")
    clinic.now = clinic.now.replace(hour=5)  # ten in the evening before, in Denver
    clinic.record(patient, "day | PHQ-9\n6 | 8")

    assert known_on(clinic, 6) == ([], [(6, 8)])


def test_a_correction_counts_from_the_day_it_was_made(clinic):
    patient = clinic.register("P")
    clinic.set_day(7)
    clinic.record(patient, "day | PHQ-9\n7 | 18")
    clinic.set_day(20)
    correct(clinic, 7, 8)
    clinic.set_day(30)
    correct(clinic, 7, 9, seen=2)

    assert [known_on(clinic, day)[1] for day in (6, 7, 19, 20, 29, 30)] == [
        [], [(7, 18)], [(7, 18)], [(7, 8)], [(7, 8)], [(7, 9)],
    ]  # fmt: skip


def test_what_was_withdrawn_later_was_known_until_then(clinic):
    patient = clinic.register("P")
    clinic.set_day(7)
    clinic.record(patient, "day | infusion | PHQ-9\n7 | yes | 8")
    clinic.set_day(20)
    withdraw(clinic, "infusion", given_on=on(7))
    withdraw(clinic, "assessment", taken_on=on(7))

    assert known_on(clinic, 19) == ([7], [(7, 8)])
    assert known_on(clinic, 20) == ([], [])


def test_what_an_import_brought_counts_as_known_on_its_own_day_and_corrections_on_theirs(clinic):
    clinic.set_day(100)
    bring(clinic, "-1 20", "0 infusion", "7 8", "14 15")
    clinic.set_day(110)
    correct(clinic, 14, 9)
    withdraw(clinic, "assessment", taken_on=on(7))

    assert known_on(clinic, 6) == ([0], [(-1, 20)])
    assert known_on(clinic, 14) == ([0], [(-1, 20), (7, 8), (14, 15)])
    assert known_on(clinic, 109) == ([0], [(-1, 20), (7, 8), (14, 15)])
    assert known_on(clinic, 110) == ([0], [(-1, 20), (14, 9)])


def test_what_is_known_now_is_what_the_records_say(clinic):
    clinic.set_day(100)
    bring(clinic, "-1 20", "0 infusion", "7 8", "14 15")
    other = clinic.register("Q")
    clinic.record(other, "day | infusion | PHQ-9 | GAD-7\n50 10:00 | yes | 9 | 11\n57 | - | 3 | -")
    withdraw(clinic, "assessment", taken_on=on(7))
    correct(clinic, 14, 9)

    with reading(clinic.engine) as connection:
        now = {one.patient_id: one.history for one in load_records(connection)}

    assert {line.patient_id: line.history_on(on(100)) for line in timelines_of(clinic)} == now


def test_of_very_many_patients_a_fixed_number_is_taken_and_always_the_same(clinic):
    everyone = {clinic.register(f"P-{number}") for number in range(12)}

    some = [line.patient_id for line in timelines_of(clinic, most=5)]

    assert len(some) == 5
    assert set(some) < everyone
    assert [line.patient_id for line in timelines_of(clinic, most=5)] == some


@pytest.mark.parametrize("what", ["a new score", "a correction", "a withdrawal"])
def test_any_change_of_what_was_known_changes_the_digest(clinic, what):
    patient = clinic.register("P")
    clinic.record(patient, "day | PHQ-9\n7 | 18\n14 | 7")
    before = hash_timelines(timelines_of(clinic))
    assert hash_timelines(timelines_of(clinic)) == before

    clinic.set_day(70)
    match what:
        case "a new score":
            clinic.record(patient, "day | PHQ-9\n21 | 7")
        case "a correction":
            correct(clinic, 7, 17)
        case _:
            withdraw(clinic, "assessment", taken_on=on(7))

    assert hash_timelines(timelines_of(clinic)) != before
