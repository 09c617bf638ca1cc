"""Coming in and leaving in a real browser: keyboard, second step, two tabs, two people."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from data import clock
from data.database import connect, reading, writing
from data.doors.links import make_set_up_token, make_token
from data.doors.secrets import hash_token
from models.access import Purpose, Stage
from models.policy import Role
from models.tables import Patient, Session, Site, User
from tests.browser.accessible import violations
from tests.browser.entering import COOKIE, add_user, token_of
from tests.browser.serving import environment_for, running_server
from tests.browser.visiting import DESK, PHONE, settle, taken_in_hand, visit

PASSWORD = "lantern gravel mostly oboe"
LEAVES_WITHIN = 5  # seconds: AU8
# A page that is left while it loads something, and what the gate refuses it, is no complaint.
REFUSALS = re.compile(r"(401|403|404|429|410)|WebSocket|ERR_")


@pytest.fixture
def engine(application):
    return application.engine


@pytest.fixture
def stranger(browser, application):
    """Somebody at a desk who has not come in; refusals are what these walks are about."""
    yield from a_context(browser, application.address)


def a_context(browser, address, shape=DESK):
    context = browser.new_context(base_url=address, **shape)
    context.set_default_timeout(30_000)
    broken = []
    page = context.new_page()
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on(
        "console",
        lambda it: it.type == "error" and not REFUSALS.search(it.text) and broken.append(it.text),
    )
    yield page
    context.close()
    assert broken == []


def type_in(page, name, password):
    """Sign in with the keyboard alone: the name has the focus already."""
    expect(page.get_by_label("Sign-in name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def first_site(engine):
    with reading(engine) as connection:
        return connection.scalars(select(Site.site_id).order_by(Site.name)).first()


def names_in(engine):
    with reading(engine) as connection:
        return connection.scalars(select(Patient.name).where(Patient.name.is_not(None))).all()


def test_a_clinician_signs_in_with_the_keyboard_and_comes_to_the_page_they_wanted(stranger, engine):
    add_user(engine, "Keys Alone", Role.CLINICIAN, password=PASSWORD)
    stranger.goto("/patients")
    assert "/sign-in?next=/patients" in stranger.url
    type_in(stranger, "keys alone", "a wrong one, twelve")
    problem = stranger.get_by_role("alert")
    expect(problem).to_contain_text("That did not work")
    expect(problem).to_be_focused()
    expect(stranger.get_by_label("Sign-in name")).to_have_value("keys alone")
    expect(stranger).to_have_title(re.compile("^There is a problem: "))
    assert "wrong" not in stranger.url
    stranger.get_by_label("Password", exact=True).fill(PASSWORD)
    stranger.keyboard.press("Enter")
    stranger.wait_for_url("**/patients")
    settle(stranger)
    expect(stranger.locator(".ag-who")).to_contain_text("Signed in as Keys Alone")
    assert not stranger.evaluate("document.cookie").count(COOKIE), "no script reads the cookie"


def test_without_scripts_the_doors_work_too(browser, application, engine):
    add_user(engine, "No Script", Role.CLINICIAN, password=PASSWORD)
    for page in a_context(browser, application.address, {**DESK, "java_script_enabled": False}):
        page.goto("/sign-in?next=/account")
        page.get_by_label("Sign-in name").fill("no script")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("h1")).to_have_text("Your account")
        page.get_by_role("button", name="Sign out of this browser").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_the_first_administrator_sets_up_the_second_step_and_uses_both_kinds_of_code(
    browser, tmp_path
):
    environment = environment_for(tmp_path / "first.sqlite")
    with running_server(environment, tmp_path / "server.log") as address:
        engine = connect(environment["DATABASE_URL"])
        token = make_set_up_token(engine)
        for page in a_context(browser, address, PHONE):
            page.goto(f"/set-up/{token}")
            page.get_by_label("Your name").fill("Kim Osei")
            page.get_by_label("Sign-in name").fill("kim")
            page.get_by_label("Choose a password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Go in").click()
            expect(page.locator("h1")).to_have_text("Set up your second step")
            expect(page.get_by_role("img", name="Square code")).to_be_visible()
            authenticator = pyotp.TOTP(page.locator(".key code").inner_text().replace(" ", ""))
            give_code(page, "123456")
            expect(page.get_by_role("alert")).to_contain_text("That code did not work")
            give_code(page, authenticator.now())
            expect(page.locator("h1")).to_have_text("Your recovery codes")
            codes = page.locator(".codes code").all_inner_texts()
            assert len(set(codes)) == 10
            page.get_by_role("link", name="I have kept them").click()
            settle(page)
            expect(page.locator(".ag-who")).to_contain_text("Kim Osei")

            sign_out_and_in(page, "kim")
            forget_last_code(engine)
            give_code(page, authenticator.now())
            settle(page)

            sign_out_and_in(page, "kim")
            page.get_by_role("link", name=re.compile("use a recovery code")).click()
            page.get_by_label("Recovery code").fill(codes[0].upper().replace("-", " "))
            page.get_by_role("button", name="Go on").click()
            settle(page)
        engine.dispose()


def give_code(page, code):
    page.get_by_label("Code from your authenticator").fill(code)
    page.get_by_role("button", name="Go on").click()


def sign_out_and_in(page, name):
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Your second step")


def forget_last_code(engine):
    with writing(engine) as connection:
        connection.execute(update(User).values(totp_step=0))


def come_in(page, engine, user_id, address):
    token = token_of(engine, user_id)
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": address, "httpOnly": True}])
    return token


def test_signing_out_in_one_tab_empties_the_other_within_five_seconds(
    stranger, application, engine
):
    user = add_user(engine, "Two Tabs", Role.CLINICIAN)
    come_in(stranger, engine, user, application.address)
    visit(stranger, "/today")
    other = stranger.context.new_page()
    visit(other, "/definitions")
    visit(other, "/patients")
    shown = other.locator("body").inner_text()
    assert "Two Tabs" in shown
    stranger.get_by_role("link", name="Sign out").click()
    stranger.get_by_role("button", name="Sign out").click()
    signed_out = time.monotonic()
    other.wait_for_url("**/sign-in?*", timeout=LEAVES_WITHIN * 1000)
    assert time.monotonic() - signed_out <= LEAVES_WITHIN
    assert "next=%2Fpatients" in other.url
    left = other.content()
    assert not [name for name in names_in(engine) if name in left]
    other.go_back()
    expect(other.get_by_label("Sign-in name")).to_be_visible()


@pytest.mark.parametrize("why", ["idle", "ended", "disabled"])
def test_a_tab_whose_session_is_over_blanks_itself(stranger, application, engine, why):
    user = add_user(engine, f"Over By {why}", Role.CLINICIAN)
    token = come_in(stranger, engine, user, application.address)
    visit(stranger, "/today")
    here = Session.token_hash == hash_token(token)
    now = clock.now()
    changes = {
        "idle": update(Session).where(here).values(seen_at=now - timedelta(minutes=15, seconds=1)),
        "ended": update(Session).where(here).values(ended_at=now),
        "disabled": update(User).where(User.user_id == user).values(disabled_at=now),
    }
    with writing(engine) as connection:
        connection.execute(changes[why])
    stranger.wait_for_url("**/sign-in?*", timeout=LEAVES_WITHIN * 1000)
    expect(stranger.get_by_text("You were signed out")).to_be_visible()
    left = stranger.content()
    assert not [name for name in names_in(engine) if name in left]


def test_before_an_idle_tab_leaves_it_says_so_and_one_press_stays(stranger, application, engine):
    user = add_user(engine, "Stays On", Role.CLINICIAN)
    token = come_in(stranger, engine, user, application.address)
    visit(stranger, "/definitions")
    here = Session.token_hash == hash_token(token)
    nearly = clock.now() - timedelta(minutes=14, seconds=20)
    with writing(engine) as connection:
        connection.execute(update(Session).where(here).values(seen_at=nearly))
    expect(stranger.locator("#leaving-soon")).to_contain_text("signed out in a minute")
    stranger.get_by_role("button", name="Stay signed in").click()
    expect(stranger.locator("#leaving-soon")).to_have_count(0)
    with reading(engine) as connection:
        assert connection.scalar(select(Session.seen_at).where(here)) > nearly


def test_a_page_nobody_touches_ends_though_it_asks_all_the_time(stranger, application, engine):
    user = add_user(engine, "Untouched Tab", Role.CLINICIAN)
    token = come_in(stranger, engine, user, application.address)
    visit(stranger, "/definitions")
    here = Session.token_hash == hash_token(token)
    before = clock.now() - timedelta(minutes=10)
    with writing(engine) as connection:
        connection.execute(update(Session).where(here).values(seen_at=before))
    with stranger.expect_response("**/door/presence"):
        pass
    with stranger.expect_response("**/door/presence"):
        pass
    with reading(engine) as connection:
        assert connection.scalar(select(Session.seen_at).where(here)) == before


def test_two_people_on_one_computer_see_nothing_of_each_other(stranger, application, engine):
    site = first_site(engine)
    anna = add_user(engine, "Anna First", Role.CLINICIAN)
    come_in(stranger, engine, anna, application.address)
    visit(stranger, "/patients")
    stranger.get_by_label("Name or number").fill("something Anna typed")
    stranger.keyboard.press("Enter")
    settle(stranger)
    left_open = stranger.context.new_page()
    visit(left_open, "/today")

    # Anna goes without signing out, and Bert's session takes the place of hers in the browser.
    bert = add_user(engine, "Bert Second", Role.SITE_MANAGER, sites=(site,))
    come_in(stranger, engine, bert, application.address)
    for page in (stranger, left_open):
        # Each notices by itself; a visit of ours would cross theirs.
        page.wait_for_url("**/compare**", timeout=20_000)
        settle(page)
        expect(page.locator(".ag-who")).to_contain_text("Bert Second")
        shown = page.content()
        assert "something Anna typed" not in shown
        assert "Anna First" not in shown
        assert not [name for name in names_in(engine) if name in shown]


def test_what_needs_it_asks_whether_it_is_still_you_and_then_gives_the_file(
    stranger, application, engine
):
    user = add_user(engine, "Exports All", Role.ADMINISTRATOR, password=PASSWORD)
    token = come_in(stranger, engine, user, application.address)
    with writing(engine) as connection:
        here = Session.token_hash == hash_token(token)
        connection.execute(update(Session).where(here).values(confirmed_at=None))
    visit(stranger, "/import")
    stranger.get_by_role("link", name="Episodes (CSV)").click()
    expect(stranger.locator("h1")).to_have_text("Is it still you?")
    stranger.get_by_label("Password", exact=True).fill(PASSWORD)
    with stranger.expect_download() as download:
        stranger.get_by_role("button", name="Confirm").click()
    assert download.value.suggested_filename == "episodes.csv"


TOO_SMALL = """them => them.filter(it => it.getBoundingClientRect().height < 48).length"""


def test_no_door_shuts_anyone_out(browser, application, engine):
    user = add_user(engine, "Axe Doors", Role.CLINICIAN)
    with writing(engine) as connection:
        welcome = make_token(connection, Purpose.WELCOME, user, made_by="test")
    half = {stage: token_of(engine, user, stage) for stage in (Stage.PASSWORD, Stage.ENROLMENT)}
    whole = token_of(engine, user)
    pages = [
        ("/sign-in?ended=1", None),
        (f"/welcome/{welcome}", None),
        ("/welcome/dead", None),
        ("/sign-in/code", half[Stage.PASSWORD]),
        ("/sign-in/code?recovery=1", half[Stage.PASSWORD]),
        ("/sign-in/enrol", half[Stage.ENROLMENT]),
        ("/account", whole),
        ("/account/second-step", whole),
        ("/confirm", whole),
        ("/sign-out", whole),
    ]
    for page in a_context(browser, application.address):
        for address, token in pages:
            page.context.clear_cookies()
            if token:
                cookie = {"name": COOKIE, "value": token, "url": application.address}
                page.context.add_cookies([cookie])
            page.goto(address)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert violations(page, scheme) == [], f"{address} in {scheme}"
            check_size(page, address)
            with taken_in_hand(page):
                check_size(page, address)


def check_size(page, address):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is wide"
    pressed = page.locator("button:visible, a.button, input:visible:not(.whose)")
    assert pressed.evaluate_all(TOO_SMALL) == 0, f"too small for a thumb on {address}"
