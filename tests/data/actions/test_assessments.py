"""Recording and correcting assessments: what comes of it, and what is refused."""

from __future__ import annotations

import pytest

from data.actions.assessments import correct_assessment, record_assessment
from models.entries import AssessmentEntry, InvalidEntry
from models.errors import AfterglowError
from models.outcomes.history import Moment
from models.tables import Assessment, AuditLine, EarlierVersion, Standing, StoredEpisode
from tests.clinic import LOST, everything, only_row, rows_of
from tests.histories import on

ITEMS = (3, 3, 2, 2, 2, 1, 1, 1, 0)


def entry_on(day, total=None, **more):
    return AssessmentEntry(Moment(on(day)), "PHQ-9", stated_total=total, **more)


def record(clinic, patient_id, entry):
    return record_assessment(clinic.engine, clinic.anna, patient_id=patient_id, entry=entry)


def correct(clinic, patient_id, record_id, entry, *, seen=1, by=None, reason="misread"):
    correct_assessment(
        clinic.engine,
        by or clinic.anna,
        patient_id=patient_id,
        assessment_id=record_id,
        seen_version=seen,
        entry=entry,
        reason=reason,
    )


def held(clinic, patient_id):
    row = only_row(clinic.engine, StoredEpisode, patient_id=patient_id)
    return row.held, row.lower_days, row.upper_days


def test_a_new_score_changes_its_patients_results_at_once_and_nobody_elses(clinic):
    patient = clinic.register("P-1", records=LOST[: LOST.index("    28")])
    neighbour = clinic.register("P-2", records=LOST)
    untouched = rows_of(clinic.engine, StoredEpisode, patient_id=neighbour)
    standing = only_row(clinic.engine, Standing, patient_id=neighbour)
    assert held(clinic, patient) == ("possible_loss", 14, None)

    record(clinic, patient, entry_on(28, 16))

    assert held(clinic, patient) == ("lost", 14, 21)
    assert only_row(clinic.engine, Standing, patient_id=patient).situation == "lost"
    assert rows_of(clinic.engine, StoredEpisode, patient_id=neighbour) == untouched
    assert only_row(clinic.engine, Standing, patient_id=neighbour) == standing


def test_a_correction_changes_the_results_at_once(clinic):
    patient = clinic.register("P-1", records=LOST)
    last = rows_of(clinic.engine, Assessment, patient_id=patient)[-1]

    correct(clinic, patient, last.assessment_id, entry_on(28, 6))

    assert held(clinic, patient) == ("open", 28, None)
    assert only_row(clinic.engine, Standing, patient_id=patient).latest == 6


def test_the_total_is_that_of_the_items_and_the_stated_one_is_kept(clinic):
    patient = clinic.register("P-1")

    record(clinic, patient, entry_on(3, 20, items=ITEMS, note="said so on the phone"))

    row = only_row(clinic.engine, Assessment)
    assert (row.total, row.stated_total, row.items) == (15, 20, list(ITEMS))
    assert (row.safety_answer, row.mode, row.note) == (0, "staff", "said so on the phone")
    assert (row.version, row.recorded_by, row.recorded_at) == (1, "Anna", clinic.now)


def test_too_many_blanks_are_kept_without_a_total_and_count_for_nothing(clinic):
    patient = clinic.register("P-1", records=LOST)
    before = only_row(clinic.engine, StoredEpisode)

    record(clinic, patient, entry_on(30, items=(3, 3, 3, None, None, None, 0, 0, 2)))

    row = rows_of(clinic.engine, Assessment)[-1]
    assert (row.total, row.safety_answer) == (None, 2)
    assert only_row(clinic.engine, StoredEpisode) == before
    assert only_row(clinic.engine, Standing).safety_answer == 2


def test_one_audit_line_says_who_did_it_and_never_what_it_says(clinic):
    patient = clinic.register("P-1")
    record_id = record(clinic, patient, entry_on(3, 17, note="a secret"))
    correct(clinic, patient, record_id, entry_on(4, 18, note="another"), by=clinic.bert)

    recorded, corrected = rows_of(clinic.engine, AuditLine, record_id=record_id)
    assert (recorded.person, recorded.operation) == ("Anna", "record_assessment")
    assert (corrected.person, corrected.operation) == ("Bert", "correct_record")
    assert corrected.detail == {
        "kind": "assessment",
        "version": 2,
        "fields": ["note", "stated_total", "taken_on", "total"],
    }
    assert {recorded.role, corrected.role} == {"clinician"}
    assert {recorded.patient_id, corrected.patient_id} == {patient}
    assert "secret" not in str(recorded) + str(corrected)


def test_the_first_version_stays_readable_with_who_changed_it_and_why(clinic):
    patient = clinic.register("P-1")
    record_id = record(clinic, patient, entry_on(3, 17))
    correct(clinic, patient, record_id, entry_on(3, 18), reason="  read from the wrong sheet ")
    correct(clinic, patient, record_id, entry_on(3, 19), seen=2, by=clinic.bert)

    first, second = rows_of(clinic.engine, EarlierVersion, record_id=record_id)
    assert (first.version, first.body["total"], first.replaced_by) == (1, 17, "Anna")
    assert first.reason == "read from the wrong sheet"
    assert (second.version, second.body["total"], second.replaced_by) == (2, 18, "Bert")
    assert only_row(clinic.engine, Assessment).version == 3


def test_the_same_entry_twice_is_one_record(clinic):
    patient = clinic.register("P-1")
    first = record(clinic, patient, entry_on(3, 17))
    before = everything(clinic.engine)

    assert record(clinic, patient, entry_on(3, 17)) == first
    assert everything(clinic.engine) == before


def test_the_same_words_for_two_patients_are_two_records(clinic):
    patients = [clinic.register("P-1"), clinic.register("P-2")]
    ids = {record(clinic, patient, entry_on(3, 17)) for patient in patients}

    assert len(ids) == 2


def test_the_first_words_may_be_entered_again_after_a_correction(clinic):
    patient = clinic.register("P-1")
    first = record(clinic, patient, entry_on(3, 17))
    correct(clinic, patient, first, entry_on(5, 12))

    again = record(clinic, patient, entry_on(3, 17))

    assert again != first
    days = {row.taken_on: row.total for row in rows_of(clinic.engine, Assessment)}
    assert days == {on(3): 17, on(5): 12}


INVALID = {
    "a day to come": (entry_on(61, 12), "date"),
    "a day before anyone did this": (entry_on(-20_000, 12), "date"),
    "a total over the highest": (entry_on(3, 28), "score"),
    "a total under the lowest": (entry_on(3, -1), "score"),
    "nothing at all": (entry_on(3), "score"),
    "only blanks": (entry_on(3, items=(None,) * 9), "score"),
    "a safety answer out of range": (entry_on(3, 12, safety_answer=4), "item9"),
    "an unknown mode": (entry_on(3, 12, mode="pigeon"), "mode"),
    "an unknown instrument": (
        AssessmentEntry(Moment(on(3)), "PHQ-99", stated_total=3),
        "instrument",
    ),
    "a note without end": (entry_on(3, 12, note="x" * 4001), "note"),
}


@pytest.mark.parametrize(("entry", "field"), INVALID.values(), ids=INVALID)
def test_an_entry_that_cannot_be_true_is_refused_naming_its_field(clinic, entry, field):
    patient = clinic.register("P-1")
    before = everything(clinic.engine)

    with pytest.raises(InvalidEntry) as refused:
        record(clinic, patient, entry)

    assert refused.value.field == field
    assert everything(clinic.engine) == before


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ((4, *ITEMS[1:]), "item_1"),
        ((*ITEMS, 0), "items"),
        (ITEMS[:3], "items"),
        ((0.5, *ITEMS[1:]), "items"),
    ],
)
def test_answers_the_form_does_not_have_are_refused(clinic, items, field):
    patient = clinic.register("P-1")

    with pytest.raises(InvalidEntry) as refused:
        record(clinic, patient, entry_on(3, items=items))

    assert refused.value.field == field
    assert rows_of(clinic.engine, Assessment) == []


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_a_correction_without_a_reason_is_refused(clinic, reason):
    patient = clinic.register("P-1")
    record_id = record(clinic, patient, entry_on(3, 17))
    before = everything(clinic.engine)

    with pytest.raises(AfterglowError, match="needs a reason"):
        correct(clinic, patient, record_id, entry_on(3, 18), reason=reason)

    assert everything(clinic.engine) == before


def test_an_invalid_correction_leaves_the_record_as_it_was(clinic):
    patient = clinic.register("P-1")
    record_id = record(clinic, patient, entry_on(3, 17))
    before = everything(clinic.engine)

    with pytest.raises(InvalidEntry):
        correct(clinic, patient, record_id, entry_on(3, 99))

    assert everything(clinic.engine) == before


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_impossible_stated_total_beside_good_items_is_kept_and_can_be_corrected(clinic):
    patient = clinic.register("P-1")
    record_id = record(clinic, patient, entry_on(3, 36, items=ITEMS))

    correct(clinic, patient, record_id, entry_on(4, 36, items=ITEMS))

    row = only_row(clinic.engine, Assessment)
    assert (row.total, row.stated_total, row.version) == (15, 36, 2)


@pytest.mark.parametrize("items", [None, (None,) * 9, (3, 3, 3, 3, 3, 3, None, None, None)])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_impossible_stated_total_is_refused_where_it_would_be_the_total(clinic, items):
    patient = clinic.register("P-1")

    with pytest.raises(InvalidEntry, match="PHQ-9 score 36: expected 0 to 27"):
        record(clinic, patient, entry_on(3, 36, items=items))
    assert rows_of(clinic.engine, Assessment) == []
