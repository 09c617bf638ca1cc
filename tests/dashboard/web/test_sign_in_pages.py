"""The plain pages as a browser without scripts sees them: signing in, second step, leaving."""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlalchemy import insert, update

from dashboard.web.middleware import HEADERS
from dashboard.wording import doors as words
from data import clock
from data.database import writing
from data.doors.links import make_set_up_token, make_token
from data.doors.sessions import find_presence
from data.passwords import hash_password
from models.access import Purpose, Stage
from models.policy import Role
from models.tables import AccessSettings, OneTimeToken, Session, User
from tests.clinic import PASSWORD, audit_of, only_row, rows_of
from tests.dashboard.web.conftest import new_browser

PRESSED = {"pressed": ""}  # a button alone
WRONG = "not the password at all"
PAGES = ("/sign-in", "/sign-in?next=/patients", "/sign-in/nowhere", "/set-up/x", "/welcome/x")


@pytest.fixture
def dialect():
    return "sqlite"


@pytest.fixture
def relaxed(doors):
    """A clinic that asks nobody for a second step."""
    row = {"revision": 1, "settings": {"second_factor": False}, "reason": "test"}
    with writing(doors.engine) as connection:
        connection.execute(
            insert(AccessSettings), row | {"recorded_at": clock.now(), "recorded_by": "test"}
        )
    return doors


def sign_in(browser, name="anna", password=PASSWORD, query=""):
    return browser.post(f"/sign-in{query}", data={"sign_in_name": name, "password": password})


def cookies_of(answer):
    return answer.headers.get_list("set-cookie")


def alert_of(answer):
    return re.search(r'role="alert"[^>]*>.*?<p>(.*?)</p>', answer.text).group(1)


def pull_clocks_on(doors):
    """Let the time step of the last code be long ago: a code works once."""
    with writing(doors.engine) as connection:
        connection.execute(update(User).values(totp_step=0))


def test_a_right_password_opens_a_session_in_a_cookie_no_script_can_read(browser, relaxed):
    relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    answer = sign_in(browser, query="?next=/patient%3Fid%3D7")
    assert (answer.status_code, answer.headers["location"]) == (303, "/patient?id=7")
    [cookie] = cookies_of(answer)
    token = re.match(r"afterglow=([\w-]{43});", cookie).group(1)
    assert set(cookie.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=lax"}
    assert token not in repr(rows_of(relaxed.engine, Session))
    assert find_presence(relaxed.engine, token, is_active=False).person.name == "Anna"


def test_over_tls_the_cookie_is_bound_to_this_host(relaxed, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_ADDRESS", "https://clinic.example")
    relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    browser = new_browser()
    browser.base_url = "https://clinic.example"
    browser.headers["origin"] = "https://clinic.example"
    answer = sign_in(browser)
    [cookie] = cookies_of(answer)
    assert cookie.startswith("__Host-afterglow=")
    assert set(cookie.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=lax", "Secure"}
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert browser.get("/account").status_code == 200


def test_wrong_name_wrong_password_disabled_and_unset_read_the_same(browser, relaxed):
    relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    relaxed.user("bert", Role.CLINICIAN, password=PASSWORD, disabled_at=clock.now())
    relaxed.user("cleo", Role.CLINICIAN)
    answers = [
        sign_in(browser, name, password)
        for name, password in (
            ("anna", WRONG),
            ("bert", PASSWORD),
            ("cleo", PASSWORD),
            ("nobody", PASSWORD),
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({re.sub(r' value="\w+"', "", answer.text) for answer in answers}) == 1
    assert not [cookie for answer in answers for cookie in cookies_of(answer)]
    assert rows_of(relaxed.engine, Session) == []


def test_after_five_failures_it_asks_to_wait_also_for_names_nobody_has(browser, relaxed):
    relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    said = set()
    for name in ("anna", "nobody"):
        for _ in range(5):
            assert sign_in(browser, name, WRONG).status_code == 401
        answer = sign_in(browser, name, PASSWORD)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        said.add(re.sub(r"\d+", "n", alert_of(answer)))
    assert len(said) == 1


def test_a_password_is_in_no_address_no_answer_and_no_log(browser, relaxed, caplog):
    relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    with caplog.at_level(0):
        for answer in (sign_in(browser, "anna", WRONG), sign_in(browser)):
            assert WRONG not in answer.text + str(answer.headers)
            assert PASSWORD not in answer.text + str(answer.headers)
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert not [it for it in ours if WRONG in it.getMessage() or PASSWORD in it.getMessage()]
    lines = repr(audit_of(relaxed.engine) + audit_of(relaxed.engine, outcome="failed"))
    assert WRONG not in lines
    assert PASSWORD not in lines


def test_a_name_mistyped_as_the_password_is_not_kept(browser, relaxed):
    sign_in(browser, PASSWORD, WRONG)
    [line] = audit_of(relaxed.engine, outcome="failed")
    assert (line.person, line.operation) == ("unknown", "sign_in")


def test_markup_in_a_name_is_text(browser, relaxed):
    answer = sign_in(browser, '"><script>alert(1)</script>', WRONG)
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


@pytest.mark.parametrize("query", ["", "?next=//evil.example", "?next=https://evil.example"])
def test_signing_in_never_leads_elsewhere(browser, relaxed, query):
    relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    assert sign_in(browser, query=query).headers["location"] == "/"


@pytest.mark.parametrize("path", PAGES)
def test_every_door_page_is_kept_by_no_browser_and_carries_the_headers(browser, doors, path):
    answer = browser.get(path)
    assert answer.headers["cache-control"] == "no-store"
    for name, value in HEADERS:
        assert answer.headers.get_list(name.decode()) == [value.decode()]
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)


def test_the_form_can_be_filled_in_by_a_password_manager(browser, doors):
    text = browser.get("/sign-in").text
    assert re.search(r'<input id="sign_in_name"[^>]* autocomplete="username"', text)
    assert re.search(r'<input id="password"[^>]* autocomplete="current-password"', text)
    assert text.count("<label for=") == 2
    assert words.WHAT in text
    assert "Nobody watches it live." in text


def test_the_second_step_opens_what_the_password_did_not(browser, doors):
    doors.user("anna", Role.CLINICIAN, doors.denver, password=PASSWORD)
    first = sign_in(browser, query="?next=/patients")
    assert first.headers["location"] == "/sign-in/enrol?next=/patients"
    assert browser.get("/patients").headers["location"] == "/sign-in/enrol?next=/patients"

    page = browser.get("/sign-in/enrol?next=/patients")
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text).group(1).replace(" ", "")
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.text).group(1)
    assert '<svg role="img"' in page.text
    mistyped = browser.post("/sign-in/enrol", data={"sealed": sealed, "code": "000000"})
    assert mistyped.status_code == 401
    assert secret in mistyped.text.replace(" ", ""), "the square code that was scanned still counts"
    before = browser.cookies["afterglow"]
    code = {"sealed": sealed, "code": pyotp.TOTP(secret).now()}
    done = browser.post("/sign-in/enrol?next=/patients", data=code)
    codes = re.findall(r"<li><code>([\w-]+)</code>", done.text)
    assert len(codes) == 10
    assert 'href="/patients"' in done.text
    assert browser.cookies["afterglow"] != before
    assert browser.get("/account").status_code == 200
    assert new_browser(before).get("/account").status_code == 303, "the old token is dead"

    browser.post("/sign-out", data=PRESSED)
    assert sign_in(browser).headers["location"] == "/sign-in/code"
    replayed = browser.post("/sign-in/code", data={"code": code["code"]})
    assert replayed.status_code == 401
    pull_clocks_on(doors)
    right = browser.post("/sign-in/code?next=/durations", data={"code": pyotp.TOTP(secret).now()})
    assert right.headers["location"] == "/durations"

    browser.post("/sign-out", data=PRESSED)
    sign_in(browser)
    recovered = browser.post("/sign-in/code?recovery=1", data={"code": codes[3]})
    assert recovered.headers["location"] == "/"
    browser.post("/sign-out", data=PRESSED)
    sign_in(browser)
    again = browser.post("/sign-in/code?recovery=1", data={"code": codes[3]})
    assert again.status_code == 401


def test_signing_out_ends_the_session_and_leaves_no_cookie(doors):
    token = doors.session_of(doors.user("anna", Role.CLINICIAN))
    browser = new_browser(token)
    assert browser.get("/sign-out").status_code == 200, "looking at the page signs nobody out"
    assert find_presence(doors.engine, token, is_active=False)
    answer = browser.post("/sign-out", data=PRESSED)
    assert answer.headers["location"] == "/sign-in?out=1"
    assert 'afterglow="";' in cookies_of(answer)[0]
    assert find_presence(doors.engine, token, is_active=False) is None
    assert new_browser(token).get("/account").status_code == 303


def test_the_next_person_on_this_computer_ends_the_session_of_the_one_before(browser, relaxed):
    relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    relaxed.user("bert", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    sign_in(browser, "anna")
    annas = browser.cookies["afterglow"]
    sign_in(browser, "bert")
    assert find_presence(relaxed.engine, annas, is_active=False) is None
    assert "<b>Bert</b>" in browser.get("/account").text


def test_the_first_administrator_is_made_once(doors):
    token = make_set_up_token(doors.engine)
    browser = new_browser()
    assert browser.get(f"/set-up/{token}").status_code == 200
    assert browser.get(f"/set-up/{token}").status_code == 200, "looking at a link uses nothing up"
    form = {"name": "Kim Osei", "sign_in_name": "kim", "password": "short"}
    weak = browser.post(f"/set-up/{token}", data=form)
    assert weak.status_code == 400
    assert "at least 12 characters" in alert_of(weak)
    assert 'value="Kim Osei"' in weak.text
    assert "short" not in weak.text
    made = browser.post(f"/set-up/{token}", data=form | {"password": PASSWORD})
    assert made.headers["location"] == "/sign-in/enrol"
    assert only_row(doors.engine, User).roles == ["administrator"]
    other = new_browser().post(f"/set-up/{token}", data=form | {"password": PASSWORD})
    assert (other.status_code, len(rows_of(doors.engine, User))) == (410, 1)


def test_a_stolen_welcome_link_that_was_used_opens_nothing(doors):
    user = doors.user("anna", Role.CLINICIAN, doors.denver)
    with writing(doors.engine) as connection:
        token = make_token(connection, Purpose.WELCOME, user, made_by="test")
    browser = new_browser()
    assert browser.get(f"/welcome/{token}").status_code == 200
    done = browser.post(f"/welcome/{token}", data={"password": PASSWORD})
    assert done.headers["location"] == "/sign-in/enrol"
    for method in ("GET", "POST"):
        thief = new_browser().request(method, f"/welcome/{token}", data=PRESSED)
        assert thief.status_code == 410
        assert not cookies_of(thief)
    assert only_row(doors.engine, OneTimeToken).used_at is not None
    lines = audit_of(doors.engine, outcome="failed")
    assert [(line.operation, line.record_id) for line in lines] == [("choose_password", user)] * 2
    for _ in range(40):
        status = new_browser().get(f"/welcome/{token}").status_code
    assert status == 429
    assert len(audit_of(doors.engine, outcome="failed")) < 30


def test_an_account_shows_and_changes_what_is_its_own(browser, relaxed):
    anna = relaxed.user("anna", Role.CLINICIAN, relaxed.denver, password=PASSWORD)
    bert = relaxed.session_of(relaxed.user("bert", Role.CLINICIAN))
    elsewhere = relaxed.session_of(anna)
    sign_in(browser)
    page = browser.get("/account").text
    assert page.count("signed in 20") == 2, "two of one's own, none of Bert's"
    new = "another lantern, other gravel"
    wrong = browser.post("/account/password", data={"old": WRONG, "new": new})
    assert wrong.status_code == 401
    right = browser.post("/account/password", data={"old": PASSWORD, "new": new})
    assert right.headers["location"] == "/account?done=password"
    assert words.PASSWORD_CHANGED in browser.get("/account?done=password").text
    assert new_browser(elsewhere).get("/account").status_code == 303
    browser.post("/account/sign-out-everywhere", data=PRESSED)
    assert browser.get("/account").status_code == 303
    assert new_browser(bert).get("/account").status_code == 200
    assert sign_in(browser, password=PASSWORD).status_code == 401
    assert sign_in(browser, password=new).status_code == 303


def test_what_needs_it_asks_once_more_whether_it_is_still_you(relaxed):
    kim = relaxed.user("kim", Role.ADMINISTRATOR, password=PASSWORD)
    with writing(relaxed.engine) as connection:
        connection.execute(update(User).values(sees_all_sites=True))
    browser = new_browser(relaxed.session_of(kim))
    with writing(relaxed.engine) as connection:
        connection.execute(update(Session).values(confirmed_at=None))
    asked = browser.get("/export/episodes.csv?instrument=PHQ-9")
    goal = "/confirm?next=/export/episodes.csv%3Finstrument%3DPHQ-9"
    assert asked.headers["location"] == goal
    assert browser.get(goal).status_code == 200
    assert browser.post(goal, data={"password": WRONG}).status_code == 401
    before = browser.cookies["afterglow"]
    confirmed = browser.post(goal, data={"password": PASSWORD})
    assert confirmed.headers["location"] == "/export/episodes.csv?instrument=PHQ-9"
    assert browser.cookies["afterglow"] != before
    sheet = browser.get(confirmed.headers["location"])
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert sheet.headers["cache-control"] == "no-store"
    assert sheet.text.startswith("patient_id,site,instrument")
    exports = [line for line in audit_of(relaxed.engine) if line.operation == "export"]
    assert len(exports) == 1
    for what in ("scores", "survival", "sites"):
        assert browser.get(f"/export/{what}.csv").status_code == 200
    for odd in ("patients.csv", "scores.csv?instrument=X", "scores.csv?as_of=yesterday"):
        assert browser.get(f"/export/{odd}").status_code in (400, 404)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.SITE_MANAGER, Role.PATIENT])
def test_only_administrators_export(doors, role):
    browser = new_browser(doors.session_of(doors.user("anna", role, doors.denver)))
    for what in ("episodes", "scores", "survival"):
        answer = browser.get(f"/export/{what}.csv")
        assert answer.status_code == 403
        assert "text/csv" not in answer.headers["content-type"]
    assert [line.operation for line in audit_of(doors.engine, outcome="denied")] == ["export"] * 3


def test_changing_the_second_step_needs_a_fresh_confirmation(doors):
    anna = doors.user("anna", Role.CLINICIAN, password=PASSWORD)
    browser = new_browser(doors.session_of(anna))
    with writing(doors.engine) as connection:
        connection.execute(update(Session).values(confirmed_at=None))
    assert browser.get("/account/second-step").headers["location"].startswith("/confirm?next=")
    for path in ("second-step/remove", "recovery-codes"):
        answer = browser.post(f"/account/{path}", data=PRESSED)
        assert answer.headers["location"] == "/confirm?next=/account"


def test_hashes_made_with_other_parameters_do_not_keep_anybody_out(browser, relaxed):
    relaxed.user("anna", Role.CLINICIAN, password_hash=hash_password(PASSWORD))
    assert sign_in(browser).status_code == 303


@pytest.mark.parametrize("stage", [Stage.PASSWORD, Stage.ENROLMENT])
def test_a_half_open_session_cannot_change_the_account(doors, stage):
    browser = new_browser(doors.session_of(doors.user("anna", Role.CLINICIAN), stage))
    for path in ("password", "second-step", "second-step/remove", "recovery-codes"):
        assert browser.post(f"/account/{path}", data=PRESSED).status_code == 401


def test_a_form_that_is_none_is_refused(browser, doors):
    assert browser.post("/sign-in", json={"sign_in_name": "anna"}).status_code == 403
    assert browser.post("/sign-in", files={"a": b"b"}).status_code == 403
    huge = browser.post("/sign-in", data={"sign_in_name": "a" * 70_000, "password": "b"})
    assert huge.status_code == 400
    many = browser.post("/sign-in", data={f"f{number}": "1" for number in range(30)})
    assert many.status_code == 400
