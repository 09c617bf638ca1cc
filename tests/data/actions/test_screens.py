"""Screens: recorded once, corrected with a reason, due by the clinic's own policy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.actions.infusions import record_infusion
from data.actions.policies import set_policy
from data.actions.screens import correct_screen, record_screen
from data.actions.withdrawals import withdraw_record
from data.policies import EXPOSURE
from data.queries.exposure import read_exposure
from data.queries.records import read_earlier_versions, read_record
from models.entries import InfusionEntry, InvalidEntry
from models.errors import Conflict
from models.exposure_rules import ExposureRules
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.screening import ScreenEntry, ScreenKind
from models.tables import Infusion, Screen
from tests.clinic import audit_of, everything, rows_of
from tests.histories import on

CLEAR = ScreenEntry(ScreenKind.URINARY, on(20), is_finding=False)
FOUND = ScreenEntry(
    ScreenKind.URINARY, on(20), is_finding=True, findings=("urgency",), remark="twice a night"
)


def give(clinic, patient, *days, **measures):
    for day in days:
        entry = InfusionEntry(Moment(on(day)), route="IV", measures=measures)
        record_infusion(clinic.engine, clinic.anna, patient_id=patient, entry=entry)


def screen(clinic, patient, entry=CLEAR):
    return record_screen(clinic.engine, clinic.anna, patient_id=patient, entry=entry)


def read(clinic, patient):
    return read_exposure(clinic.engine, clinic.bert, patient)


def test_a_screen_is_recorded_once_with_who_did_it(clinic):
    patient = clinic.register("P-1")
    record_id = screen(clinic, patient, FOUND)
    assert screen(clinic, patient, FOUND) == record_id

    [found] = read(clinic, patient).screens

    assert (found.kind, found.done_on, found.is_finding) == (ScreenKind.URINARY, on(20), True)
    assert (found.findings, found.remark) == (("urgency",), "twice a night")
    assert (found.recorded_by, found.version) == ("Anna", 1)
    assert [it.record_id for it in audit_of(clinic.engine) if it.operation == "record_screen"] == [
        record_id
    ]


def test_a_correction_keeps_what_was_said_and_a_withdrawn_screen_counts_no_more(clinic):
    patient = clinic.register("P-1")
    give(clinic, patient, 0)
    record_id = screen(clinic, patient)
    spot = {"patient_id": patient, "seen_version": 1, "reason": "the wrong box"}

    correct_screen(clinic.engine, clinic.bert, screen_id=record_id, entry=FOUND, **spot)

    [found] = read(clinic, patient).screens
    assert (found.is_finding, found.version, found.recorded_by) == (True, 2, "Bert")
    [earlier] = read_earlier_versions(clinic.engine, clinic.anna, patient_id=patient)
    assert (earlier["kind"], earlier["reason"]) == ("screen", "the wrong box")
    assert earlier["body"]["is_finding"] is False
    with pytest.raises(Conflict, match="Bert in the meantime"):
        correct_screen(clinic.engine, clinic.anna, screen_id=record_id, entry=CLEAR, **spot)
    now = read_record(clinic.engine, clinic.anna, "screen", patient_id=patient, record_id=record_id)
    assert now["version"] == 2
    assert read(clinic, patient).dues[0].last_on == on(20)

    withdraw_record(
        clinic.engine, clinic.anna, "screen", patient_id=patient, record_id=record_id,
        seen_version=2, reason="another patient's",
    )  # fmt: skip

    assert read(clinic, patient).screens == ()
    assert read(clinic, patient).dues[0].last_on is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (replace(CLEAR, done_on=on(61)), "in the future"),
        (replace(FOUND, findings=("memory",)), "no finding of a urinary screen"),
        (replace(FOUND, is_finding=False), "says nothing was"),
        (replace(FOUND, remark="x" * 4001), "at most 4000"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(clinic, entry, said):
    patient = clinic.register("P-1")
    before = everything(clinic.engine)

    with pytest.raises(InvalidEntry, match=said):
        screen(clinic, patient, entry)

    assert everything(clinic.engine) == before
    assert rows_of(clinic.engine, Screen) == []


def test_the_clinics_policy_decides_when_one_is_due(clinic):
    patient = clinic.register("P-1")
    give(clinic, patient, 0, 3, 7)
    assert read(clinic, patient).dues[0].due_on == on(0).replace(month=7)

    policy = replace(ExposureRules(), urinary_infusions=2, peak_systolic=150)
    made = set_policy(clinic.engine, OPERATOR, EXPOSURE, policy, reason=" asked oftener ")

    found = read(clinic, patient)
    assert (found.policy, made.revision) == (made, 2)
    assert (found.dues[0].due_on, found.dues[0].infusions_since) == (on(3), 3)


def test_nothing_is_due_of_whoever_has_left(clinic):
    patient = clinic.register("P-1", left_on=on(50))
    give(clinic, patient, 0)

    assert read(clinic, patient).dues == ()


def test_exposure_is_of_what_stands(clinic):
    patient = clinic.register("P-1")
    give(clinic, patient, 0, 3, dose_mg=40, weight_kg=80, systolic_before=120, systolic_peak=185)
    give(clinic, patient, 7, stated_mg_kg=0.6)
    withdrawn = rows_of(clinic.engine, Infusion)[0].infusion_id
    withdraw_record(
        clinic.engine, clinic.anna, "infusion", patient_id=patient, record_id=withdrawn,
        seen_version=1, reason="not given",
    )  # fmt: skip

    found = read(clinic, patient)

    assert (found.exposure.infusions, found.exposure.without_dose) == (2, 1)
    assert [it.milligrams for it in found.exposure.amounts] == [40]
    assert (found.exposure.latest.mg_kg, found.exposure.latest.dose_mg) == (0.6, None)
    assert [(it.systolic_peak, it.mg_kg) for it in found.pressure.over] == [(185, 0.5)]
    assert found.pressure.without_peak == 1
