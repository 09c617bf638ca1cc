"""Acting on flags, from Today and from the chart: what was done, conflicts, history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.actions.flags import acknowledge_flag, close_flag
from data.queries.flags import read_flags_of
from models.policy import OPERATOR
from tests.dashboard.views.screens import open_screen
from tests.histories import read_moment


@pytest.fixture
def patient(clinic):
    clinic.set_day(30)
    patient = clinic.register("DEN-1", name="Saf Ety")
    clinic.score(patient, read_moment("29"), 12, safety_answer=2)
    return patient


def flags(clinic, patient):
    return read_flags_of(clinic.engine, OPERATOR, patient)


def act_elsewhere(clinic, patient, deed=acknowledge_flag, said="On the phone."):
    [flag] = [flag for flag in flags(clinic, patient) if flag.closed_at is None]
    deed(
        clinic.engine,
        clinic.bert,
        patient_id=patient,
        flag_id=flag.flag_id,
        seen_version=flag.version,
        said=said,
    )


def write(screen, said):
    screen.field("text_area", "What was done").input(said)
    return screen


def test_a_flag_is_acknowledged_and_closed_on_today(clinic, patient):
    clinic.now += timedelta(minutes=80)
    screen = open_screen("today").press("Act")
    write(screen, "Rang, no answer.").press("Acknowledge")

    assert not screen.at.text_area
    assert "Acknowledged by Robin Local, Wed 4 Feb 12:20." in screen.said
    assert (
        "First action on a flag: median 1 h 20 min, over the last 90 days (1 flag)" in screen.said
    )
    write(screen.press("Act"), "Spoke with her; safety plan.").press("Close the flag")

    assert screen.links == []
    [flag] = flags(clinic, patient)
    assert (flag.closed_by, [step.said for step in flag.steps]) == (
        "Robin Local",
        ["Rang, no answer.", "Spoke with her; safety plan."],
    )


def test_what_was_done_must_be_said(clinic, patient):
    screen = open_screen("today").press("Act").press("Close the flag")

    assert "Not saved: Please say what was done." in screen.said
    assert flags(clinic, patient)[0].closed_at is None


def test_whoever_was_second_sees_what_the_first_did_and_may_go_on(clinic, patient):
    screen = open_screen("today").press("Act")
    act_elsewhere(clinic, patient)
    write(screen, "Rang her.").press("Acknowledge")

    assert "Not saved: Meanwhile this flag was acknowledged by Bert: On the phone." in screen.said
    assert [len(flag.steps) for flag in flags(clinic, patient)] == [1]
    assert screen.field("text_area", "What was done").value == "Rang her."
    screen.press("Acknowledge")
    assert [step.taken_by for step in flags(clinic, patient)[0].steps] == ["Bert", "Robin Local"]


def test_a_flag_closed_by_somebody_else_is_not_closed_twice(clinic, patient):
    screen = open_screen("patient", id=patient).press("Act")
    act_elsewhere(clinic, patient, close_flag, "Safe.")
    write(screen, "Rang her.").press("Close the flag")

    assert "closed by Bert: Safe." in screen.said
    assert "No flag of this patient is open any more." in screen.said
    assert [len(flag.steps) for flag in flags(clinic, patient)] == [1]


def test_the_form_can_be_left(clinic, patient):
    screen = open_screen("today").press("Act").press("Not now")
    assert not screen.at.text_area
    assert flags(clinic, patient)[0].steps == ()


def test_the_chart_shows_open_flags_and_what_was_done_about_every_one(clinic, patient):
    act_elsewhere(clinic, patient, close_flag, "Safe at home <b>now</b>.")
    clinic.score(patient, read_moment("30"), 12, safety_answer=1)
    clinic.score(patient, read_moment("30"), 11, safety_answer=0)
    screen = open_screen("patient", id=patient)

    assert "PHQ-9 item 9 fell 2 → 1, still above zero, answered Wed 4 Feb." in screen.said
    assert "Closed by Bert, Wed 4 Feb 11:00: Safe at home <b>now</b>." in screen.said
    assert "<b>now</b>" not in "".join(screen.html)
    write(screen.press("Act"), "Rang.").press("Close the flag")
    assert all(flag.closed_at for flag in flags(clinic, patient))
    assert not [button for button in screen.at.button if button.label == "Act"]


def test_a_chart_without_flags_says_nothing_of_safety(clinic):
    clinic.set_day(30)
    patient = clinic.register("DEN-2")
    clinic.score(patient, read_moment("29"), 12, safety_answer=0)
    screen = open_screen("patient", id=patient)
    assert not screen.at.expander or all("flag" not in it.label for it in screen.at.expander)
    assert "safe" not in screen.said.lower().replace("safety", "")
