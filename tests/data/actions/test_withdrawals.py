"""A record entered by mistake leaves the chart and its results, and stays readable."""

from __future__ import annotations

import pytest

from data.actions.withdrawals import withdraw_record
from data.queries.chart import read_chart
from models.errors import Conflict, NotFound, Refused
from models.outcomes.history import Moment
from models.tables import (
    Assessment,
    AuditLine,
    EarlierVersion,
    Infusion,
    Standing,
    StoredCourse,
    StoredEpisode,
)
from tests.clinic import LOST, everything, only_row, rows_of
from tests.histories import on


def withdraw(clinic, kind, patient_id, record_id, *, seen=1, reason="another patient's"):
    withdraw_record(
        clinic.engine,
        clinic.anna,
        kind,
        patient_id=patient_id,
        record_id=record_id,
        seen_version=seen,
        reason=reason,
    )


def test_a_withdrawn_score_leaves_the_chart_and_the_results(clinic):
    patient = clinic.register("P-1", records=LOST)
    neighbour = clinic.register("P-2", records=LOST)
    last = rows_of(clinic.engine, Assessment, patient_id=patient)[-1]

    withdraw(clinic, "assessment", patient, last.assessment_id)

    chart = read_chart(clinic.engine, clinic.anna, patient)
    assert list(chart.scores["total"]) == [20, 8, 9, 15]
    assert only_row(clinic.engine, StoredEpisode, patient_id=patient).held == "possible_loss"
    assert only_row(clinic.engine, Standing, patient_id=patient).latest == 15
    assert only_row(clinic.engine, StoredEpisode, patient_id=neighbour).held == "lost"


def test_with_its_last_infusion_a_patient_is_untreated_and_has_no_courses(clinic):
    patient = clinic.register("P-1", records=LOST)
    infusion = only_row(clinic.engine, Infusion)

    withdraw(clinic, "infusion", patient, infusion.infusion_id)

    assert read_chart(clinic.engine, clinic.anna, patient).infusions.empty
    assert rows_of(clinic.engine, StoredCourse) == rows_of(clinic.engine, StoredEpisode) == []
    assert only_row(clinic.engine, Standing).situation == "untreated"


def test_what_was_withdrawn_stays_readable_with_its_reason_and_an_audit_line(clinic):
    patient = clinic.register("P-1", records=LOST)
    last = rows_of(clinic.engine, Assessment)[-1]

    withdraw(clinic, "assessment", patient, last.assessment_id)

    earlier = only_row(clinic.engine, EarlierVersion)
    assert (earlier.body["total"], earlier.body["withdrawn_at"]) == (16, None)
    assert (earlier.reason, earlier.replaced_by) == ("another patient's", "Anna")
    line = rows_of(clinic.engine, AuditLine, record_id=last.assessment_id)[-1]
    assert (line.operation, line.detail["fields"]) == ("correct_record", ["withdrawn_at"])


def test_a_withdrawn_record_is_not_withdrawn_again(clinic):
    patient = clinic.register("P-1", records=LOST)
    last = rows_of(clinic.engine, Assessment)[-1]
    withdraw(clinic, "assessment", patient, last.assessment_id)
    before = everything(clinic.engine)

    for seen in (1, 2):
        with pytest.raises(Conflict):
            withdraw(clinic, "assessment", patient, last.assessment_id, seen=seen)

    assert everything(clinic.engine) == before


def test_the_same_words_may_be_entered_again_after_a_withdrawal(clinic):
    patient = clinic.register("P-1")
    first = clinic.score(patient, Moment(on(3)), 12)
    withdraw(clinic, "assessment", patient, first)

    again = clinic.score(patient, Moment(on(3)), 12)

    assert again != first
    assert only_row(clinic.engine, Assessment, withdrawn_at=None).assessment_id == again


def test_without_a_reason_nothing_is_withdrawn(clinic):
    patient = clinic.register("P-1")
    record_id = clinic.score(patient, Moment(on(3)), 12)

    with pytest.raises(Refused, match="needs a reason"):
        withdraw(clinic, "assessment", patient, record_id, reason=" ")

    assert only_row(clinic.engine, Assessment).withdrawn_at is None


def test_a_record_of_another_patient_is_not_found(clinic):
    patient, other = clinic.register("P-1"), clinic.register("P-2")
    record_id = clinic.score(other, Moment(on(3)), 12)

    with pytest.raises(NotFound, match="There is no such record for this patient"):
        withdraw(clinic, "assessment", patient, record_id)

    assert only_row(clinic.engine, Assessment).withdrawn_at is None
