"""The gate: what it lets through and as whom, what it drops, and what it says to strangers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.web import presences
from dashboard.web.gate import Gate
from data import clock
from data.database import writing
from data.doors.secrets import hash_token
from data.doors.sessions import end_session, find_presence
from models.access import Stage
from models.policy import Role
from models.tables import AccessSettings, Session, User
from tests.clinic import audit_of, only_row
from tests.dashboard.web.asking import ask, talk

HOST = ("host", "127.0.0.1:8501")
PAGE = ("accept", "text/html")


@pytest.fixture
def dialect():
    return "sqlite"


class Behind:
    """Stands for the application: it remembers what reached it."""

    def __init__(self):
        self.scopes, self.heard = [], []

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"inside"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.heard.append(message["bytes"])
            await send({"type": "websocket.send", "bytes": b"answer"})

    @property
    def identity(self):
        return [it for it in self.scopes[-1]["headers"] if it[0].startswith(b"x-afterglow")]


@pytest.fixture
def behind():
    return Behind()


@pytest.fixture
def gate(behind):
    return Gate(behind)


@pytest.fixture
def anna(doors):
    return doors.user("anna", Role.CLINICIAN, doors.denver)


def cookie(token):
    return ("cookie", f"afterglow={token}")


def rerun(**said):
    message = BackMsg()
    message.rerun_script.query_string = ""
    for name, value in said.items():
        setattr(message.rerun_script, name, value)
    return message.SerializeToString()


def set_session(doors, token, **values):
    with writing(doors.engine) as connection:
        mine = update(Session).where(Session.token_hash == hash_token(token))
        connection.execute(mine.values(**values))


def dead_tokens(doors, user_id):
    now = clock.now()
    tokens = {name: doors.session_of(user_id) for name in ("idle", "old", "ended", "off")}
    set_session(doors, tokens["idle"], seen_at=now - timedelta(minutes=15, seconds=1))
    set_session(doors, tokens["old"], expires_at=now - timedelta(seconds=1))
    set_session(doors, tokens["ended"], ended_at=now)
    with writing(doors.engine) as connection:
        connection.execute(
            update(User).where(User.user_id == user_id).values(disabled_at=clock.now())
        )
    return tokens | {"garbage": "x" * 43, "long": "x" * 5000, "odd": 'a"b;=,\\', "none": ""}


def test_an_open_session_passes_with_its_identity_and_nothing_else_does(gate, behind, doors, anna):
    token = doors.session_of(anna)
    forged = [
        ("x-afterglow-user", "somebody"),
        ("X-Afterglow-Session", "somebody"),
        ("x_afterglow_user", "somebody"),
        ("x-afterglow-role", "administrator"),
    ]
    start, _ = ask(gate, path="/patients", headers=[HOST, PAGE, cookie(token), *forged])
    assert start["status"] == 200
    session = only_row(doors.engine, Session)
    assert behind.identity == [
        (b"x-afterglow-user", str(anna).encode()),
        (b"x-afterglow-session", str(session.session_id).encode()),
    ]
    assert not [name for name, _ in behind.scopes[-1]["headers"] if b"_afterglow" in name]
    assert presences.of(str(session.session_id)).person.name == "Anna"


def test_strangers_are_led_to_sign_in_or_refused_by_number(gate, behind, doors, anna):
    for name, token in dead_tokens(doors, anna).items():
        headers = [HOST, ("accept", "text/html"), cookie(token)]
        start, _ = ask(gate, path="/patient", headers=headers, query_string=b"id=7")
        assert start["status"] == 303, name
        assert dict(start["headers"])[b"location"] == b"/sign-in?next=/patient%3Fid%3D7"
        for path in ("/_stcore/host-config", "/media/a.csv", "/_stcore/metrics", "/export/a"):
            start, _ = ask(gate, path=path, headers=[HOST, cookie(token)])
            assert start["status"] == 401, (name, path)
        for method in ("POST", "PUT", "DELETE"):
            start, _ = ask(gate, path="/patient", headers=headers, method=method)
            assert start["status"] == 401, (name, method)
        sent = ask(gate, "websocket", path="/_stcore/stream", headers=[HOST, cookie(token)])
        assert sent == [{"type": "websocket.close", "code": 1008}], name
    assert behind.scopes == []


@pytest.mark.parametrize(
    ("stage", "owed"),
    [(Stage.PASSWORD, b"/sign-in/code"), (Stage.ENROLMENT, b"/sign-in/enrol")],
)
def test_a_half_open_session_reaches_its_next_step_only(gate, behind, doors, anna, stage, owed):
    headers = [HOST, PAGE, cookie(doors.session_of(anna, stage))]
    for path in ("/patients", "/account", "/confirm", "/home"):
        start, _ = ask(gate, path=path, headers=headers)
        assert dict(start["headers"])[b"location"].split(b"?")[0] == owed
    assert (
        ask(gate, path="/export/scores.csv", headers=headers[:1] + headers[2:])[0]["status"] == 401
    )
    assert ask(gate, "websocket", path="/_stcore/stream", headers=headers)[0]["code"] == 1008
    assert behind.scopes == []
    for path in ("/sign-in/code", "/sign-in/enrol", "/sign-out"):
        assert ask(gate, path=path, headers=headers)[0]["status"] == 200
        assert behind.identity == []


@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-in/code", "/set-up/x", "/welcome/x", "/door/doors.css", "/healthz"]
)
def test_the_doors_themselves_are_open_to_all(gate, behind, doors, path):
    assert ask(gate, path=path, headers=[HOST])[0]["status"] == 200
    assert behind.identity == []


@pytest.mark.parametrize("path", ["/sign-inside", "/sign-out", "/doors", "/healthz/x", "/account"])
def test_what_only_looks_like_a_door_is_none(gate, behind, doors, path):
    assert ask(gate, path=path, headers=[HOST])[0]["status"] == 401
    assert ask(gate, "websocket", path="/healthz", headers=[HOST])[0]["code"] == 1008
    assert behind.scopes == []


def test_after_revocation_a_message_is_dropped_and_nothing_runs(gate, behind, doors, anna):
    token = doors.session_of(anna)
    presence = find_presence(doors.engine, token, is_active=True)
    steps = [rerun(), lambda: end_session(doors.engine, presence), rerun(fragment_id="list")]
    sent = talk(gate, steps, [HOST, cookie(token)])
    assert behind.heard == [rerun()]
    assert [it["type"] for it in sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert sent[-1]["code"] == 1008
    assert presences.of(str(presence.session_id)) is None


def test_disabling_somebody_drops_their_next_message_too(gate, behind, doors, anna):
    def disable():
        with writing(doors.engine) as connection:
            connection.execute(update(User).values(disabled_at=clock.now()))

    sent = talk(gate, [disable, rerun()], [HOST, cookie(doors.session_of(anna))])
    assert behind.heard == []
    assert sent[-1] == {"type": "websocket.close", "code": 1008}


def test_a_forgotten_session_is_hung_up_on_without_waiting_for_a_message(gate, behind, doors, anna):
    token = doors.session_of(anna)
    session = str(find_presence(doors.engine, token, is_active=True).session_id)
    sent = talk(gate, [lambda: presences.forget(session)], [HOST, cookie(token)])
    assert sent == [{"type": "websocket.accept"}, {"type": "websocket.close", "code": 1008}]


def test_a_database_that_is_away_lets_nobody_through(gate, behind, doors, anna, monkeypatch):
    token = doors.session_of(anna)
    monkeypatch.setattr("dashboard.web.gate.find_presence", None)  # calling it fails
    assert ask(gate, path="/patients", headers=[HOST, PAGE, cookie(token)])[0]["status"] == 503
    assert ask(gate, "websocket", headers=[HOST, cookie(token)])[0]["code"] == 1008
    assert ask(gate, path="/healthz", headers=[HOST])[0]["status"] == 200
    assert [scope["path"] for scope in behind.scopes] == ["/healthz"]


def test_a_message_while_the_database_is_away_is_dropped(gate, behind, doors, anna, monkeypatch):
    def lose():
        monkeypatch.setattr("dashboard.web.gate.find_presence", None)

    sent = talk(gate, [lose, rerun()], [HOST, cookie(doors.session_of(anna))])
    assert behind.heard == []
    assert sent[-1] == {"type": "websocket.close", "code": 1008}


def seen(doors):
    return only_row(doors.engine, Session).seen_at


@pytest.mark.parametrize(
    ("messages", "counts", "heard"),
    [
        ([rerun()], False, 1),  # what a page sends by itself when it (re)connects
        ([rerun(), rerun()], True, 2),
        ([rerun(), rerun(is_auto_rerun=True)], False, 2),
        ([rerun(), BackMsg(app_heartbeat=True).SerializeToString()], False, 2),
        ([rerun(), b"\xff\xff", b""], False, 1),
        ([BackMsg(clear_cache=True).SerializeToString(), rerun()], True, 1),
        ([BackMsg(load_git_info=True).SerializeToString()], False, 0),
        ([BackMsg(debug_shutdown_runtime=True).SerializeToString()], False, 0),
    ],
)
def test_only_what_a_person_does_keeps_a_session_alive(
    gate, behind, doors, anna, messages, counts, heard
):
    token = doors.session_of(anna)
    before = clock.now() - timedelta(minutes=10)
    set_session(doors, token, seen_at=before)
    talk(gate, messages, [HOST, cookie(token)])
    assert len(behind.heard) == heard
    assert (seen(doors) > before) is counts


@pytest.mark.parametrize(
    ("path", "method", "counts"),
    [
        ("/patients", "GET", True),
        ("/door/presence", "GET", False),
        ("/door/presence", "POST", True),
        ("/_stcore/host-config", "GET", False),
        ("/static/js/a.js", "GET", False),
        ("/_stcore/upload_file/x", "PUT", True),
    ],
)
def test_polling_is_not_being_there(gate, doors, anna, path, method, counts):
    token = doors.session_of(anna)
    before = clock.now() - timedelta(minutes=10)
    set_session(doors, token, seen_at=before)
    ask(gate, path=path, headers=[HOST, PAGE, cookie(token)], method=method)
    assert (seen(doors) > before) is counts


@pytest.mark.parametrize(("minutes", "seconds", "is_open"), [(14, 59, True), (15, 1, False)])
def test_idle_for_a_quarter_of_an_hour_the_next_message_is_refused(
    gate, behind, doors, anna, monkeypatch, minutes, seconds, is_open
):
    token, start = doors.session_of(anna), clock.now()

    def wait():
        later = start + timedelta(minutes=minutes, seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda: later)

    talk(gate, [wait, rerun()], [HOST, cookie(token)])
    assert bool(behind.heard) is is_open
    ended = [line for line in audit_of(doors.engine) if line.operation == "session_ended"]
    assert len(ended) == (0 if is_open else 1)


def test_the_clinics_own_idle_time_holds(gate, doors, anna):
    token = doors.session_of(anna)
    set_session(doors, token, seen_at=clock.now() - timedelta(minutes=6))
    assert ask(gate, path="/today", headers=[HOST, cookie(token)])[0]["status"] == 200
    row = {
        "revision": 1,
        "settings": {"idle_minutes_staff": 5},
        "reason": "shared computers",
        "recorded_at": clock.now(),
        "recorded_by": "test",
    }
    with writing(doors.engine) as connection:
        connection.execute(insert(AccessSettings), row)
    set_session(doors, token, seen_at=clock.now() - timedelta(minutes=6))
    assert ask(gate, path="/today", headers=[HOST, cookie(token)])[0]["status"] == 401


@pytest.mark.parametrize(
    ("host", "client", "status"),
    [
        ("127.0.0.1:8501", "127.0.0.1", 200),
        ("localhost:8501", "::1", 200),
        ("[::1]:8501", "::1", 200),
        ("192.168.1.5:8501", "192.168.1.9", 403),
        ("localhost:8501", "192.168.1.9", 403),
        ("clinic.example", "127.0.0.1", 403),
    ],
)
def test_without_encryption_only_this_computer_is_served(
    gate, behind, doors, anna, host, client, status
):
    headers = [("host", host), PAGE, cookie(doors.session_of(anna))]
    assert ask(gate, path="/today", headers=headers, client=(client, 1))[0]["status"] == status
    open_path = ask(gate, path="/sign-in", headers=headers, client=(client, 1))[0]["status"]
    assert open_path == status, "a password must not travel in the open either"


@pytest.mark.parametrize("how", ["scheme", "address"])
def test_over_tls_only_the_strict_cookie_counts(gate, doors, anna, monkeypatch, how):
    token = doors.session_of(anna)
    scope = {"scheme": "https"} if how == "scheme" else {}
    if how == "address":
        monkeypatch.setenv("AFTERGLOW_ADDRESS", "https://clinic.example")
    host = ("host", "clinic.example")
    plain, strict = ("cookie", f"afterglow={token}"), ("cookie", f"__Host-afterglow={token}")
    outside = {"client": ("203.0.113.7", 1), **scope}
    assert ask(gate, path="/today", headers=[host, plain], **outside)[0]["status"] == 401
    assert ask(gate, path="/today", headers=[host, strict], **outside)[0]["status"] == 200
