"""Recording and correcting infusions: courses follow, impossible values are refused."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from data.actions.infusions import correct_infusion, record_infusion
from models.entries import PLAUSIBLE, InfusionEntry, InvalidEntry
from models.errors import Refused
from models.outcomes.history import Moment
from models.tables import EarlierVersion, Infusion, Standing, StoredCourse, StoredEpisode
from tests.clinic import LOST, everything, only_row, rows_of
from tests.histories import on


def entry_on(day, clock_time=None, **more):
    return InfusionEntry(Moment(on(day), clock_time), **more)


def record(clinic, patient_id, entry):
    return record_infusion(clinic.engine, clinic.anna, patient_id=patient_id, entry=entry)


def correct(clinic, patient_id, record_id, entry, *, seen=1, reason="wrong day"):
    correct_infusion(
        clinic.engine,
        clinic.anna,
        patient_id=patient_id,
        infusion_id=record_id,
        seen_version=seen,
        entry=entry,
        reason=reason,
    )


def courses(clinic, patient_id):
    rows = rows_of(clinic.engine, StoredCourse, patient_id=patient_id)
    return [(row.start_on, row.end_on, row.infusions) for row in rows]


def test_an_infusion_lengthens_the_course_or_starts_one_of_its_patient_only(clinic):
    patient = clinic.register("P-1", records=LOST)
    neighbour = clinic.register("P-2", records=LOST)

    record(clinic, patient, entry_on(3))
    record(clinic, patient, entry_on(30))

    assert courses(clinic, patient) == [(on(0), on(3), 2), (on(30), on(30), 1)]
    assert courses(clinic, neighbour) == [(on(0), on(0), 1)]
    lost, waiting = rows_of(clinic.engine, StoredEpisode, patient_id=patient)
    assert (lost.held, lost.lower_days, lost.upper_days) == ("lost", 11, 18)
    assert waiting.unstated == "not_assessed"
    standing = only_row(clinic.engine, Standing, patient_id=patient)
    assert (standing.situation, standing.course_no) == ("not_assessed", 2)


def test_a_corrected_day_moves_the_course_and_removes_the_one_it_made(clinic):
    patient = clinic.register("P-1", records=LOST)
    record_id = record(clinic, patient, entry_on(30, route="IM"))
    assert len(courses(clinic, patient)) == 2

    correct(clinic, patient, record_id, entry_on(3, route="IM"))

    assert courses(clinic, patient) == [(on(0), on(3), 2)]
    assert only_row(clinic.engine, StoredCourse).route == "IM"
    assert only_row(clinic.engine, EarlierVersion).body["given_on"] == on(30).isoformat()


def test_every_measure_is_kept_as_entered(clinic):
    patient = clinic.register("P-1")
    measures = {name: lowest for name, (lowest, _) in PLAUSIBLE.items()}

    record(
        clinic,
        patient,
        entry_on(0, time(9, 30), measures=measures, adverse_events=("nausea",), note="calm"),
    )

    row = only_row(clinic.engine, Infusion)
    assert {name: getattr(row, name) for name in PLAUSIBLE} == measures
    assert (row.adverse_events, row.note, row.drug) == (["nausea"], "calm", "ketamine")
    assert row.given_at == datetime(2026, 1, 5, 16, 30, tzinfo=UTC)  # Denver is seven hours behind


def test_the_day_may_be_the_sites_own_while_it_is_already_tomorrow_in_utc(clinic):
    clinic.now = datetime(2026, 3, 2, 5, tzinfo=UTC)  # 22:00 on the first in Denver
    patient = clinic.register("P-1")

    record(clinic, patient, entry_on(55))  # 1 March
    with pytest.raises(InvalidEntry, match="2026-03-02 is in the future"):
        record(clinic, patient, entry_on(56))


def test_a_correction_blanks_what_its_entry_leaves_blank(clinic):
    patient = clinic.register("P-1")
    record_id = record(clinic, patient, entry_on(0, measures={"dose_mg": 40, "weight_kg": 80}))

    correct(clinic, patient, record_id, entry_on(0, measures={"dose_mg": 45}))

    row = only_row(clinic.engine, Infusion)
    assert (row.dose_mg, row.weight_kg, row.version) == (45, None, 2)


def test_the_same_entry_twice_is_one_record_and_a_corrected_one_may_come_again(clinic):
    patient = clinic.register("P-1")
    first = record(clinic, patient, entry_on(0))
    assert record(clinic, patient, entry_on(0)) == first

    correct(clinic, patient, first, entry_on(1))

    assert record(clinic, patient, entry_on(0)) != first
    assert courses(clinic, patient) == [(on(0), on(1), 2)]


def test_a_correction_without_a_reason_is_refused(clinic):
    patient = clinic.register("P-1")
    record_id = record(clinic, patient, entry_on(0))

    with pytest.raises(Refused, match="needs a reason"):
        correct(clinic, patient, record_id, entry_on(1), reason="  ")

    assert courses(clinic, patient) == [(on(0), on(0), 1)]


INVALID = {
    "a day to come": (entry_on(61), "date"),
    "an unknown route": (entry_on(0, route="PO"), "route"),
    "an unknown drug": (entry_on(0, drug="aspirin"), "drug"),
    "a note without end": (entry_on(0, note="x" * 4001), "note"),
    **{
        f"{name} {value}": (entry_on(0, measures={name: value}), name)
        for name, (lowest, highest) in PLAUSIBLE.items()
        for value in (lowest - 0.001, highest + 0.001, float("nan"), float("inf"))
    },
}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_an_entry_that_cannot_be_true_is_refused_naming_its_field(clinic):
    patient = clinic.register("P-1")
    before = everything(clinic.engine)
    for case, (entry, field) in INVALID.items():
        with pytest.raises(InvalidEntry) as refused:
            record(clinic, patient, entry)
        assert refused.value.field == field, case

    assert everything(clinic.engine) == before
