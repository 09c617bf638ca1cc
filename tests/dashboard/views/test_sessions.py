"""Sessions: who is signed in, ended at a click; how people sign in, changed with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.wording import sessions as words
from dashboard.wording import signing_in
from dashboard.wording.browsers import browser
from models.policy import Role
from models.tables import AccessSettings, Session
from tests.clinic import only_row, rows_of
from tests.dashboard.views.people import ADA
from tests.dashboard.views.screens import open_screen


@pytest.fixture
def signed_in(clinic):
    anna = clinic.user("anna", Role.CLINICIAN, clinic.denver)
    bert = clinic.user("bert", Role.SITE_MANAGER, clinic.denver)
    for user in (anna, anna, bert):
        clinic.session_of(user)
    clinic.now += timedelta(minutes=4)
    return anna


def alive(clinic):
    return [row for row in rows_of(clinic.engine, Session) if row.ended_at is None]


def test_nobody_signed_in_is_a_sentence(empty):
    assert [it.value for it in open_screen("sessions", person=ADA).at.info] == [words.NOBODY]


def test_it_says_who_since_when_and_from_where(clinic, signed_in):
    said = open_screen("sessions", person=ADA).said
    assert "2 people in 3 browsers." in said
    assert "Anna, clinician" in said
    assert (
        "An unknown browser from 127.0.0.1 · signed in 6 Mar 2026, 11:00 · "
        "last active 4 minutes ago"
    ) in said


def test_one_is_ended_and_the_others_stay(clinic, signed_in):
    screen = open_screen("sessions", person=ADA)
    [first, *_] = [it for it in screen.at.button if it.label == words.END]
    first.click()
    screen.run()
    assert len(alive(clinic)) == 2
    assert "3 browsers" not in screen.said


def test_all_of_one_person_are_ended_at_once(clinic, signed_in):
    open_screen("sessions", person=ADA).press(words.END_ALL)
    assert [row.user_id for row in alive(clinic)] != []
    assert signed_in not in {row.user_id for row in alive(clinic)}


def test_a_session_that_was_idle_too_long_is_not_listed(clinic, signed_in):
    clinic.now += timedelta(minutes=15)
    assert [it.value for it in open_screen("sessions", person=ADA).at.info] == [words.NOBODY]


def test_settings_change_with_a_reason_and_a_revision(clinic):
    screen = open_screen("sessions", person=ADA)
    assert "Setting, revision 1" in screen.said
    screen.field("number_input", "Minutes without").set_value(10)
    screen.press(signing_in.CHANGE_IT)
    assert "needs a reason" in screen.at.error[0].value
    screen.field("text_input", signing_in.WHY).set_value("A busy hall")
    screen.press(signing_in.CHANGE_IT)
    row = only_row(clinic.engine, AccessSettings)
    assert (row.revision, row.reason, row.recorded_by) == (2, "A busy hall", "Ada Root")
    assert row.settings["idle_minutes_staff"] == 10
    assert "Setting, revision 2" in screen.said
    assert "Staff need a second step" in screen.said
    assert "out: 15, then 10" in screen.said


@pytest.mark.parametrize(
    ("said", "words_for_it"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
         "Firefox on Linux"),
        ("curl/8.0", "An unknown browser"),
        (None, "An unknown browser"),
        ("<script>Chrome</script>", "Chrome"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_people_know_it(said, words_for_it):
    assert browser(said) == words_for_it
