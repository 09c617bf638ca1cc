"""Every route of the real server, Streamlit's included, asked by everybody it is not for (AZ3)."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from dashboard.web.middleware import HEADERS
from data import clock
from data.database import connect as connect_to
from data.database import reading, writing
from data.doors.secrets import hash_token
from models.access import Stage
from models.policy import Role
from models.tables import AuditLine, Emergency, Patient, Session, Site
from tests.browser.entering import COOKIE, add_user, token_of
from tests.browser.serving import ROOT, environment_for, make_demo, running_server

LIST_ROUTES = """
import json
from dashboard.app import app
found = set()
for route in app._build_starlette_app().routes:
    methods = getattr(route, "methods", None) or ["GET", "PUT", "POST", "DELETE"]
    found |= {(method, route.path) for method in methods}
print(json.dumps(sorted(found)))
"""
# Answered to anybody: what a person needs to come in, and what a machine asks about the server.
FOR_ALL = re.compile(
    r"/(sign-in|set-up|welcome|c|unsubscribe|texts)(/.*)?|/door(/(?!presence).*)?|/healthz|/favicon.png"
)
HEALTH = re.compile(r"/_stcore/health")
PAGES = ["/today", "/patients", "/patient", "/record", "/users", "/audit", "/any/thing/at/all"]
# Below a door that is open to all, but no page of ours: Streamlit would serve its own there.
DEAD_ENDS = ["/c/a/b", "/c/a/b/c", "/door/a/b", "/unsubscribe", "/unsubscribe/a/b", "/door", "/c/"]
SAMPLES = {"name": "x", "token": "x", "what": "scores", "session_id": "x", "file_id": "x"}


class Visitors:
    """Everybody who may knock: by name, the cookie they come with."""

    def __init__(self, engine):
        self.engine = engine
        with reading(engine) as connection:
            self.site = connection.scalars(select(Site.site_id)).first()
            self.patient, self.name = connection.execute(
                select(Patient.patient_id, Patient.name).where(Patient.name.is_not(None))
            ).first()
        clinician = add_user(engine, "Clinician Sweep", Role.CLINICIAN)
        self.outside = {"nobody": None, "garbage": "garbage", "idle": token_of(engine, clinician)}
        self.change(self.outside["idle"], seen_at=clock.now() - timedelta(minutes=16))
        for stage in (Stage.PASSWORD, Stage.ENROLMENT):
            self.outside[stage.value] = token_of(engine, clinician, stage)
        self.clinician = token_of(engine, clinician)
        self.inside = {
            "patient": token_of(
                engine, add_user(engine, "Patient Sweep", Role.PATIENT, sites=(self.site,))
            ),
            "manager": token_of(engine, add_user(engine, "Manager Sweep", Role.GROUP_MANAGER)),
        }

    def change(self, token, **values):
        with writing(self.engine) as connection:
            mine = update(Session).where(Session.token_hash == hash_token(token))
            connection.execute(mine.values(**values))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    environment = environment_for(folder / "sweep.sqlite")
    make_demo(environment, 20)
    engine = connect_to(environment["DATABASE_URL"])
    with running_server(environment, folder / "server.log") as address:
        yield address, Visitors(engine), folder / "server.log"
    engine.dispose()


@pytest.fixture(scope="module")
def routes():
    done = subprocess.run(
        [sys.executable, "-c", LIST_ROUTES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = json.loads(done.stdout.splitlines()[-1])
    found = {(method, re.sub(r"\{(\w+)(:\w+)?\}", sample, path)) for method, path in listed}
    return sorted(found | {("GET", page) for page in [*PAGES, *DEAD_ENDS]})


def sample(match):
    return SAMPLES.get(match.group(1), "x")


def ask(address, method, path, token=None, **headers):
    cookie = {"Cookie": f"{COOKIE}={token}"} if token else {}
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    form = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    connection.request(method, path, headers={"Accept": "text/html", **form, **cookie, **headers})
    response = connection.getresponse()
    body = response.read().decode("utf-8", "replace")
    connection.close()
    return response, body


def check_headers(headers, what):
    """Each of ours stands there once; a page may add a policy of its own that allows less."""
    for header, value in HEADERS:
        *narrower, ours = headers.get_all(header.decode())
        assert ours == value.decode(), what
        assert all(each.startswith("default-src 'none'; ") for each in narrower), what


def test_the_sweep_knows_streamlits_own_doors(routes):
    paths = {path for _, path in routes}
    assert {"/_stcore/stream", "/_stcore/metrics", "/_stcore/host-config", "/healthz"} <= paths
    assert [path for path in paths if path.startswith("/media/")]
    assert [path for path in paths if path.startswith("/_stcore/upload_file/")]
    assert len(routes) > 50


def test_no_route_serves_who_is_not_signed_in(served, routes):
    address, visitors, _ = served
    for name, token in visitors.outside.items():
        for method, path in routes:
            response, body = ask(address, method, path, token)
            what = (name, method, path, response.status)
            check_headers(response.headers, what)
            assert visitors.name not in body, what
            assert '<div id="root">' not in body, what
            if FOR_ALL.fullmatch(path) or HEALTH.fullmatch(path):
                assert response.status < 500, what
            elif response.status == 303:
                assert response.getheader("Location").startswith("/sign-in"), what
            elif path == "/sign-out":
                assert response.status in (200, 401, 405), what
            else:
                assert response.status == 401, what


def test_a_refused_websocket_carries_the_headers_too(served):
    address, _, _ = served
    foreign = {"origin": "http://evil.example"}
    for given in ({}, {"token": "garbage"}, foreign):
        with pytest.raises(InvalidStatus) as refusal, stream(address, **given):
            pass
        answer = refusal.value.response
        assert answer.status_code == (403 if given is foreign else 401)
        check_headers(answer.headers, given)


def test_every_route_answers_a_patient_and_a_manager_without_a_name_in_it(served, routes):
    address, visitors, _ = served
    ending = re.compile(r"/sign-out|/account/sign-out-everywhere")
    for name, token in visitors.inside.items():
        for method, path in routes:
            if ending.fullmatch(path) or FOR_ALL.fullmatch(path):
                continue
            response, body = ask(address, method, path, token)
            assert response.status < 500, (name, method, path)
            if path not in ("/account/password", "/confirm"):  # 401 there: a wrong password
                assert response.status != 401, (name, method, path)
            assert visitors.name not in body
            assert "text/csv" not in response.getheader("Content-Type", "")
            if path.startswith("/export/") and method == "GET":
                assert response.status == 403


CLOSED = ("/_stcore/metrics", "/_stcore/metrics/", "/_stcore/agent/interact", "/mcp", "/mcp/x")
# What Streamlit does not have it answers with its page, which nobody would watch there.
NO_PAGES = ("/static/x", "/static/index.html", "/_stcore/x", "/media/x", "/component/x", "/door/x")


def test_what_streamlit_tells_of_its_insides_is_for_nobody(served):
    address, visitors, _ = served
    for token in (*visitors.inside.values(), visitors.clinician):
        for path in (*CLOSED, *NO_PAGES):
            response, body = ask(address, "GET", path, token)
            assert (response.status, '<div id="root">' in body) == (404, False), path
        response, _ = ask(address, "PUT", "/_stcore/upload_file/x/y", token)
        assert response.status == 403
        response, body = ask(address, "GET", "/today", token)
        assert "/door/watch.js" in body


def stream(address, token=None, origin=None, **headers):
    cookie = {"Cookie": f"{COOKIE}={token}"} if token else {}
    return connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        origin=origin or address,
        additional_headers={**cookie, **headers},
        subprotocols=["streamlit"],
        proxy=None,
    )


def rerun(page="", query=""):
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    return message.SerializeToString()


def run(connection, page="", query=""):
    """Run a page and return all it sent, as text."""
    connection.send(rerun(page, query))
    return "".join(it.SerializeToString().decode("latin-1") for it in until_finished(connection))


def until_finished(connection):
    """Yield what a page sends until its script has ended."""
    kind = ""
    while kind != "script_finished":
        message = ForwardMsg.FromString(connection.recv(timeout=30))
        kind = message.WhichOneof("type")
        yield message


def read_to_the_end(connection):
    """Return what still came before the connection was hung up, within five seconds."""
    said = []
    with suppress(ConnectionClosed):
        while True:
            said.append(connection.recv(timeout=5))
    return said


def test_no_connection_is_opened_for_who_is_not_signed_in(served):
    address, visitors, _ = served
    for name, token in visitors.outside.items():
        with pytest.raises(InvalidStatus) as refusal, stream(address, token):
            pass
        assert refusal.value.response.status_code == 401, name


@pytest.mark.parametrize("page", ["today", "patients", "patient", "record", "correct", "import"])
def test_no_page_shows_a_patients_name_to_another_patient_or_a_manager(served, page):
    address, visitors, _ = served
    for token in visitors.inside.values():
        with stream(address, token) as connection:
            assert visitors.name not in run(connection, page, f"id={visitors.patient}")


def test_asking_for_somebody_elses_page_leaves_a_line(served):
    address, visitors, _ = served
    curious = add_user(visitors.engine, "Curious Sweep", Role.GROUP_MANAGER)
    token = token_of(visitors.engine, curious)
    with stream(address, token) as connection:
        for page in ("definitions", "nowhere", "patient", "audit", "patient"):
            run(connection, page, f"id={visitors.patient}")
    with reading(visitors.engine) as connection:
        theirs = (AuditLine.person == "Curious Sweep") & (AuditLine.outcome == "denied")
        columns = (AuditLine.operation, AuditLine.patient_id, AuditLine.detail)
        lines = connection.execute(select(*columns).where(theirs).order_by(AuditLine.number)).all()
    assert [tuple(line) for line in lines] == [
        ("read_chart", visitors.patient, {"page": "patient"}),
        ("read_audit", visitors.patient, {"page": "audit"}),
    ]


def test_a_clinician_sees_the_name_so_the_tests_above_would_notice(served):
    address, visitors, _ = served
    with stream(address, visitors.clinician) as connection:
        assert visitors.name in run(connection, "patient", f"id={visitors.patient}")


def test_a_chart_opened_in_an_emergency_leaves_the_screen_when_its_hour_is_over(served):
    address, visitors, _ = served
    theirs = select(Patient.site_id).where(Patient.patient_id == visitors.patient)
    with reading(visitors.engine) as connection:
        elsewhere = connection.scalars(
            select(Site.site_id).where(Site.site_id.not_in(theirs)).limit(1)
        ).one()
    user_id = add_user(visitors.engine, "Helping Sweep", Role.CLINICIAN, sites=(elsewhere,))
    row = {
        "patient_id": visitors.patient,
        "emergency_id": uuid4(),
        "user_id": user_id,
        "reason": "collapsed in our waiting room",
        "opened_at": clock.now(),
        "until_at": clock.now() + timedelta(minutes=60),
    }
    with writing(visitors.engine) as connection:
        connection.execute(insert(Emergency), row)
    with stream(address, token_of(visitors.engine, user_id)) as connection:
        connection.send(rerun("patient", f"id={visitors.patient}"))
        chart, asking = [], BackMsg()
        for message in until_finished(connection):
            chart.append(str(message))
            if message.WhichOneof("type") == "navigation":
                asking.rerun_script.page_script_hash = message.navigation.page_script_hash
            if message.WhichOneof("type") == "auto_rerun":
                assert message.auto_rerun.interval <= 5
                asking.rerun_script.fragment_id = message.auto_rerun.fragment_id
        assert visitors.name in "".join(chart)
        asking.rerun_script.query_string = f"id={visitors.patient}"
        asking.rerun_script.is_auto_rerun = True
        with writing(visitors.engine) as ending:
            ending.execute(update(Emergency).values(until_at=clock.now()))
        connection.send(asking.SerializeToString())
        banner = "".join(map(str, until_finished(connection)))
        page = "".join(map(str, until_finished(connection)))
    assert "FINISHED_EARLY_FOR_RERUN" in banner
    assert "may not read chart here" in page
    assert visitors.name not in banner + page


def test_what_a_browser_says_about_its_identity_is_not_believed(served):
    address, visitors, _ = served
    with reading(visitors.engine) as connection:
        mine = Session.token_hash == hash_token(visitors.clinician)
        row = connection.execute(select(Session.user_id, Session.session_id).where(mine)).one()
    clinicians = {"X-Afterglow-User": str(row.user_id), "X-Afterglow-Session": str(row.session_id)}
    with pytest.raises(InvalidStatus), stream(address, **clinicians):
        pass
    with stream(address, visitors.inside["patient"], **clinicians) as connection:
        said = run(connection, "patient", f"id={visitors.patient}")
    assert visitors.name not in said
    assert "Signed in as Patient Sweep" in said


def test_signing_out_hangs_up_the_other_tab_and_its_message_runs_nothing(served):
    address, visitors, _ = served
    token = token_of(visitors.engine, add_user(visitors.engine, "Leaving Sweep", Role.CLINICIAN))
    with stream(address, token) as other_tab:
        assert "Signed in as Leaving Sweep" in run(other_tab, "definitions")
        response, _ = ask(address, "POST", "/sign-out", token, Origin=address)
        assert response.status == 303
        read_to_the_end(other_tab)
        assert other_tab.close_code == 1008
    with pytest.raises(InvalidStatus), stream(address, token):
        pass


def test_a_message_after_an_administrator_ended_the_session_is_dropped(served):
    address, visitors, _ = served
    token = token_of(visitors.engine, add_user(visitors.engine, "Ended Sweep", Role.CLINICIAN))
    with stream(address, token) as connection:
        run(connection, "patients")
        visitors.change(token, ended_at=clock.now())
        connection.send(rerun("patients"))
        kinds = [ForwardMsg.FromString(it).WhichOneof("type") for it in read_to_the_end(connection)]
        assert "new_session" not in kinds, "no script was begun"
        assert connection.close_code == 1008


def test_the_next_person_who_resumes_a_connection_gets_none_of_its_state(served):
    """Streamlit resumes by an id the browser keeps; the identity it was opened with differs."""
    address, visitors, _ = served
    first = token_of(visitors.engine, add_user(visitors.engine, "First Sweep", Role.CLINICIAN))
    with stream(address, first) as connection:
        connection.send(rerun("definitions"))
        opening = ForwardMsg.FromString(connection.recv(timeout=30))
        while opening.WhichOneof("type") != "new_session":
            opening = ForwardMsg.FromString(connection.recv(timeout=30))
        theirs = opening.new_session.initialize.session_id
    resumed = connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        origin=address,
        additional_headers={"Cookie": f"{COOKIE}={visitors.clinician}"},
        subprotocols=["streamlit", "x", theirs],
        proxy=None,
    )
    with resumed as connection:
        connection.send(rerun("definitions"))
        opening = ForwardMsg.FromString(connection.recv(timeout=30))
        while opening.WhichOneof("type") != "new_session":
            opening = ForwardMsg.FromString(connection.recv(timeout=30))
        assert opening.new_session.initialize.session_id != theirs


def test_no_token_and_no_name_is_in_the_servers_log(served):
    _, visitors, log = served
    written = log.read_text()
    for secret in (*visitors.outside.values(), *visitors.inside.values(), visitors.name):
        assert secret is None or secret == "garbage" or secret not in written
