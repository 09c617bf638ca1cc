"""Leaving the reminders: a strange computer, no sign-in, and a look that changes nothing."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web import unsubscribe_pages
from dashboard.web.middleware import MIDDLEWARE
from data.actions.checkin_wishes import set_wishes
from data.messages.unsubscribing import unsubscribe_token
from models.policy import OPERATOR
from models.tables import CheckInWishes
from tests.clinic import only_row

HERE = "http://127.0.0.1:8501"
APP = Starlette(routes=unsubscribe_pages.ROUTES, middleware=list(MIDDLEWARE))


@pytest.fixture
def stranger():
    return TestClient(APP, base_url=HERE, client=("127.0.0.1", 40000), follow_redirects=False)


def subscriber(doors, language="en"):
    patient = doors.register("P-1", name="Mara Kent")
    changes = {"email": "mara@example.org", "mail_agreed": True, "language": language}
    set_wishes(doors.engine, OPERATOR, patient_id=patient, seen_version=0, changes=changes)
    return f"/unsubscribe/{unsubscribe_token(patient)}"


def is_subscribed(doors):
    return only_row(doors.engine, CheckInWishes).mail_agreed_at is not None


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("en", "Stop the reminders by e-mail?", "You will get no more reminders by e-mail."),
        ("es", "¿Dejar de recibir los recordatorios", "No recibirá más recordatorios por correo."),
    ],
)
def test_the_link_asks_and_its_button_does_it(doors, stranger, language, question, answer):
    address = subscriber(doors, language)
    page = stranger.get(address, headers={"accept": "text/html"})
    assert page.status_code == 200
    assert question in page.text
    assert f'<html lang="{language}">' in page.text
    assert stranger.head(address).status_code == 200
    assert is_subscribed(doors)
    assert "Mara" not in page.text
    assert "mara@" not in page.text

    [action] = re.findall(r'action="([^"]+)"', page.text)
    done = stranger.post(action, headers={"origin": HERE}, data={"stop": "1"})
    assert (done.status_code, answer in done.text) == (200, True)
    assert not is_subscribed(doors)
    again = stranger.get(address, headers={"accept": "text/html"})
    assert answer in again.text
    assert "<form" not in again.text


@pytest.mark.parametrize("kind", ["data", "files"], ids=["form", "multipart"])
def test_a_mail_programs_own_button_does_it_too(doors, stranger, kind):
    address = subscriber(doors)
    sent = {"List-Unsubscribe": "One-Click" if kind == "data" else (None, "One-Click")}
    done = stranger.post(address, **{kind: sent})
    assert done.status_code == 200
    assert not is_subscribed(doors)


def test_another_sites_page_cannot_press_it(doors, stranger):
    address = subscriber(doors)
    done = stranger.post(address, headers={"origin": "https://evil.example"})
    assert done.status_code == 403
    assert is_subscribed(doors)


def test_a_link_that_never_was_one_is_gone(doors, stranger):
    subscriber(doors)
    assert stranger.get("/unsubscribe/nonsense").status_code == 410
    assert stranger.post("/unsubscribe/nonsense", data={"stop": "1"}).status_code == 410
    assert is_subscribed(doors)
