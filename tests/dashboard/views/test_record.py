"""Record: the last dose is offered, a refusal keeps the form, and nothing is entered twice."""

from __future__ import annotations

from datetime import date, time

import pytest

from dashboard.formats import plain
from dashboard.forms.assessment import BY_TOTAL
from dashboard.forms.infusion import GIVEN_BY
from dashboard.wording import patients as words
from data.actions.infusions import record_infusion
from models.entries import InfusionEntry
from models.policy import OPERATOR
from models.tables import Assessment, Infusion, Patient, Site
from tests.clinic import only_row, rows_of
from tests.dashboard.views.screens import open_screen
from tests.histories import read_moment


@pytest.fixture
def mara(clinic):
    patient = clinic.register("DEN-1", name="Mara Kent", records="day | PHQ-9\n50 | 20")
    entry = InfusionEntry(
        read_moment("51"),
        route="IM",
        measures={"dose_mg": 42.5, "weight_kg": 71, "minutes": 45, "systolic_peak": 150},
        adverse_events=("nausea",),
        note="slept well",
    )
    record_infusion(clinic.engine, OPERATOR, patient_id=patient, entry=entry)
    return patient


def latest(clinic, model):
    return max(rows_of(clinic.engine, model), key=lambda row: str(row[1]))  # UUIDv7: in time order


def in_form(screen):
    values = {
        it.label: it.value
        for kind in ("selectbox", "number_input")
        for it in getattr(screen.at, kind)
    }
    return {label: value for label, value in values.items() if value is not None}


def test_a_patient_is_found_by_name_and_chosen(clinic, mara):
    clinic.register("DEN-2", name="Jonas Ruiz")
    screen = open_screen("record")
    screen.field("text_input", "Whom is this for?").set_value("kent")
    screen.run()
    [choice] = [it for it in screen.at.button if "Kent" in it.label]
    choice.click()
    screen.run()
    assert screen.address("id") == str(mara)
    assert "Record the infusion" in [it.label for it in screen.at.button]


def test_nobody_found_is_a_sentence(mara):
    screen = open_screen("record")
    screen.field("text_input", "Whom is this for?").set_value("zzz")
    assert words.NOBODY_SO_CALLED in screen.run().said


def test_the_last_dose_and_weight_are_offered_but_never_the_last_vitals_or_events(mara):
    screen = open_screen("record", id=mara)
    assert in_form(screen) == {
        "Drug": "ketamine",
        "Route": "IM",
        "Dose mg": 42.5,
        "Weight kg": 71,
        "Minutes": 45,
        GIVEN_BY: "Robin Local",
    }
    assert screen.field("button_group", "Adverse events").value == []
    assert screen.field("text_area", "Note").value == ""


def test_a_first_infusion_is_offered_no_dose_and_no_route(clinic):
    offered = in_form(open_screen("record", id=clinic.register("DEN-9")))
    assert offered == {"Drug": "ketamine", GIVEN_BY: "Robin Local"}


def test_an_infusion_is_recorded_as_entered_and_drawn_at_once(clinic, mara):
    screen = open_screen("record", id=mara)
    screen.field("number_input", "Dose mg").set_value(50)
    screen.field("number_input", "Peak: Systolic").set_value(144)
    screen.field("button_group", "Adverse events").set_value(["headache"])
    screen.field("text_area", "Note").set_value("  calm  ")
    screen.press("Record the infusion")
    assert screen.place == "patient"
    assert screen.address("id") == str(mara)
    assert "2 infusions in 1 course, the last on 6 Mar 2026" in screen.said

    row = latest(clinic, Infusion)
    assert (row.given_on, row.drug, row.route) == (date(2026, 3, 6), "ketamine", "IM")
    assert (row.dose_mg, row.weight_kg, row.minutes, row.systolic_peak) == (50, 71, 45, 144)
    assert (row.systolic_before, row.adverse_events, row.note) == (None, ["headache"], "calm")
    assert row.recorded_by == "Robin Local"


def test_the_clock_offered_is_the_sites_and_may_be_emptied(clinic, mara):
    screen = open_screen("record", id=mara)  # 18:00 UTC is 11:00 in Denver
    assert screen.field("time_input", "Time").value == time(11)
    screen.field("time_input", "Time").set_value(None)
    screen.press("Record the infusion")
    assert latest(clinic, Infusion).given_at is None


def test_whatever_was_offered_can_be_emptied(clinic, mara):
    screen = open_screen("record", id=mara)
    for label in ("Dose mg", "Weight kg", "Minutes"):
        screen.field("number_input", label).set_value(None)
    screen.field("selectbox", "Route").set_value(None)
    screen.press("Record the infusion")
    row = latest(clinic, Infusion)
    assert (row.dose_mg, row.weight_kg, row.minutes, row.route) == (None, None, None, None)


def test_the_same_form_sent_from_two_windows_is_one_infusion(clinic, mara):
    first, second = open_screen("record", id=mara), open_screen("record", id=mara)
    first.press("Record the infusion")
    second.press("Record the infusion")
    assert second.place == "patient", "the second is told the same, not an error"
    assert len(rows_of(clinic.engine, Infusion)) == 2


def test_a_refusal_stands_beside_the_form_and_keeps_its_contents(clinic, mara):
    screen = open_screen("record", id=mara)
    screen.field("date_input", "Date").set_value(date(2026, 3, 7))
    screen.field("number_input", "Dose mg").set_value(61)
    screen.field("text_area", "Note").set_value("first try")
    screen.press("Record the infusion")
    assert [it.value for it in screen.at.error] == [
        "Not recorded: date 2026-03-07 is in the future"
    ]
    assert screen.place == "record"
    assert screen.field("number_input", "Dose mg").value == 61
    assert screen.field("text_area", "Note").value == "first try"
    assert len(rows_of(clinic.engine, Infusion)) == 1

    screen.field("date_input", "Date").set_value(date(2026, 3, 6))
    screen.press("Record the infusion")
    assert latest(clinic, Infusion).note == "first try"


def test_a_score_by_its_questions_has_no_answer_chosen_beforehand(clinic, mara):
    screen = open_screen("record", id=mara, what="score")
    questions = [it for it in screen.at.button_group if it.label[0].isdigit()]
    assert len(questions) == 9
    assert [it.value for it in questions] == [None] * 9
    for question, answer in zip(questions, (3, 2, 1, 0, 1, 2, 3, 0, 1), strict=True):
        question.set_value(answer)
    screen.press("Record the score")
    assert screen.place == "patient"
    assert "to 6 Mar 2026 (13, moderate)" in screen.said

    row = latest(clinic, Assessment)
    assert (row.total, row.items, row.safety_answer) == (13, [3, 2, 1, 0, 1, 2, 3, 0, 1], 1)
    assert (row.mode, row.stated_total, row.is_prorated) == ("staff", None, False)


def test_a_blank_question_is_kept_blank_and_never_scored_as_zero(clinic, mara):
    screen = open_screen("record", id=mara, what="score")
    for question in [it for it in screen.at.button_group if it.label[0].isdigit()][:5]:
        question.set_value(1)
    screen.press("Record the score")
    row = latest(clinic, Assessment)
    assert (row.total, row.items[5:], row.safety_answer) == (None, [None] * 4, None)


def test_a_score_by_its_total_asks_for_the_safety_item_apart(clinic, mara):
    screen = open_screen("record", id=mara, what="score")
    screen.field("button_group", "Enter").set_value(BY_TOTAL)
    screen.run()
    screen.field("number_input", "PHQ-9 total, 0 to 27").set_value(11)
    screen.press("Record the score")
    row = latest(clinic, Assessment)
    assert (row.total, row.stated_total, row.items) == (11, 11, None)
    assert row.safety_answer is None, "empty is not zero"


def test_nothing_entered_is_refused(clinic, mara):
    screen = open_screen("record", id=mara, what="score").press("Record the score")
    assert [it.value for it in screen.at.error] == [
        "Not recorded: neither a score nor any item is given"
    ]
    assert len(rows_of(clinic.engine, Assessment)) == 1


def test_registering_goes_on_to_the_first_record(clinic):
    screen = open_screen("record")
    screen.field("text_input", "Number at the clinic").set_value(" DEN-3 ")
    screen.field("text_input", "Name").set_value("Ada Moss")
    screen.field("selectbox", "Site").select("Denver")
    screen.field("selectbox", "Indication").select("ocd")
    screen.field("number_input", "Year of birth").set_value(1971)
    screen.press("Register")
    row = only_row(clinic.engine, Patient)
    assert (row.code, row.name, row.indication) == ("DEN-3", "Ada Moss", "ocd")
    assert (row.birth_year, row.sex, row.site_id) == (1971, None, clinic.denver)
    assert screen.place == "record"
    assert screen.address("id") == str(row.patient_id)
    assert r"Ada Moss · DEN\-3 · Denver · OCD" in [link.label for link in screen.links]


def test_a_number_in_use_is_refused(clinic, mara):
    screen = open_screen("record")
    screen.field("text_input", "Number at the clinic").set_value("DEN-1")
    screen.field("selectbox", "Site").select("Denver")
    screen.press("Register")
    assert [it.value for it in screen.at.error] == [
        "Not registered: Patient number DEN-1 is already in use."
    ]
    assert len(rows_of(clinic.engine, Patient)) == 1


def test_the_first_site_is_opened_from_the_page_and_patients_can_follow(empty):
    screen = open_screen("record")
    screen.field("text_input", "Name of the clinic location").set_value("Boise")
    screen.field("text_input", "Time zone").set_value("America/Boise")
    screen.press("Open the site")
    row = only_row(empty, Site)
    assert (row.name, row.time_zone, row.is_pretend) == ("Boise", "America/Boise", False)
    assert screen.field("selectbox", "Site").options == ["Boise"]


def test_a_time_zone_that_does_not_exist_is_refused(empty):
    screen = open_screen("record")
    screen.field("text_input", "Name of the clinic location").set_value("Boise")
    screen.field("text_input", "Time zone").set_value("Idaho")
    screen.press("Open the site")
    assert "'Idaho' is not a time zone; expected one such as America/Chicago." in screen.said
    assert rows_of(empty, Site) == []


def test_nobody_is_given_a_site_or_a_complaint_they_did_not_choose(clinic):
    screen = open_screen("record")
    screen.field("text_input", "Number at the clinic").set_value("DEN-7")
    screen.press("Register")
    assert "Not registered: Choose the site." in screen.said
    assert rows_of(clinic.engine, Patient) == []
    screen.field("selectbox", "Site").set_value("Phoenix")
    screen.press("Register")
    row = only_row(clinic.engine, Patient)
    assert (row.code, row.site_id, row.indication, row.sex) == ("DEN-7", clinic.phoenix, None, None)


def test_what_was_recorded_is_said_on_the_chart_it_leads_to(clinic, mara):
    screen = open_screen("record", id=mara)
    screen.press("Record the infusion")
    assert screen.place == "patient"
    said = plain("Infusion recorded: 42.5 mg (0.6 mg/kg).")
    assert [it.value for it in screen.at.toast] == [said]
    screen.run()
    assert list(screen.at.toast) == []
