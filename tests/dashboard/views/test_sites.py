"""Sites: opening and renaming them, and a warning while one tells somebody in danger nothing."""

from __future__ import annotations

import pytest

from dashboard.wording import site_contacts as contacts
from dashboard.wording import sites as words
from data.actions.crisis_texts import set_crisis_text
from data.queries.crisis_history import read_crisis_history
from models.policy import OPERATOR
from models.tables import CrisisText, Site
from tests.clinic import only_row, rows_of
from tests.dashboard.views.people import ADA, manager_at
from tests.dashboard.views.screens import open_screen


def write(clinic, site, body, seen=0):
    set_crisis_text(
        clinic.engine, OPERATOR, site_id=site, seen_revision=seen, body=body, phone="303 555 0100"
    )


def test_the_first_site_can_be_opened(empty):
    screen = open_screen("sites", person=ADA)
    assert [it.value for it in screen.at.info] == [words.NONE_YET]
    assert not screen.at.warning
    screen.field("text_input", "Name").set_value("Reno")
    screen.field("selectbox", "Time zone").set_value("America/Los_Angeles")
    screen.press(words.OPEN)
    assert only_row(empty, Site).name == "Reno"
    assert "America/Los_Angeles" in screen.said
    assert screen.at.warning[0].value == r"1 site has no crisis text\: Reno\."


def test_a_time_zone_which_stays_for_ever_is_chosen_and_never_guessed(empty):
    screen = open_screen("sites", person=ADA)
    assert screen.field("selectbox", "Time zone").value is None
    screen.field("text_input", "Name").set_value("Reno")
    screen.press(words.OPEN)
    assert [it.value for it in screen.at.error] == [f"{words.NOT_OPENED}: {words.NO_ZONE}"]
    assert not rows_of(empty, Site)


def test_after_a_site_the_form_is_empty_for_the_next(clinic):
    screen = open_screen("sites", person=ADA)
    screen.field("text_input", "Name").set_value("Reno")
    screen.field("selectbox", "Time zone").set_value("America/Los_Angeles")
    screen.press(words.OPEN)
    assert screen.field("text_input", "Name").value == ""
    assert screen.field("selectbox", "Time zone").value is None


def test_where_no_mail_can_leave_it_is_said_beside_the_address(clinic, monkeypatch):
    monkeypatch.delenv("AFTERGLOW_SMTP_HOST", raising=False)
    assert contacts.NO_MAIL_SERVER in open_screen("sites", person=ADA).said
    monkeypatch.setenv("AFTERGLOW_SMTP_HOST", "mail.example.org")
    assert contacts.NO_MAIL_SERVER in open_screen("sites", person=ADA).said, "half set"
    monkeypatch.setenv("AFTERGLOW_SMTP_FROM", "clinic@example.org")
    assert contacts.NO_MAIL_SERVER not in open_screen("sites", person=ADA).said


def test_a_name_in_use_is_refused_beside_the_form(clinic):
    screen = open_screen("sites", person=ADA)
    screen.field("text_input", "Name").set_value("Denver")
    screen.field("selectbox", "Time zone").set_value("America/Denver")
    screen.press(words.OPEN)
    assert screen.at.error[0].value == r"Not opened: There is already a site called Denver\."


def test_a_site_is_renamed_everywhere(clinic):
    screen = open_screen("sites", person=ADA)
    screen.field("text_input", "New name").set_value("Denver East")
    screen.press(words.RENAME)
    assert "Denver East" in screen.said
    assert "Denver East" in open_screen("audit", person=ADA).field("selectbox", "Site").options


def test_a_site_without_a_text_is_warned_of_until_it_has_one(clinic):
    write(clinic, clinic.denver, "Call the nurse on duty.")
    screen = open_screen("sites", person=ADA)
    assert screen.at.warning[0].value == r"1 site has no crisis text\: Phoenix\."
    assert words.INSTEAD in screen.said
    screen.field("text_area", "Text").set_value("Call 988.")
    screen.press(words.SAVE)
    assert not screen.at.warning
    assert screen.at.selectbox(key="crisis_site").value == clinic.phoenix
    assert only_row(clinic.engine, CrisisText, site_id=clinic.phoenix).body == "Call 988."


def test_an_empty_text_is_refused(clinic):
    screen = open_screen("sites", person=ADA).press(words.SAVE)
    assert "A crisis text needs 1 to" in screen.at.error[0].value
    assert not rows_of(clinic.engine, CrisisText)


def test_earlier_texts_stay_readable_with_who_wrote_them(clinic):
    write(clinic, clinic.phoenix, "Elsewhere")
    write(clinic, clinic.denver, "Old <b>words</b>")
    write(clinic, clinic.denver, "New words", seen=1)
    [history] = [
        body for body in open_screen("sites", person=ADA).html if "Old &lt;b&gt;words" in body
    ]
    assert "command line" in history
    assert "New words" not in history


def test_a_text_written_by_somebody_else_meanwhile_is_not_overwritten(clinic):
    screen = open_screen("sites", person=ADA)
    write(clinic, clinic.denver, "Theirs")
    screen.field("text_area", "Text").set_value("Mine")
    screen.press(words.SAVE)
    assert "changed by command line in the meantime" in screen.at.warning[-1].value
    [kept] = read_crisis_history(clinic.engine, OPERATOR, site_id=clinic.denver)
    assert kept.body == "Theirs"
    screen.press(words.AS_IT_IS_NOW)
    screen.at.selectbox(key="crisis_site").set_value(clinic.denver)
    assert screen.run().field("text_area", "Text").value == "Theirs"


def test_a_site_manager_writes_the_text_of_their_own_site_and_sees_nothing_else(clinic):
    clinic.register("DEN-1")
    screen = open_screen("sites", person=manager_at(clinic.denver))
    assert screen.at.selectbox(key="crisis_site").options == ["Denver: no text yet"]
    assert [it.label for it in screen.at.expander] == [contacts.ADD]
    assert "Phoenix" not in screen.said
    assert "Patients" not in screen.said.replace(words.CRISIS_WHAT, "")
    screen.field("text_area", "Text").set_value("Call us.")
    screen.press(words.SAVE)
    assert only_row(clinic.engine, CrisisText).recorded_by == "Mo Site"


@pytest.mark.parametrize("label", [words.OPEN, words.RENAME])
def test_an_administrator_sees_every_site_with_its_patients(clinic, label):
    clinic.register("DEN-1")
    screen = open_screen("sites", person=ADA)
    [table] = [body for body in screen.html if "Time zone" in body]
    assert "data-label='Patients'>1</td>" in table.replace('"', "'")
    assert label in [it.label for it in screen.at.expander]
