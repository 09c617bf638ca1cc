"""What was given, blood pressure and screens, on the patient's page and on Definitions."""

from __future__ import annotations

import re

import pytest

from dashboard.wording.chart import RECORDS
from dashboard.wording.exposure import TAB
from data.actions.infusions import record_infusion
from data.actions.screens import record_screen
from models.entries import InfusionEntry
from models.outcomes.history import Moment
from models.screening import ScreenEntry, ScreenKind
from models.tables import EarlierVersion, ExposurePolicy, Screen
from tests.clinic import only_row, rows_of
from tests.dashboard.views.screens import open_screen
from tests.histories import on

IV = {"dose_mg": 40, "weight_kg": 80, "systolic_before": 120, "systolic_peak": 150}


def give(clinic, patient, *days, route="IV", **measures):
    for day in days:
        entry = InfusionEntry(Moment(on(day)), route=route, measures=measures)
        record_infusion(clinic.engine, clinic.anna, patient_id=patient, entry=entry)


@pytest.fixture
def mara(clinic):
    patient = clinic.register("DEN-1", name="Mara Kent")
    give(clinic, patient, 0, 3, 7, **IV)
    return patient


def open_tab(patient, tab=TAB):
    return open_screen("patient", id=patient).open_tab(f"tabs-{patient}", tab)


def test_a_year_is_said_in_words_drawn_and_listed(clinic, mara):
    give(clinic, mara, 35, stated_mg_kg=0.5)
    screen = open_tab(mara)

    said = screen.said
    assert "In the 12 months to 6 Mar 2026: 4 infusions of ketamine IV, 120 mg." in said
    assert "1 infusion has no dose in mg and no part in the sum." in said
    assert "Last: 9 Feb 2026, ketamine IV, 0.5 mg/kg." in said
    drawn = [it.proto.alt for it in screen.at.get("plotly_chart")]
    assert any("Jan 2026: 3 infusions (120 mg ketamine IV)" in alt for alt in drawn)
    assert any("Feb 2026: 1 infusion (no dose recorded ketamine IV)" in alt for alt in drawn)


def test_ways_that_have_no_common_measure_are_listed_apart(clinic, mara):
    give(clinic, mara, 21, route="IM", dose_mg=60)
    screen = open_tab(mara)
    said = screen.said

    assert "4 infusions, by 2 ways below." in said
    [table] = [body for body in screen.html if "Drug and route" in body]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[2:]]
    assert rows == [["ketamine IV", "3", "120 mg", "–"], ["ketamine IM", "1", "60 mg", "–"]]
    assert "are not added to those of another" in said


def test_peaks_over_the_clinics_line_are_counted_with_their_day(clinic, mara):
    give(clinic, mara, 21, systolic_peak=186, diastolic_peak=102)
    give(clinic, mara, 28)

    said = open_tab(mara).said

    assert "over 180 mmHg, the clinic's line, in 1 of 4 infusions with a peak recorded." in said
    assert "1 infusion without one." in said
    assert "Last over the line: 186/102 mmHg on 26 Jan 2026." in said
    assert "Median peak of the last 4: 150 mmHg; too few before them to compare." in said


def test_a_patient_never_treated_is_told_so(clinic):
    patient = clinic.register("DEN-2", records="day | PHQ-9\n1 | 12")

    said = open_tab(patient).said

    assert "In the 12 months to 6 Mar 2026: no infusion." in said
    assert "No peak blood pressure is recorded." in said
    assert "Urinary screen: no infusion yet." in said
    assert "No screen is recorded yet." in said


def test_a_screen_whose_day_has_come_is_a_review_prompt_with_its_rule(clinic, mara):
    assert "Review prompt" not in open_screen("patient", id=mara).said
    clinic.set_day(185)

    said = open_screen("patient", id=mara).said

    assert (
        "Review prompt: urinary screen due since 5 Jul 2026 by the clinic's rule (every 6 months "
        "or 12 infusions while infusions are given, revision 1). None is recorded; 3 infusions "
        "since 5 Jan 2026."
    ) in said
    assert "cognition screen due" not in said


def test_a_screen_is_recorded_and_shown_with_its_next_date(clinic, mara):
    screen = open_screen("record", id=mara, what="screen")
    screen.press("Record the screen")
    assert "Choose a result first." in screen.said
    screen.field("radio", "Result").set_value(True)
    screen.field("text_area", "In words").set_value("twice a night")
    screen.press("Record the screen")

    assert screen.place == "patient"
    stored = only_row(clinic.engine, Screen)
    assert (stored.kind, stored.is_finding, stored.remark) == ("urinary", True, "twice a night")
    assert (stored.recorded_by, stored.done_on) == ("Robin Local", on(60))
    said = open_tab(mara).said
    assert "to be looked at again: twice a night" in said
    assert "Urinary screen: last on 6 Mar 2026, no infusion since." in said


def test_a_screen_is_corrected_from_the_records_with_a_reason(clinic, mara):
    record_id = record_screen(
        clinic.engine,
        clinic.anna,
        patient_id=mara,
        entry=ScreenEntry(ScreenKind.COGNITION, on(7), is_finding=False, remark="MoCA 28 of 30"),
    )
    records = open_tab(mara, RECORDS)
    assert "Cognition screen" in records.said
    assert "nothing found: MoCA 28 of 30" in records.said

    screen = open_screen("correct", id=mara, kind="screen", record=record_id)
    screen.field("radio", "Result").set_value(True)
    screen.field("text_input", "Why is it corrected").set_value("misread")
    screen.press("Save the correction")

    assert only_row(clinic.engine, Screen).is_finding is True
    assert only_row(clinic.engine, EarlierVersion).reason == "misread"
    again = open_screen("correct", id=mara, kind="screen", record=record_id)
    assert "To be looked at again" in again.said


def test_the_policy_is_in_words_with_sources_and_changed_with_a_reason(clinic):
    screen = open_screen("definitions")
    assert "Urinary screen: months after the last one" in screen.said
    assert "No interval is set by evidence" in screen.said

    [months] = [it for it in screen.at.number_input if it.key == "ex-urinary_months"]
    months.set_value(3)
    screen.field("text_input", "Why is this policy changed").set_value("our urologist asks")
    screen.press("Change it")

    [stored] = rows_of(clinic.engine, ExposurePolicy)
    assert (stored.revision, stored.policy["urinary_months"]) == (2, 3)
    said = open_screen("definitions").said
    assert "6 months, then 3 months" in said
    assert "our urologist asks" in said


def test_a_policy_without_a_reason_or_of_another_revision_is_refused(clinic):
    screen = open_screen("definitions")
    screen.press("Change it")

    assert "Not changed: A change of the policy of screens needs a reason" in screen.said.replace(
        "\\", ""
    )
    assert rows_of(clinic.engine, ExposurePolicy) == []
