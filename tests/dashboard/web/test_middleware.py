"""A page of another site may not talk to this one, and every answer carries the headers."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from dashboard.web.middleware import HEADERS, MIDDLEWARE, POLICY, SameOrigin
from tests.dashboard.web.asking import ask

HOST = ("host", "clinic.example:8501")
OURS = ("origin", "http://clinic.example:8501")
FOREIGN = [
    "http://evil.example",
    "http://evil.example:8501",
    "http://clinic.example",
    "http://clinic.example:8502",
    "http://clinic.example:8501.evil.example",
    "http://clinic.example:8501@evil.example",
    "null",
    "file://",
    "clinic.example:8501",
]


async def greet(scope, receive, send):
    """Stands for the application: it answers whatever reaches it."""
    await receive()
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
    await send({"type": "http.response.body", "body": b"hello"})


def ask_gate(kind, *headers):
    return ask(SameOrigin(greet), kind, headers=headers)


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_refused_over_http(origin):
    start, body = ask_gate("http", HOST, ("origin", origin))
    assert start["status"] == 403
    assert body["body"] == b"Refused: another site asked."
    assert set(HEADERS) <= set(start["headers"])


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_refused_over_a_websocket(origin):
    assert ask_gate("websocket", HOST, ("origin", origin)) == [
        {"type": "websocket.close", "code": 1008}
    ]


def test_a_websocket_without_an_origin_is_refused():
    assert ask_gate("websocket", HOST) == [{"type": "websocket.close", "code": 1008}]


def test_without_a_host_no_origin_is_ours():
    assert ask_gate("websocket", OURS) == [{"type": "websocket.close", "code": 1008}]


def test_our_own_page_is_answered():
    assert ask_gate("websocket", HOST, OURS) == [{"type": "websocket.accept"}]
    for headers in ((HOST, OURS), (HOST,)):  # a first visit has no origin
        start, _ = ask_gate("http", *headers)
        assert start["status"] == 200


def test_an_answer_keeps_its_own_headers_and_gains_ours():
    start, _ = ask_gate("http", HOST)
    assert start["headers"] == [(b"x-own", b"1"), *HEADERS]


def test_what_is_neither_http_nor_websocket_passes_through():
    seen = []

    async def lifespan(scope, receive, send):
        seen.append(scope["type"])

    gate = SameOrigin(lifespan)
    with pytest.raises(StopIteration):
        gate({"type": "lifespan"}, None, None).send(None)
    assert seen == ["lifespan"]


def test_the_policy_allows_no_outside_host_no_frame_and_no_evaluation():
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert "unsafe-eval" not in POLICY
    assert "'unsafe-inline'" not in rules["script-src"]
    assert not [word for word in POLICY.split() if "://" in word or "*" in word]


def test_not_found_and_errors_carry_the_headers_too():
    start, *_ = ask(Starlette(middleware=MIDDLEWARE), path="/nowhere", headers=[HOST])
    assert start["status"] == 404
    assert set(HEADERS) <= set(start["headers"])
