"""Users: who may come in; a link shown once; nothing taken away without a question."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dashboard.wording import users as words
from data.actions.users import change_user
from data.doors.links import choose_password, is_open
from models.access import Purpose
from models.policy import OPERATOR, Role
from models.tables import Session, User
from tests.clinic import only_row, rows_of
from tests.dashboard.views.people import ADA
from tests.dashboard.views.screens import open_screen

LINK = re.compile(r"/welcome/([\w-]{40,})$")


@pytest.fixture
def anna(clinic):
    clinic.user("root", Role.ADMINISTRATOR)
    return clinic.user("anna", Role.CLINICIAN, clinic.denver, password="lantern gravel mostly oboe")


def users_screen(person=ADA):
    return open_screen("users", person=person)


def choose(user_id):
    screen = users_screen()
    screen.field("selectbox", "User").set_value(user_id)
    return screen.run()


def version_of(clinic, user_id):
    return only_row(clinic.engine, User, user_id=user_id).version


def link_on(screen):
    [code] = screen.at.code
    return LINK.search(code.value).group(1)


def test_each_user_stands_with_what_they_may_do(clinic, anna):
    table = users_screen().table.set_index("Name")
    assert list(table.columns) == list(words.COLUMNS[1:])
    row = table.loc["Anna"]
    assert (row["Sign-in name"], row["Roles"], row["Sites"]) == ("anna", "clinician", "Denver")
    assert (row["Second step"], row["Last seen"], row["State"]) == ("no", "never", "can come in")
    assert table.loc["Root", "State"] == "no password yet"


def test_whoever_has_not_confirmed_looks_and_is_led_to_confirm(clinic, anna):
    screen = users_screen(replace(ADA, is_confirmed=False))
    assert words.ONLY_LOOKING in screen.said
    assert any("href='/confirm?next=/users'" in body for body in screen.html)
    assert len(screen.table) == 2
    assert not screen.at.button, "no form to fill in in vain"


def test_a_new_clinician_gets_a_link_that_is_shown_once(clinic):
    screen = users_screen()
    screen.field("text_input", "Name, as it stands").set_value("Bert *Bold* Berg")
    screen.field("text_input", "Sign-in name").set_value("bert@clinic.example")
    screen.field("multiselect", "Roles").set_value([Role.CLINICIAN])
    screen.field("multiselect", "Sites").set_value(["Denver"])
    screen.press(words.ADD)

    token = link_on(screen)
    assert is_open(clinic.engine, token, Purpose.WELCOME)
    assert words.hand_over("Bert *Bold* Berg") in screen.said
    assert r"Bert \*Bold\* Berg is added\." in screen.at.success[0].value
    assert "Bert *Bold* Berg" in set(screen.table["Name"])
    assert token not in screen.run().said + "".join(it.value for it in screen.at.code)
    choose_password(
        clinic.engine, token, password="several words make it long", client=None, browser=None
    )
    assert only_row(clinic.engine, User).password_hash


def test_a_patients_user_is_tied_to_the_number_and_has_no_other_right(clinic):
    patient = clinic.register("DEN-1")
    screen = users_screen()
    screen.at.button_group[0].set_value(words.A_PATIENT)
    screen.run()
    assert not screen.at.multiselect
    screen.field("text_input", "Name, as it stands").set_value("Mara Kent")
    screen.field("text_input", "Sign-in name").set_value("mara")
    screen.field("text_input", "Number of the patient").set_value("DEN-1")
    screen.press(words.ADD)
    row = only_row(clinic.engine, User)
    assert (row.patient_id, row.roles) == (patient, ["patient"])
    assert screen.table["Sites"].tolist() == ["patient DEN-1"]


@pytest.mark.parametrize(
    ("roles", "sites", "said"),
    [
        ([], ["Denver"], "A user needs at least one role"),
        ([Role.CLINICIAN], [], "needs at least one site"),
    ],
)
def test_rights_that_make_no_sense_are_refused_beside_the_form(clinic, roles, sites, said):
    screen = users_screen()
    screen.field("text_input", "Name, as it stands").set_value("Bert")
    screen.field("text_input", "Sign-in name").set_value("bert")
    screen.field("multiselect", "Roles").set_value(roles)
    screen.field("multiselect", "Sites").set_value(sites)
    screen.press(words.ADD)
    assert said in screen.at.error[0].value
    assert screen.at.error[0].value.startswith(words.NOT_ADDED)
    assert not rows_of(clinic.engine, User)


def test_another_role_holds_at_once_and_signs_them_out(clinic, anna):
    clinic.session_of(anna)
    screen = choose(anna)
    screen.at.multiselect[2].set_value([Role.SITE_MANAGER])
    screen.press(words.SAVE)
    assert screen.table.set_index("Name").loc["Anna", "Roles"] == "manager of a site"
    assert only_row(clinic.engine, Session).ended_at is not None


def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten(clinic, anna):
    screen = choose(anna)
    change_user(
        clinic.engine,
        OPERATOR,
        user_id=anna,
        seen_version=version_of(clinic, anna),
        name="Anna Other",
        roles={Role.CLINICIAN},
        site_ids={clinic.phoenix},
        sees_all_sites=False,
    )
    screen.at.text_input[2].set_value("Anna Mine")
    screen.press(words.SAVE)
    assert "changed by command line in the meantime" in screen.at.warning[0].value
    assert only_row(clinic.engine, User, user_id=anna).name == "Anna Other"

    screen.press(words.AS_IT_IS_NOW)
    assert screen.at.text_input[2].value == "Anna Other"


def test_nobody_is_disabled_without_a_question(clinic, anna):
    clinic.session_of(anna)
    screen = choose(anna)
    assert words.ask_disable("Anna") in screen.said
    screen.press(words.yes(words.DISABLE, "Anna"))
    assert screen.table.set_index("Name").loc["Anna", "State"].startswith("disabled since 6 Mar")
    assert only_row(clinic.engine, Session).ended_at is not None

    screen.press(words.yes(words.ENABLE, "Anna"))
    assert screen.table.set_index("Name").loc["Anna", "State"] == "can come in"


def test_a_new_link_is_shown_once(clinic, anna):
    screen = choose(anna).press(words.yes(words.NEW_LINK, "Anna"))
    assert is_open(clinic.engine, link_on(screen), Purpose.WELCOME)
    assert not screen.run().at.code


def test_a_second_step_is_reset_and_sessions_end_when_asked(clinic, anna):
    enrolled = clinic.user("eve", Role.CLINICIAN, clinic.denver, totp_secret="sealed", totp_step=1)
    clinic.session_of(enrolled)
    screen = choose(enrolled)
    screen.press(words.yes(words.RESET_FACTOR, "Eve"))
    assert only_row(clinic.engine, User, user_id=enrolled).totp_secret is None

    clinic.session_of(anna)
    choose(anna).press(words.yes(words.SIGN_OUT, "Anna"))
    assert {row.ended_at is None for row in rows_of(clinic.engine, Session)} == {False}


def test_the_last_administrator_stays(clinic):
    root = clinic.user("root", Role.ADMINISTRATOR)
    screen = choose(root).press(words.yes(words.DISABLE, "Root"))
    assert "only administrator" in screen.at.error[0].value
    assert only_row(clinic.engine, User).disabled_at is None
