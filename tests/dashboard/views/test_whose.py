"""Whoever the gate let in is who acts; without them nothing is drawn, and nothing stays behind."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from dashboard.web import presences
from data.doors.refusals import SIGN_IN_AGAIN
from models.policy import Operation, Person, Role
from tests.dashboard.views.screens import EVERYONE, enter, open_screen

ANNA = Person("Anna Berg", frozenset({Role.CLINICIAN}), sites=None, user_id=UUID(int=7))
HERS = UUID(int=70)


def test_the_page_says_who_is_signed_in_and_how_to_leave(clinic):
    screen = open_screen("definitions", person=replace(ANNA, name="<b>Anna</b>"))
    [line] = [body for body in screen.html if "Signed in as" in body]
    assert "Signed in as &lt;b&gt;Anna&lt;/b&gt;" in line
    assert "<a href='/sign-out'>" in line
    assert "<a href='/account'>" in line


@pytest.mark.parametrize(
    "user",
    [
        {},
        {"user": str(ANNA.user_id), "session": str(UUID(int=404))},
        {"user": str(EVERYONE.user_id), "session": str(HERS)},
        {"user": str(ANNA.user_id)},
        {"session": str(HERS)},
    ],
)
def test_nothing_is_drawn_for_who_is_not_known(clinic, user):
    clinic.register("D-1", name="Mara Quist")
    screen = open_screen("patients", person=ANNA)
    assert "Mara Quist" in screen.said
    enter(ANNA, HERS)
    screen.at.user = user
    screen.run()
    assert SIGN_IN_AGAIN in screen.said
    assert "Mara Quist" not in screen.said
    assert screen.html == []


def test_a_session_that_ended_draws_nothing_more(clinic):
    screen = open_screen("definitions", person=ANNA)
    presences.forget(screen.at.user["session"])
    assert SIGN_IN_AGAIN in screen.run().said


def test_what_one_person_typed_is_gone_for_the_next(clinic):
    screen = open_screen("patients", person=ANNA)
    screen.at.session_state["typed"] = "something Anna typed"
    assert "typed" in screen.run().at.session_state
    screen.at.user = enter(replace(ANNA, name="Bert", user_id=UUID(int=8)), UUID(int=80))
    screen.run()
    assert "typed" not in screen.at.session_state
    assert "Signed in as Bert" in screen.said


def test_what_needs_a_confirmation_leads_to_the_page_that_asks(clinic, monkeypatch):
    clinic.register("D-1", name="Mara Quist")
    asking = replace(EVERYONE, is_confirmed=False)
    monkeypatch.setattr("models.policy.NEEDS_CONFIRMATION", frozenset({Operation.LIST_PATIENTS}))
    screen = open_screen("patients", person=asking)
    assert "please confirm first that it is still you" in screen.said
    assert any("href='/confirm" in body for body in screen.html)
