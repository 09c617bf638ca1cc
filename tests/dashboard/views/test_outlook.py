"""The outlook on the chart: for whoever may read it, unless switched off, and never the patient."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from data.actions.emergencies import open_emergency
from data.actions.forecasts import refresh_forecasts
from data.queries import morning_outlooks
from models.policy import OPERATOR, Operation, Role
from tests.clinic import HOLDING, LOST, audit_of
from tests.dashboard.views.people import clinician_at, patient_of
from tests.dashboard.views.screens import open_screen

HALF_WAY = """
    day | infusion | PHQ-9
    10  | -        | 20
    11  | yes      | -
    15  | yes      | -
    19  | -        | 19
"""


@pytest.fixture
def holding(clinic, copies):
    """One who still responds on day 20, beside enough others who lost their response."""

    def fill():
        clinic.set_day(40)
        for number in range(10):
            clinic.register(f"L-{number}", records=LOST)
        patient = clinic.register("H-1", name="Mara Kent", records=HOLDING)
        clinic.set_day(20)
        refresh_forecasts(clinic.engine, OPERATOR)
        return patient

    patient = copies.fill(clinic.engine, "one who holds", fill)
    clinic.set_day(20)
    return patient


def names_of(screen):
    figure = json.loads(screen.at.get("plotly_chart")[0].proto.spec)
    return {trace.get("name") for trace in figure["data"]}


def test_the_chart_says_the_window_draws_it_and_says_what_it_rests_on(clinic, holding):
    screen = open_screen("patient", person=clinician_at(clinic.denver), id=holding)

    said = " ".join(screen.said.split())
    assert "Outlook, PHQ-9 Last seen well on day 14 (19 Jan); in patients like this" in said
    assert "What the outlook rests on" in screen.said
    assert "10 losses in 11 responses of 11 patients on PHQ-9" in screen.said
    assert {"outlook", "half"} <= names_of(screen)
    assert "Outlook, PHQ-9: Last seen well on day 14" in screen.at.get("plotly_chart")[0].proto.alt


def test_without_enough_losses_the_reason_stands_there(clinic):
    patient = clinic.register("H-1", records=HOLDING)
    clinic.set_day(20)

    screen = open_screen("patient", id=patient)

    assert "None yet: durations here have not been worked out" in screen.said
    assert "What the outlook rests on" not in screen.said
    assert "outlook" not in names_of(screen)


def test_an_installation_can_switch_it_off(clinic, holding, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_OUTLOOK", "off")

    screen = open_screen("patient", id=holding)

    assert "Outlook" not in screen.said
    assert "outlook" not in names_of(screen)


def test_the_patient_sees_nothing_of_it(clinic, holding):
    said = open_screen("mine", person=patient_of(holding)).said

    assert "Mara" in said or "PHQ-9" in said
    for word in ("Outlook", "in patients like", "half lose", "Last seen well"):
        assert word.lower() not in said.lower()


def test_half_way_through_an_induction_others_as_little_improved_stand_beside(clinic):
    clinic.set_day(40)
    others = (
        "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n3 | yes | -\n6 | yes | 18\n14 | - | "
    )
    for number, after in enumerate((8, 17, 19)):
        clinic.register(f"F-{number}", records=others + str(after))
    patient = clinic.register("NOW", records=HALF_WAY)
    clinic.set_day(19)

    said = open_screen("patient", person=clinician_at(clinic.denver), id=patient).said

    assert (
        "Before infusion 3: 5\u00a0% improvement on PHQ-9. 1 of 3 inductions at this site" in said
    )


def test_under_the_courses_stands_when_each_maintenance_infusion_came(clinic):
    patient = clinic.register("H-1", records=HOLDING)
    clinic.record(patient, "day | infusion | PHQ-9\n21 | - | 11\n22 | yes | -\n50 | yes | -")

    said = " ".join(
        open_screen("patient", person=clinician_at(clinic.denver), id=patient).said.split()
    )

    assert "Of 1 maintenance course 0 early, 0 on time, 1 late." in said
    lost = "25 % of the gain lost by 26 Jan, no longer responding"
    assert f"Course 2, 27 Jan 2026: late, {lost}" in said


def test_today_lists_whose_window_is_near_with_the_clinics_line(clinic, holding, monkeypatch):
    screen = open_screen("today", person=clinician_at(clinic.denver))

    said = " ".join(screen.said.split())
    day = "Day 20 today: PHQ-9 8 → 9 (12 Jan, 19 Jan), last seen well on day 14 (at or under 10,"
    assert day in said
    line = "14 days from today (at or over the line of 40 % since 19 Jan, the last check-in);"
    assert line in said
    assert "or an estimate from them has" in said
    assert "Mara Kent" in [link.label for link in screen.links]

    monkeypatch.setenv("AFTERGLOW_OUTLOOK", "off")
    screen.run()
    assert "Mara Kent" not in [link.label for link in screen.links]
    assert "outlook" not in screen.said.lower()
    assert "estimate" not in screen.said
    assert "like this" not in screen.said


def test_of_too_many_for_a_page_today_says_that_no_outlook_is_worked_out(
    clinic, holding, monkeypatch
):
    monkeypatch.setattr(morning_outlooks, "MOST", 0)
    screen = open_screen("today", person=clinician_at(clinic.denver))

    assert "are not worked out at once: choose a site to see whose window is near" in screen.said
    assert "Mara Kent" not in [link.label for link in screen.links]


def test_a_chart_with_its_outlook_is_one_look_also_in_an_emergency(clinic, holding):
    user_id = clinic.user("pia", Role.CLINICIAN, clinic.phoenix)
    pia = replace(clinician_at(clinic.phoenix, name="Pia Lund"), user_id=user_id)
    open_emergency(clinic.engine, pia, code="H-1", reason="collapsed in our waiting room")

    open_screen("patient", person=replace(pia, emergencies=frozenset({holding})), id=holding)

    looks = [line for line in audit_of(clinic.engine) if line.operation == Operation.READ_CHART]
    assert [line.detail.get("emergency") for line in looks] == [True]
