"""A page of another site may not talk to this one, and every answer carries the headers."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from dashboard.web.middleware import HEADERS, HSTS, MIDDLEWARE, POLICY, SameOrigin
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
    "https://clinic.example:8501",
    "http://[",
    "http://[::1",
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
    assert ask_gate("websocket", HOST, OURS) == [{"type": "websocket.accept", "headers": HEADERS}]
    for headers in ((HOST, OURS), (HOST,)):  # a first visit has no origin
        start, _ = ask_gate("http", *headers)
        assert start["status"] == 200


def test_over_tls_a_page_that_came_without_it_is_another_site():
    """Whoever sits on the way can say anything in the name of http://clinic.example."""
    for origin, status in (
        ("http://clinic.example:8501", 403),
        ("https://clinic.example:8501", 200),
    ):
        headers = [HOST, ("origin", origin)]
        start, _ = ask(SameOrigin(greet), headers=headers, scheme="https")
        assert start["status"] == status


def test_a_refused_websocket_is_answered_with_the_headers_where_the_server_can():
    extensions = {"websocket.http.response": {}}
    start, body = ask(SameOrigin(greet), "websocket", headers=[HOST], extensions=extensions)
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 403)
    assert set(HEADERS) <= set(start["headers"])
    assert body["body"] == b"Refused: another site asked."


async def break_down(scope, receive, send):
    raise RuntimeError("Mara Kent scored 27")


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_what_breaks_is_logged_by_its_place_and_answered_with_a_number(kind, caplog):
    sent = ask(SameOrigin(break_down), kind, headers=[HOST, OURS])
    assert "break_down" in caplog.text
    assert "Mara" not in caplog.text + str(sent)
    if kind == "http":
        assert sent[0]["status"] == 500
        assert set(HEADERS) <= set(sent[0]["headers"])


async def break_off(scope, receive, send):
    await greet(scope, receive, send)
    raise RuntimeError("Mara Kent scored 27")


def test_an_answer_that_was_begun_is_not_begun_again():
    assert [it["type"] for it in ask(SameOrigin(break_off), headers=[HOST])] == [
        "http.response.start",
        "http.response.body",
    ]


@pytest.mark.parametrize("host", ["[::1", "[", "evil.example", "127.0.0.1@evil.example", ""])
def test_what_is_no_host_of_this_computer_is_refused(host):
    start, *_ = ask(Starlette(middleware=MIDDLEWARE), path="/today", headers=[("host", host)])
    assert start["status"] == 403
    assert set(HEADERS) <= set(start["headers"])


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
    local = ("host", "127.0.0.1:8501")
    start, *_ = ask(Starlette(middleware=MIDDLEWARE), path="/sign-in/nowhere", headers=[local])
    assert start["status"] == 404
    assert set(HEADERS) <= set(start["headers"])


FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")


def send_form(*headers, method="POST"):
    return ask(SameOrigin(greet), headers=[HOST, *headers], method=method)[0]["status"]


@pytest.mark.parametrize("site", ["cross-site", "same-site", "something-new"])
def test_a_form_of_another_site_is_refused_even_without_an_origin(site):
    assert send_form(FORM, ("sec-fetch-site", site)) == 403
    assert send_form(FORM, ("sec-fetch-site", site), method="DELETE") == 403
    assert send_form(FORM, ("sec-fetch-site", site), method="GET") == 200, "a link in a letter"


@pytest.mark.parametrize("site", ["same-origin", "none", ""])
def test_our_own_forms_are_taken(site):
    assert send_form(FORM, OURS, ("sec-fetch-site", site)) == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", "", "x"]
)
def test_what_is_no_form_is_not_posted(kind):
    assert send_form(("content-type", kind)) == 403
    assert send_form(("content-type", kind), method="PUT") == 200, "how Streamlit uploads"


def test_over_tls_a_browser_is_told_to_come_so_always():
    start, _ = ask(SameOrigin(greet), headers=[HOST], scheme="https")
    assert HSTS in start["headers"]
    start, _ = ask(SameOrigin(greet), headers=[HOST])
    assert HSTS not in start["headers"]
