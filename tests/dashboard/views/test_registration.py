"""Correcting a registration: prefilled, with a reason, and nobody's change is written over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.formats import plain
from data.actions.patients import correct_patient
from models.policy import OPERATOR
from models.registration import PatientEntry
from models.tables import EarlierVersion, Patient
from tests.clinic import everything, only_row, rows_of
from tests.dashboard.views.screens import open_screen
from tests.histories import on

SAVE = "Save the correction"


@pytest.fixture
def mara(clinic):
    return clinic.register("DEN-1", name="Mara Knet", indication="ocd", birth_year=1980)


def opened(patient_id, **who):
    return open_screen("correct", id=patient_id, kind="patient", record=patient_id, **who)


def test_a_slip_is_mended_and_what_it_said_stays_readable(clinic, mara):
    screen = opened(mara)
    assert screen.field("selectbox", "Site").value == "Denver"
    assert screen.field("selectbox", "Indication").value == "ocd"
    screen.field("text_input", "Name").set_value("Mara Kent")
    screen.field("selectbox", "Indication").set_value("chronic_pain")
    screen.field("text_input", "Why").set_value("misheard")
    screen.press(SAVE)
    assert (screen.place, [it.value for it in screen.at.toast]) == (
        "patient",
        [plain("Correction saved.")],
    )
    row = only_row(clinic.engine, Patient)
    assert (row.name, row.indication, row.birth_year) == ("Mara Kent", "chronic_pain", 1980)
    again = opened(mara)
    said = " ".join(again.said.split())
    for fact in ("Name Mara Knet", "Indication OCD", "Site Denver"):
        assert fact in said


def test_without_a_reason_or_a_difference_nothing_is_written(clinic, mara):
    before = everything(clinic.engine)
    screen = opened(mara)
    screen.press(SAVE)
    assert "Not saved: A correction needs a reason" in screen.said
    screen.field("text_input", "Why").set_value("none")
    screen.press(SAVE)
    assert "Not saved: Nothing is different from what is recorded" in screen.said
    assert everything(clinic.engine) == before


def test_a_change_by_somebody_else_in_the_meantime_is_said_and_not_written_over(clinic, mara):
    screen = opened(mara)
    theirs = PatientEntry("DEN-1", clinic.denver, name="Mara K.", indication="ocd")
    correct_patient(
        clinic.engine,
        replace(OPERATOR, name="Bert"),
        patient_id=mara,
        seen_version=1,
        entry=theirs,
        reason="hers",
    )
    screen.field("text_input", "Name").set_value("Mara Kent")
    screen.field("text_input", "Why").set_value("misheard")
    screen.press(SAVE)
    assert "Not saved: This patient was changed by Bert in the meantime" in screen.said
    screen.press("Open it as it is now")
    assert screen.field("text_input", "Name").value == "Mara K."
    assert only_row(clinic.engine, Patient).name == "Mara K."
    assert len(rows_of(clinic.engine, EarlierVersion)) == 1


def test_the_chart_leads_there(clinic, mara):
    [link] = [it for it in open_screen("patient", id=mara).links if it.label.startswith("Correct")]
    assert link.query_string == f"id={mara}&kind=patient&record={mara}"


def test_what_was_stated_by_mistake_can_be_emptied_again(clinic, mara):
    known = PatientEntry("DEN-1", clinic.denver, indication="ocd", left_on=on(50))
    correct_patient(
        clinic.engine, OPERATOR, patient_id=mara, seen_version=1, entry=known, reason="moved away"
    )
    screen = opened(mara)
    assert screen.field("date_input", "Left the clinic on").value == on(50)
    screen.field("date_input", "Left the clinic on").set_value(None)
    screen.field("selectbox", "Indication").set_value(None)
    screen.field("text_input", "Why").set_value("somebody else")
    screen.press(SAVE)
    row = only_row(clinic.engine, Patient)
    assert (row.left_on, row.indication, row.version) == (None, None, 3)
