"""Correct: prefilled, with a reason, the old version kept; nobody's change is written over."""

from __future__ import annotations

import pytest

from dashboard.wording import record as say
from data.actions.assessments import correct_assessment
from data.actions.infusions import correct_infusion, record_infusion
from models.entries import AssessmentEntry, InfusionEntry
from models.policy import OPERATOR
from models.tables import Assessment, EarlierVersion, Infusion
from tests.clinic import everything, only_row, rows_of
from tests.dashboard.views.screens import open_screen
from tests.histories import read_moment

GIVEN = InfusionEntry(
    read_moment("51 10:30"),
    route="IM",
    measures={"dose_mg": 42.5, "weight_kg": 71, "systolic_peak": 150},
    adverse_events=("nausea", "hiccups"),
    note="slept well",
)
SAVE = "Save the correction"


@pytest.fixture
def mara(clinic):
    return clinic.register("DEN-1", name="Mara Kent")


@pytest.fixture
def infusion(clinic, mara):
    record_id = record_infusion(clinic.engine, OPERATOR, patient_id=mara, entry=GIVEN)
    return {"id": mara, "kind": "infusion", "record": record_id}


@pytest.fixture
def score(clinic, mara):
    record_id = clinic.score(mara, read_moment("50"), items=(1, 2, 3, 0, 1, 2, 3, 0, 1))
    return {"id": mara, "kind": "assessment", "record": record_id}


def corrected(address, dose=55, reason="misread the pump"):
    screen = open_screen("correct", **address)
    screen.field("number_input", "Dose mg").set_value(dose)
    screen.field("text_input", "Why").set_value(reason)
    return screen.press(SAVE)


def change_underneath(clinic, infusion, dose, seen_version=1):
    correct_infusion(
        clinic.engine,
        OPERATOR,
        patient_id=infusion["id"],
        infusion_id=infusion["record"],
        seen_version=seen_version,
        entry=InfusionEntry(GIVEN.moment, measures={"dose_mg": dose}),
        reason="theirs",
    )


def test_the_form_holds_what_is_recorded(infusion):
    screen = open_screen("correct", **infusion)
    assert screen.field("date_input", "Date").value == GIVEN.moment.day
    assert screen.field("time_input", "Time").value == GIVEN.moment.time
    assert screen.field("selectbox", "Route").value == "IM"
    assert screen.field("number_input", "Dose mg").value == 42.5
    assert screen.field("number_input", "Peak: Systolic").value == 150
    assert screen.field("button_group", "Adverse events").value == ["nausea", "hiccups"]
    assert screen.field("text_area", "Note").value == "slept well"


def test_a_correction_changes_only_what_was_changed_and_keeps_the_old_version(clinic, infusion):
    screen = corrected(infusion)
    assert screen.place == "patient"
    row = only_row(clinic.engine, Infusion)
    assert (row.version, row.dose_mg, row.weight_kg, row.systolic_peak) == (2, 55, 71, 150)
    assert (row.route, row.note, row.recorded_by) == ("IM", "slept well", "Robin Local")
    assert row.adverse_events == ["nausea", "hiccups"], "an event not on our list is kept"
    old = only_row(clinic.engine, EarlierVersion)
    assert (old.version, old.body["dose_mg"], old.reason) == (1, 42.5, "misread the pump")


def test_the_earlier_version_can_be_read_on_the_page(clinic, infusion):
    corrected(infusion)
    screen = open_screen("correct", **infusion)
    [version] = [it for it in screen.at.expander if it.label.startswith("Version")]
    assert version.label.endswith(r"by Robin Local\: misread the pump")
    assert "Dose mg 42.5" in " ".join(screen.said.split())


def test_what_is_recorded_can_be_emptied(clinic, infusion):
    screen = open_screen("correct", **infusion)
    screen.field("time_input", "Time").set_value(None)
    screen.field("number_input", "Weight kg").set_value(None)
    screen.field("text_input", "Why").set_value("weight was another patient's")
    screen.press(SAVE)
    row = only_row(clinic.engine, Infusion)
    assert (row.given_at, row.weight_kg, row.dose_mg) == (None, None, 42.5)


def test_without_a_reason_nothing_is_saved_and_the_form_keeps_its_contents(clinic, infusion):
    before = everything(clinic.engine)
    screen = corrected(infusion, reason="  ")
    assert [it.value for it in screen.at.error] == ["Not saved: A correction needs a reason."]
    assert screen.field("number_input", "Dose mg").value == 55
    assert everything(clinic.engine) == before


def test_a_conflict_shows_both_and_overwrites_nothing(clinic, infusion):
    screen = open_screen("correct", **infusion)
    change_underneath(clinic, infusion, 60)
    before = everything(clinic.engine)
    screen.field("number_input", "Dose mg").set_value(55)
    screen.field("text_input", "Why").set_value("mine")
    screen.press(SAVE)

    [warning] = screen.at.warning
    assert warning.value == (
        f"This infusion was changed by command line in the meantime. {say.CONFLICT}"
    )
    theirs, ours = [body for body in screen.html if "Dose mg" in body][:2]
    assert "<td>60</td>" in theirs
    assert "<td>55</td>" in ours
    assert "ketamine" not in theirs + ours, "what both say alike hides where they differ"
    assert everything(clinic.engine) == before


def test_after_a_conflict_the_record_opens_as_it_is_now_and_can_be_corrected(clinic, infusion):
    screen = open_screen("correct", **infusion)
    change_underneath(clinic, infusion, 60)
    screen.field("text_input", "Why").set_value("mine")
    screen.press(SAVE)
    screen.press(say.KEEP_THEIRS)
    assert screen.field("number_input", "Dose mg").value == 60
    screen.field("number_input", "Dose mg").set_value(58)
    screen.field("text_input", "Why").set_value("agreed on the phone")
    screen.press(SAVE)
    row = only_row(clinic.engine, Infusion)
    assert (row.version, row.dose_mg) == (3, 58)
    assert [old.body["dose_mg"] for old in rows_of(clinic.engine, EarlierVersion)] == [42.5, 60]


def test_saving_twice_in_a_row_loses_to_the_first(clinic, infusion):
    first, second = open_screen("correct", **infusion), open_screen("correct", **infusion)
    for screen, dose in ((first, 50), (second, 51)):
        screen.field("number_input", "Dose mg").set_value(dose)
        screen.field("text_input", "Why").set_value("twice")
        screen.press(SAVE)
    assert second.place == "correct"
    assert only_row(clinic.engine, Infusion).dose_mg == 50


def test_a_record_reopened_after_a_correction_shows_the_new_version(clinic, infusion):
    screen = open_screen("correct", **infusion)
    change_underneath(clinic, infusion, 60)
    assert open_screen("correct", **infusion).field("number_input", "Dose mg").value == 60
    assert screen.run().field("number_input", "Dose mg").value == 42.5, "as first seen, until saved"


def test_a_score_is_corrected_by_its_questions_and_its_total_follows(clinic, score):
    screen = open_screen("correct", **score)
    questions = [it for it in screen.at.button_group if it.label[0].isdigit()]
    assert [it.value for it in questions] == [1, 2, 3, 0, 1, 2, 3, 0, 1]
    questions[8].set_value(0)
    screen.field("text_input", "Why").set_value("item 9 was misread")
    screen.press(SAVE)
    row = only_row(clinic.engine, Assessment)
    assert (row.total, row.items[8], row.safety_answer) == (12, 0, 0)


def test_a_record_entered_by_mistake_is_taken_out_and_stays_readable(clinic, score):
    screen = open_screen("correct", **score)
    screen.field("checkbox", "This should never").check()
    screen.field("text_input", "Why").set_value("another patient's form")
    screen.press(SAVE)
    assert screen.place == "patient"
    assert "Nothing is recorded for this patient yet." in screen.said

    again = open_screen("correct", **score)
    assert [it.value for it in again.at.info] == [say.WITHDRAWN]
    assert SAVE not in [it.label for it in again.at.button]
    assert "another patient's form" in again.at.expander[0].label


def test_taking_out_needs_a_reason_too(clinic, score):
    screen = open_screen("correct", **score)
    screen.field("checkbox", "This should never").check()
    screen.press(SAVE)
    assert [it.value for it in screen.at.error] == ["Not saved: A correction needs a reason."]
    assert only_row(clinic.engine, Assessment).withdrawn_at is None


def test_another_patients_record_is_not_opened_under_this_one(clinic, score):
    stranger = clinic.register("PHX-1", site=clinic.phoenix)
    screen = open_screen("correct", **{**score, "id": stranger})
    assert [it.value for it in screen.at.error] == ["There is no such record for this patient."]


def test_changed_underneath_while_a_score_is_open_is_a_conflict_too(clinic, score):
    screen = open_screen("correct", **score)
    correct_assessment(
        clinic.engine,
        OPERATOR,
        patient_id=score["id"],
        assessment_id=score["record"],
        seen_version=1,
        entry=AssessmentEntry(read_moment("50"), "PHQ-9", stated_total=9),
        reason="theirs",
    )
    screen.field("text_input", "Why").set_value("mine")
    screen.press(SAVE)
    assert screen.at.warning[0].value.startswith("This assessment was changed by command line")
    assert only_row(clinic.engine, Assessment).total == 9
