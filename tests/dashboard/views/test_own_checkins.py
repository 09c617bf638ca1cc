"""A patient's own check-ins: what is due now, the way to the form, and their wishes."""

from __future__ import annotations

import pytest

from dashboard.wording import asking
from dashboard.wording import own_checkins as words
from models.tables import CheckInWishes
from tests.checkins import ask
from tests.clinic import only_row, rows_of
from tests.dashboard.views.people import patient_of
from tests.dashboard.views.screens import open_screen


@pytest.fixture
def asked(clinic):
    return ask(clinic, name="Pat Moss")


def own_screen(asked):
    return open_screen("mine", person=patient_of(asked.patient_id, "Pat Moss"))


def opened(asked):
    screen = own_screen(asked)
    screen.at.session_state["own-wishes"] = True
    return screen.run()


def test_what_is_due_leads_to_the_form_in_the_same_window(asked):
    screen = own_screen(asked)
    [box] = [body for body in screen.html if "class='ag-due'" in body]
    assert "A check-in is due. It is open until Sunday 18 January." in box
    assert f"<a href='/check-in'>{words.BEGIN}</a>" in box


def test_without_one_due_it_says_when_the_next_comes(asked):
    asked.clinic.set_day(5)
    screen = own_screen(asked)
    assert "Nothing is due today. The next check-in comes on Monday 12 January." in screen.said
    assert words.TELL_ANYWAY in screen.said


def test_wishes_are_not_loaded_before_they_are_opened(asked):
    assert not own_screen(asked).at.selectbox
    assert opened(asked).field("selectbox", "Hour").value == 17


def test_a_pause_and_a_stop_are_their_own_to_choose_and_the_clinic_sees_them(asked):
    screen = opened(asked)
    assert asking.TO_PATIENT.seen_by in screen.said
    screen.field("selectbox", "Day of the week").set_value(4)
    screen.field("checkbox", asking.TO_PATIENT.stopped).check()
    screen.press(asking.SAVE)
    row = only_row(asked.engine, CheckInWishes)
    assert (row.weekday, row.stopped_on is not None, row.recorded_by) == (4, True, "Pat Moss")
    said = opened(asked).said
    assert "you: day of the week Friday; asked for no more check-ins" in said


def test_an_address_that_is_none_is_refused_beside_the_form(asked):
    screen = opened(asked)
    screen.field("text_input", asking.TO_PATIENT.email).set_value("pat at home")
    screen.press(asking.SAVE)
    assert "does not look like an e" in screen.at.error[0].value
    assert not rows_of(asked.engine, CheckInWishes)
