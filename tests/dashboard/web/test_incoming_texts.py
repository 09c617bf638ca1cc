"""Where a text service posts answers: nothing without a secret, little with a wrong one."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web import incoming_texts
from dashboard.web.middleware import MIDDLEWARE
from data import clock
from data.actions.checkin_wishes import set_wishes
from data.messages.replies import sign_reply
from models.policy import OPERATOR
from models.tables import CheckInWishes
from tests.clinic import audit_of, only_row

APP = Starlette(routes=incoming_texts.ROUTES, middleware=list(MIDDLEWARE))
PATH, SECRET, PHONE = "/texts/replies", "s" * 40, "+13035550100"


@pytest.fixture
def service(doors, monkeypatch, tmp_path):
    """A text service that knows the secret, and a patient who agreed to texts."""
    monkeypatch.setattr(clock, "now", lambda: doors.now)
    file = tmp_path / "secret"
    file.write_text(SECRET)
    monkeypatch.setenv("AFTERGLOW_TEXTS_SECRET_FILE", str(file))
    patient = doors.register("P-1")
    changes = {"phone": PHONE, "text_agreed": True}
    set_wishes(doors.engine, OPERATOR, patient_id=patient, seen_version=0, changes=changes)
    return TestClient(APP, base_url="http://127.0.0.1:8501", client=("127.0.0.1", 40000))


def post(service, said, *, secret=SECRET, **headers):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    at = str(int(clock.now().timestamp()))
    signed = {"x-timestamp": at, "x-signature": sign_reply(secret, at, body)}
    kind = {"content-type": "application/json"}
    return service.post(PATH, content=body, headers={**kind, **signed, **headers})


def is_agreed(doors):
    return only_row(doors.engine, CheckInWishes).text_agreed_at is not None


def test_a_signed_stop_is_followed_and_says_nothing_back(service, doors):
    stranger = post(service, {"from": "+19995550100", "text": "STOP"})
    assert (stranger.status_code, stranger.content) == (204, b"")
    assert is_agreed(doors)
    known = post(service, {"from": PHONE, "text": "Stop"})
    assert (known.status_code, known.content) == (204, b"")
    assert not is_agreed(doors)
    assert post(service, {"from": PHONE, "text": "START"}).status_code == 204
    assert is_agreed(doors)


def test_without_a_secret_there_is_no_such_address(service, doors, monkeypatch):
    monkeypatch.delenv("AFTERGLOW_TEXTS_SECRET_FILE")
    assert post(service, {"from": PHONE, "text": "STOP"}).status_code == 404
    assert is_agreed(doors)


@pytest.mark.parametrize(
    ("said", "more", "status"),
    [
        ({"from": PHONE, "text": "STOP"}, {"secret": "t" * 40}, 401),
        ({"from": PHONE, "text": "STOP"}, {"x-signature": ""}, 401),
        ({"from": PHONE, "text": "STOP"}, {"x-timestamp": "1"}, 401),
        ({"from": PHONE, "text": "STOP " * 4000}, {}, 401),
        (b"not json", {}, 400),
        (b"[1]", {}, 400),
        ({"from": 1, "text": "STOP"}, {}, 400),
        ({"text": "STOP"}, {}, 400),
        ({"from": PHONE, "text": "STOP"}, {"content-type": "text/plain"}, 403),
        ({"from": PHONE, "text": "STOP"}, {"origin": "http://evil.example"}, 403),
    ],
)
def test_anything_else_is_refused_and_changes_nothing(service, doors, said, more, status):
    assert post(service, said, **more).status_code == status
    assert is_agreed(doors)


def test_guessing_is_slowed_down_and_the_service_goes_on(service, doors):
    wrong = [post(service, {}, secret="t" * 40).status_code for _ in range(32)]
    assert wrong == [401] * 30 + [429] * 2
    failed = audit_of(doors.engine, outcome="failed")
    assert [line.detail for line in failed] == [{"event": "unsigned reply"}] * 30
    assert [line.operation for line in audit_of(doors.engine, outcome="denied")] == ["lockout"]
    assert post(service, {"from": PHONE, "text": "STOP"}).status_code == 204
    assert not is_agreed(doors)


def test_looking_at_it_shows_nothing(service):
    assert service.get(PATH).status_code == 405
