"""Many hands at once: one record from one entry, no edit lost, no change without an audit line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from data.actions import patients, records, sites
from data.actions.assessments import correct_assessment, record_assessment
from data.actions.infusions import record_infusion
from data.actions.patients import register_patient
from data.actions.sites import open_site
from data.actions.withdrawals import withdraw_record
from data.database import writing
from data.queries.records import read_earlier_versions, read_record
from data.results import recompute_all
from models.entries import AssessmentEntry, InfusionEntry
from models.errors import Conflict
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.registration import PatientEntry
from models.tables import Assessment, AuditLine, EarlierVersion, Infusion, StoredCourse
from tests.clinic import LOST, everything, only_row, rows_of
from tests.histories import on

SCORE = AssessmentEntry(Moment(on(40)), "PHQ-9", stated_total=14)


class AuditIsDown(Exception):
    """What the audit trail says when it cannot be written."""


def correct(clinic, person, patient_id, record_id, total, *, seen):
    correct_assessment(
        clinic.engine,
        person,
        patient_id=patient_id,
        assessment_id=record_id,
        seen_version=seen,
        entry=AssessmentEntry(Moment(on(40)), "PHQ-9", stated_total=total),
        reason="misread",
    )


def at_once(count, action):
    """Run an action in as many threads, all let go at the same moment; return what each gave."""
    start = Barrier(count)

    def run(number):
        start.wait(timeout=30)
        return action(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def writes(clinic, patient_id, record_id):
    engine, anna = clinic.engine, clinic.anna
    spot = {"patient_id": patient_id}
    return {
        "record_assessment": lambda: record_assessment(engine, anna, **spot, entry=SCORE),
        "record_infusion": lambda: record_infusion(
            engine, anna, **spot, entry=InfusionEntry(Moment(on(40)))
        ),
        "correct_assessment": lambda: correct(clinic, anna, patient_id, record_id, 3, seen=1),
        "withdraw_record": lambda: withdraw_record(
            engine, anna, "assessment", **spot, record_id=record_id, seen_version=1, reason="twice"
        ),
        "register_patient": lambda: register_patient(
            engine, anna, entry=PatientEntry("P-9", clinic.denver)
        ),
        "open_site": lambda: open_site(engine, OPERATOR, name="Reno", time_zone="America/Denver"),
    }


def test_nothing_is_changed_where_the_audit_line_cannot_be_written(clinic, monkeypatch):
    patient = clinic.register("P-1", records=LOST)
    record_id = rows_of(clinic.engine, Assessment)[-1].assessment_id
    before = everything(clinic.engine)

    def fail(*_args, **_detail):
        raise AuditIsDown

    for module in (records, patients, sites):
        monkeypatch.setattr(module, "write_line", fail)
    for write in writes(clinic, patient, record_id).values():
        with pytest.raises(AuditIsDown):
            write()

    assert everything(clinic.engine) == before


def test_every_write_adds_exactly_one_audit_line(clinic):
    patient = clinic.register("P-1", records=LOST)
    record_id = rows_of(clinic.engine, Assessment)[-1].assessment_id
    acts = writes(clinic, patient, record_id)
    acts.pop("correct_assessment")  # of a record that is withdrawn here
    before = len(rows_of(clinic.engine, AuditLine))

    for write in acts.values():
        write()

    assert len(rows_of(clinic.engine, AuditLine)) == before + len(acts)


def test_twenty_identical_forms_sent_at_once_are_one_record_and_twenty_equal_answers(clinic):
    patient = clinic.register("P-1", records=LOST)

    answers = at_once(
        20,
        lambda _: record_assessment(clinic.engine, clinic.anna, patient_id=patient, entry=SCORE),
    )

    assert len(set(answers)) == 1
    assert len(rows_of(clinic.engine, Assessment, taken_on=on(40))) == 1
    assert len(rows_of(clinic.engine, AuditLine, record_id=answers[0])) == 1


def test_different_records_entered_at_once_all_count_in_the_results(clinic):
    patient = clinic.register("P-1")

    def enter(number):
        entry = InfusionEntry(Moment(on(2 * number)))
        return record_infusion(clinic.engine, clinic.anna, patient_id=patient, entry=entry)

    assert len(set(at_once(16, enter))) == 16
    course = only_row(clinic.engine, StoredCourse)
    assert (course.infusions, course.start_on, course.end_on) == (16, on(0), on(30))
    with writing(clinic.engine) as connection:
        assert recompute_all(connection) == 0


def test_the_second_of_two_editors_is_told_who_was_first_and_nothing_is_lost(clinic):
    patient = clinic.register("P-1")
    record_id = clinic.score(patient, Moment(on(40)), 14)
    correct(clinic, clinic.anna, patient, record_id, 12, seen=1)
    before = everything(clinic.engine)

    with pytest.raises(Conflict, match="was changed by Anna in the meantime"):
        correct(clinic, clinic.bert, patient, record_id, 13, seen=1)

    assert everything(clinic.engine) == before
    correct(clinic, clinic.bert, patient, record_id, 13, seen=2)
    assert only_row(clinic.engine, Assessment).total == 13
    assert [row.body["total"] for row in rows_of(clinic.engine, EarlierVersion)] == [14, 12]


def test_of_two_hundred_raced_edits_none_is_lost(clinic):
    patient = clinic.register("P-1")
    record_id = clinic.score(patient, Moment(on(40)), 14)

    def edit(_number):
        """Read, add a note of one's own, write; read anew where someone else was faster."""
        for _ in range(25):
            seen = read(clinic, patient, record_id)["version"]
            total = (14 + seen) % 28
            try:
                correct(clinic, clinic.anna, patient, record_id, total, seen=seen)
            except Conflict:
                continue
            edited.append((seen, total))

    edited: list[tuple[int, float]] = []
    at_once(8, edit)

    final = only_row(clinic.engine, Assessment)
    earlier = rows_of(clinic.engine, EarlierVersion)
    assert len(edited) >= 25
    assert sorted(seen for seen, _ in edited) == list(range(1, final.version))
    assert [row.version for row in earlier] == list(range(1, final.version))
    said = {row.version: row.body["total"] for row in earlier} | {final.version: final.total}
    assert {seen + 1: total for seen, total in edited} == {
        version: total for version, total in said.items() if version > 1
    }


def test_a_record_withdrawn_while_it_is_edited_stays_withdrawn(clinic):
    patient = clinic.register("P-1")
    record_id = clinic.score(patient, Moment(on(40)), 14)
    withdraw_record(
        clinic.engine,
        clinic.bert,
        "assessment",
        patient_id=patient,
        record_id=record_id,
        seen_version=1,
        reason="twice",
    )

    with pytest.raises(Conflict, match="changed by Bert"):
        correct(clinic, clinic.anna, patient, record_id, 3, seen=1)

    assert only_row(clinic.engine, Assessment).total == 14


def test_earlier_versions_are_read_latest_first(clinic):
    patient = clinic.register("P-1")
    record_id = clinic.score(patient, Moment(on(40)), 14)
    for seen, total in enumerate((15, 16), start=1):
        clinic.set_day(50 + seen)
        correct(clinic, clinic.anna, patient, record_id, total, seen=seen)

    versions = read_earlier_versions(clinic.engine, clinic.anna, patient_id=patient)

    assert [(row["version"], row["body"]["total"]) for row in versions] == [(2, 15), (1, 14)]
    assert {row["reason"] for row in versions} == {"misread"}


def test_an_infusions_earlier_day_is_kept_readable(clinic):
    patient = clinic.register("P-1", records=LOST)
    infusion = only_row(clinic.engine, Infusion)
    withdraw_record(
        clinic.engine,
        clinic.anna,
        "infusion",
        patient_id=patient,
        record_id=infusion.infusion_id,
        seen_version=1,
        reason="of another patient",
    )

    [earlier] = read_earlier_versions(clinic.engine, clinic.anna, patient_id=patient)
    assert earlier["body"]["given_on"] == on(0).isoformat()


def read(clinic, patient_id, record_id):
    return read_record(
        clinic.engine, clinic.anna, "assessment", patient_id=patient_id, record_id=record_id
    )
