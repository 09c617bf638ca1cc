"""Signing in with the group's own accounts, against a provider that answers as real ones do."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import insert, update

from dashboard.web import oidc
from data import clock
from data.database import writing
from data.doors.codes import secret_place
from data.doors.links import make_token
from data.doors.sealing import seal
from models.access import Purpose
from models.policy import Role
from models.tables import Identity, Session, User
from tests.browser.serving import free_port
from tests.clinic import audit_of, only_row, rows_of
from tests.dashboard.web.conftest import new_browser

NAME = "Group Account"
START = "/sign-in/with/group-account"


@pytest.fixture
def dialect():
    return "sqlite"


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    port = free_port()
    command = (sys.executable, "-m", "oidc_provider_mock", "--port", str(port))
    log = tmp_path_factory.mktemp("provider") / "log"
    with log.open("wb") as output:
        provider = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/.well-known/openid-configuration", provider, log)
            yield address
        finally:
            provider.kill()
            provider.wait()


def wait_for(address, process, log):
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the provider did not start; it said:\n{log.read_text()}")


@pytest.fixture
def provider(issuer, doors, monkeypatch):
    for name, value in {
        "ISSUER": issuer,
        "CLIENT_ID": "afterglow",
        "CLIENT_SECRET": "a secret of the client",
        "NAME": NAME,
    }.items():
        monkeypatch.setenv(f"AFTERGLOW_OIDC_{name}", value)
    yield issuer
    oidc._registered.cache_clear()


def agree(location, subject):
    """Sign in at the provider as a person would; return where it leads back to."""
    form = urlencode({"sub": subject}).encode()

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args):
            return None

    try:
        urllib.request.build_opener(Stay).open(urllib.request.Request(location, data=form))
    except urllib.error.HTTPError as answer:
        return answer.headers["location"]
    raise AssertionError("the provider led nowhere")


def go_there(browser, subject, start=START):
    location = browser.get(start).headers["location"]
    back = agree(location, subject)
    return browser.get(back)


def link(doors, issuer, user, subject):
    row = {"issuer": issuer, "subject": subject, "user_id": user, "linked_at": clock.now()}
    with writing(doors.engine) as connection:
        connection.execute(insert(Identity), row)


def test_a_known_identity_comes_in_by_a_link_with_pkce(provider, doors):
    link(doors, provider, doors.user("astrid", Role.PATIENT), "subject-1")
    browser = new_browser()
    page = browser.get("/sign-in?next=/mine").text
    assert f"Continue with {NAME}" in page
    href = re.search(rf'href="({START}[^"]*)"', page).group(1)
    location = browser.get(href).headers["location"]
    asked = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert asked["redirect_uri"] == f"http://127.0.0.1:8501{START}/back"
    answer = browser.get(agree(location, "subject-1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    assert len(browser.cookies["afterglow"]) == 43
    assert "afterglow-elsewhere" not in browser.cookies
    [session] = rows_of(doors.engine, Session)
    assert session.stage == "open"
    assert [
        line.detail["by"] for line in audit_of(doors.engine) if line.operation == "sign_in"
    ] == ["provider"]


def test_an_identity_nobody_linked_is_told_so_and_opens_nothing(provider, doors):
    doors.user("subject-2", Role.PATIENT)
    answer = go_there(new_browser(), "subject-2")
    assert answer.status_code == 401
    assert "no account here is linked to it" in answer.text
    assert rows_of(doors.engine, Session) == []


def test_a_welcome_link_links_an_identity_once(provider, doors):
    user = doors.user("astrid", Role.PATIENT)
    with writing(doors.engine) as connection:
        token = make_token(connection, Purpose.WELCOME, user, made_by="test")
    browser = new_browser()
    href = f"/welcome/{token}/with/group-account"
    assert href in browser.get(f"/welcome/{token}").text
    assert go_there(browser, "subject-3", href).status_code == 303
    identity = only_row(doors.engine, Identity)
    assert (identity.issuer, identity.subject, identity.user_id) == (provider, "subject-3", user)
    thief = go_there(new_browser(), "subject-4", href)
    assert thief.status_code == 410
    assert len(rows_of(doors.engine, Identity)) == 1
    assert go_there(new_browser(), "subject-3").status_code == 303


def test_the_way_back_counts_in_the_browser_it_began_in_and_once(provider, doors):
    link(doors, provider, doors.user("astrid", Role.PATIENT), "subject-5")
    victim, attacker = new_browser(), new_browser()
    back = agree(attacker.get(START).headers["location"], "subject-5")
    assert victim.get(back).status_code == 400
    victim.get(START)
    assert victim.get(back).status_code == 400, "another state than the one that was begun"
    assert attacker.get(back).status_code == 303
    assert new_browser().get(back).status_code == 400
    for odd in ("", "?state=x&code=y", "?error=access_denied", "?code=y"):
        assert new_browser().get(f"{START}/back{odd}").status_code == 400
    assert len(rows_of(doors.engine, Session)) == 1
    lines = audit_of(doors.engine, outcome="failed")
    assert [(line.operation, line.person, line.detail) for line in lines] == [
        ("sign_in", "unknown", {"by": "provider"})
    ] * 7
    for _ in range(40):
        status = new_browser().get(f"{START}/back").status_code
    assert status == 429
    assert len(audit_of(doors.engine, outcome="failed")) == 30


def test_a_forged_cookie_begins_nothing(provider, doors):
    browser = new_browser()
    browser.cookies.set("afterglow-elsewhere", "e30=", domain="127.0.0.1", path="/")
    assert browser.get(f"{START}/back?state=x&code=y").status_code == 400


def test_somebody_with_a_second_step_still_owes_it(provider, doors):
    user = doors.user("anna", Role.CLINICIAN)
    link(doors, provider, user, "subject-6")
    with writing(doors.engine) as connection:
        sealed = seal("JBSWY3DPEHPK3PXP", secret_place(user))
        connection.execute(update(User).values(totp_secret=sealed))
    assert go_there(new_browser(), "subject-6").headers["location"] == "/sign-in/code"


def test_a_provider_that_is_away_is_a_sentence(provider, doors, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_OIDC_ISSUER", f"http://127.0.0.1:{free_port()}")
    answer = new_browser().get(START)
    assert answer.status_code == 502
    assert "cannot be reached" in answer.text


def test_the_same_subject_of_another_issuer_is_somebody_else(provider, doors, monkeypatch):
    link(doors, provider, doors.user("astrid", Role.PATIENT), "subject-7")
    # The mock names itself by the host it is asked under.
    monkeypatch.setenv("AFTERGLOW_OIDC_ISSUER", provider.replace("127.0.0.1", "localhost"))
    assert go_there(new_browser(), "subject-7").status_code == 401
    assert rows_of(doors.engine, Session) == []


def test_a_provider_that_signs_in_another_name_is_not_believed(provider, doors):
    link(doors, provider, doors.user("astrid", Role.PATIENT), "subject-8")
    browser = new_browser()
    location = browser.get(START).headers["location"]
    registered = oidc._registered(oidc.configured_provider())
    registered.server_metadata["issuer"] = "https://another.example"
    assert browser.get(agree(location, "subject-8")).status_code == 400
    assert rows_of(doors.engine, Session) == []


def test_without_the_settings_there_is_no_such_door(doors, monkeypatch):
    monkeypatch.delenv("AFTERGLOW_OIDC_ISSUER", raising=False)
    browser = new_browser()
    assert "Continue with" not in browser.get("/sign-in").text
    assert browser.get("/sign-in/with/your-account").status_code == 404


def test_who_confirms_is_asked_by_the_provider_too(provider, doors):
    """A provider that knows the browser would otherwise say yes without anybody at the keyboard."""
    link(doors, provider, doors.user("astrid", Role.PATIENT), "subject-9")
    browser = new_browser()
    assert "prompt=" not in browser.get(START).headers["location"]
    assert go_there(browser, "subject-9").status_code == 303
    location = browser.get(f"{START}?next=/confirm").headers["location"]
    asked = dict(parse_qsl(urlsplit(location).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    before = browser.cookies["afterglow"]
    assert browser.get(agree(location, "subject-9")).status_code == 303
    assert browser.cookies["afterglow"] != before


@pytest.mark.parametrize(
    ("shown_at", "since", "is_fresh"),
    [
        (None, None, True),
        (1_000, None, True),  # signing in: when they last showed it there is the provider's affair
        (None, 2_000, True),  # a provider that does not say when
        (2_030, 2_000, True),
        (1_941, 2_000, True),
        (1_939, 2_000, False),
        (0, 2_000, False),
        ("2030", 2_000, False),
    ],
)
def test_an_old_sign_in_at_the_provider_confirms_nothing(shown_at, since, is_fresh):
    assert oidc._is_fresh(shown_at, since) is is_fresh
