"""The check-in on a telephone: keyboard, no scripts, a bad line, two at once, and a killed server.

Everybody here is a stranger to the server with nothing but a link.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from dashboard.wording.checkin import EN, ES
from data import clock
from data.actions.sites import open_site
from data.database import connect, reading, writing
from data.doors.secrets import hash_token
from data.setup import ready
from models.policy import OPERATOR, Role
from models.tables import Assessment, CheckIn, CheckInLink, Flag
from tests.browser.accessible import violations
from tests.browser.asking import new_link
from tests.browser.entering import COOKIE, add_user, token_of
from tests.browser.serving import environment_for, running_server
from tests.browser.visiting import visit

SHAPE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
NARROW = {**SHAPE, "viewport": {"width": 320, "height": 640}}
DESK = {"viewport": {"width": 1280, "height": 900}}
QUESTIONS = 10  # PHQ-9 and pain
# What Chromium's own tools call slow 4G.
SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1.6e6 * 0.9 / 8,
    "uploadThroughput": 0.75e6 * 0.9 / 8,
}
PATIENCE = 15  # seconds to the first question; measured, it is one or two


@pytest.fixture
def engine(application):
    return application.engine


@contextmanager
def a_phone(browser, address, **more):
    """Yield a page of a telephone that has never been here."""
    context = browser.new_context(base_url=address, locale="en-US", **{**SHAPE, **more})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser, application):
    with a_phone(browser, application.address) as page:
        yield page


def tap(page: Page, value: int) -> None:
    """Tap an answer and wait for the page it leads to."""
    with page.expect_navigation():
        page.locator(f"button.answer[value='{value}']").tap()


def fill_in(page: Page, link: str, *, ninth: int = 0, pain: int = 4) -> int:
    """Go from the first question to what comes after the last; return the taps it took."""
    page.goto(link)
    answers = [*[1] * 8, ninth, pain]
    for number, value in enumerate(answers, start=1):
        expect(page.locator(".place")).to_have_text(f"{number} of {QUESTIONS}")
        tap(page, value)
    expect(page.locator("h1")).to_have_text(EN.more_title)
    return len(answers)


def send(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=EN.send).tap()


def rows(engine, model, patient_id):
    table = model.__table__
    with reading(engine) as connection:
        return list(connection.execute(select(table).where(table.c.patient_id == patient_id)))


def answered(engine, patient_id):
    [checkin] = rows(engine, CheckIn, patient_id)
    return checkin.answers


def test_without_scripts_eleven_taps_are_a_check_in(browser, application, engine):
    made, patient_id = new_link(engine)
    with a_phone(browser, application.address, java_script_enabled=False) as page:
        taps = fill_in(page, f"/c/{made.token}")
        send(page)
        taps += 1
        expect(page.locator("h1")).to_have_text(re.compile(r"Saved at \d\d:\d\d"))
        expect(page.locator("svg.points")).to_have_count(2)
    assert taps == 11
    assert {row.total for row in rows(engine, Assessment, patient_id)} == {8, 4}


FOCUS = """() => { const it = document.activeElement; const style = getComputedStyle(it);
  return {name: it.innerText || it.getAttribute('aria-label') || it.id || it.name, tag: it.tagName,
    outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2}; }"""


def tab(page: Page) -> str:
    """Press Tab, see that the focus shows, and return what has it."""
    page.keyboard.press("Tab")
    found = page.evaluate(FOCUS)
    assert found["outline"], f"the focus does not show on {found}"
    return found["name"].strip()


def test_with_the_keyboard_alone(browser, application, engine):
    made, patient_id = new_link(engine)
    with a_phone(browser, application.address) as page:
        page.goto(f"/c/{made.token}")
        order = [tab(page) for _ in range(6)]
        labels = ["Not at all", "Several days", "More than half the days", "Nearly every day"]
        assert order == [EN.other_name, *labels, EN.rather_not]
        page.goto(f"/c/{made.token}")
        for number in range(1, QUESTIONS + 1):
            expect(page.locator(".place")).to_have_text(f"{number} of {QUESTIONS}")
            tab(page)
            tab(page)
            with page.expect_navigation():
                page.keyboard.press("Enter" if number % 2 else "Space")
        expect(page.locator("h1")).to_have_text(EN.more_title)
        tab(page)  # the other language
        tab(page)
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")  # on a box this sends nothing off
        expect(page.locator("h1")).to_have_text(EN.more_title)
        expect(page.locator(":checked")).to_have_count(1)
        for _ in range(10):
            tab(page)
        page.keyboard.type("A good week.")
        assert tab(page) == EN.send
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text(re.compile("Saved at"))
    [checkin] = rows(engine, CheckIn, patient_id)
    assert (checkin.note, checkin.chips) == ("A good week.", ["side_effects"])
    assert {row.total for row in rows(engine, Assessment, patient_id)} == {0}


def test_nothing_is_chosen_for_anybody(phone, engine):
    made, _ = new_link(engine)
    for number in range(1, QUESTIONS + 2):
        phone.goto(f"/c/{made.token}?q={number}")
        expect(
            phone.locator(".chosen, [checked], :checked, [aria-describedby=chosen]")
        ).to_have_count(0)
        assert phone.evaluate("document.activeElement.tagName") == "BODY"


def test_on_a_slow_line_the_first_question_is_there_in_seconds(phone, engine, record_property):
    made, _ = new_link(engine)
    line = phone.context.new_cdp_session(phone)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.emulateNetworkConditions", SLOW_4G)
    started = time.monotonic()
    phone.goto(f"/c/{made.token}")
    expect(phone.locator("button.answer").first).to_be_visible()
    seconds = time.monotonic() - started
    record_property("seconds to the first question", round(seconds, 2))
    assert seconds < PATIENCE
    fetched = phone.evaluate("performance.getEntriesByType('resource').map(it => it.name)")
    assert fetched == []


def test_a_cut_line_loses_nothing_and_it_goes_on(phone, engine):
    made, patient_id = new_link(engine)
    phone.goto(f"/c/{made.token}")
    for value in (1, 2, 3):
        tap(phone, value)
    expect(phone.locator(".place")).to_have_text("4 of 10")
    phone.context.set_offline(True)
    with phone.expect_event("requestfailed"):
        phone.locator("button.answer").nth(1).tap()
    assert answered(engine, patient_id) == {"PHQ-9": {"1": 1, "2": 2, "3": 3}}
    phone.context.set_offline(False)
    phone.goto(f"/c/{made.token}")
    expect(phone.locator(".place")).to_have_text("4 of 10")
    tap(phone, 1)
    expect(phone.locator(".place")).to_have_text("5 of 10")


def test_it_goes_on_with_another_device(browser, application, phone, engine):
    made, _ = new_link(engine)
    phone.goto(f"/c/{made.token}")
    for value in (1, 0):
        tap(phone, value)
    with a_phone(browser, application.address, **NARROW) as other:
        other.goto(f"/c/{made.token}")
        expect(other.locator(".place")).to_have_text("3 of 10")
        expect(other.locator(".chosen")).to_have_count(0)


def test_two_at_once_leave_one_record_and_both_get_the_receipt(browser, application, phone, engine):
    made, patient_id = new_link(engine)
    with a_phone(browser, application.address) as other:
        fill_in(phone, f"/c/{made.token}")
        other.goto(f"/c/{made.token}")
        expect(other.locator("h1")).to_have_text(EN.more_title)
        for page in (phone, other):
            page.evaluate("setTimeout(() => document.querySelector('[name=send]').click(), 300)")
        for page in (phone, other):
            expect(page.locator("h1")).to_have_text(re.compile("Saved at"))
    assert len(rows(engine, Assessment, patient_id)) == 2


def test_a_link_that_is_over_and_one_that_is_used(phone, engine):
    made, patient_id = new_link(engine)
    phone.goto(f"/c/{made.token}")
    tap(phone, 1)
    change_link(engine, made, expires_at=clock.now() - timedelta(minutes=1))
    with phone.expect_navigation():
        phone.locator("button.answer").first.tap()
    expect(phone.locator("h1")).to_have_text(EN.over_title)
    assert answered(engine, patient_id) == {"PHQ-9": {"1": 1}}

    used, patient_id = new_link(engine)
    fill_in(phone, f"/c/{used.token}")
    send(phone)
    phone.go_back()
    phone.goto(f"/c/{used.token}")
    expect(phone.locator("h1")).to_have_text(re.compile("Saved at"))
    before = clock.now() - timedelta(minutes=20)
    with writing(engine) as connection:
        mine = update(CheckIn).where(CheckIn.patient_id == patient_id)
        connection.execute(mine.values(submitted_at=before))
    phone.goto(f"/c/{used.token}")
    expect(phone.locator("h1")).to_have_text(EN.done_bare)
    expect(phone.locator("svg")).to_have_count(0)


def change_link(engine, made, **values):
    with writing(engine) as connection:
        here = CheckInLink.token_hash == hash_token(made.token)
        connection.execute(update(CheckInLink).where(here).values(**values))


def test_a_worrying_answer_shows_the_card_with_its_two_links_and_then_the_receipt(phone, engine):
    made, patient_id = new_link(engine)
    fill_in(phone, f"/c/{made.token}", ninth=1)
    send(phone)
    expect(phone.locator("h1")).to_have_text(EN.support_title)
    assert phone.get_by_role("link", name="Call 988").get_attribute("href") == "tel:988"
    assert phone.get_by_role("link", name="Send a text to 988").get_attribute("href") == "sms:988"
    expect(phone.get_by_text(EN.support_saved)).to_be_visible()
    assert len(rows(engine, Flag, patient_id)) == 1
    phone.get_by_role("link", name=EN.go_on).tap()
    expect(phone.locator("h1")).to_have_text(re.compile("Saved at"))


def test_on_the_tablet_back_shows_the_next_person_nothing(phone, engine):
    made, _ = new_link(engine, mode="kiosk")
    phone.goto("/c")
    expect(phone.locator("#code")).to_be_focused()
    phone.keyboard.type(made.short_code)
    with phone.expect_navigation():
        phone.keyboard.press("Enter")
    fill_in(phone, phone.url, ninth=2)
    send(phone)
    phone.get_by_role("link", name=EN.go_on).tap()
    phone.get_by_role("link", name=EN.next_person).tap()
    expect(phone.locator("h1")).to_have_text(EN.code_title)
    for _ in range(3):
        phone.go_back()
        expect(phone.locator("svg, .chosen, .support")).to_have_count(0)
        assert "answered" not in phone.inner_text("main")


# What differs between them is the width, the colours and the words: each is seen once by axe.
LOOKS = [
    (NARROW, "light", ("en", "es"), True),
    (SHAPE, "dark", ("en",), True),
    (DESK, "light", ("en",), False),
]


def test_no_screen_shuts_anyone_out(browser, application, engine):
    """Axe, 48 pixels for a thumb and no sideways scroll, on every screen in both languages."""
    made, _ = new_link(engine)
    worry, _ = new_link(engine)
    kiosk, _ = new_link(engine, mode="kiosk")
    with a_phone(browser, application.address) as page:
        for link in (worry, kiosk):
            fill_in(page, f"/c/{link.token}", ninth=3)
            send(page)
    addresses = [f"/c/{made.token}?q={number}&" for number in (1, 2, 9, 10, 11)]
    addresses += [f"/c/{worry.token}/done?", f"/c/{worry.token}/done?seen=1&"]
    addresses += [f"/c/{kiosk.token}/done?seen=1&", "/c?", "/c/nobodys?"]
    for shape, scheme, languages, is_read in LOOKS:
        width = shape["viewport"]["width"]
        shaped = {"is_mobile": False, **shape, "color_scheme": scheme}
        with a_phone(browser, application.address, **shaped) as page:
            for address in addresses:
                for language in languages:
                    page.goto(f"{address}lang={language}")
                    check_screen(page, width, scheme if is_read else None)
            page.goto(f"/c/{made.token}?q=11&lang=es")
            page.locator("textarea").fill("x")
            with page.expect_navigation():
                page.locator("[name=send]").click()
            expect(page.get_by_text(ES.nothing_yet)).to_be_visible()
            check_screen(page, width, scheme if is_read else None)


def check_screen(page: Page, width: int, scheme: str | None) -> None:
    where = f"{page.url} at {width}"
    if scheme is not None:
        assert violations(page, scheme) == [], where
    assert page.evaluate("document.documentElement.scrollWidth") <= width, where
    small = page.locator(
        "button:visible:not([tabindex]), a:visible, label.chip, input:visible:not([type=checkbox])"
    )
    sizes = small.evaluate_all(
        """them => them.map(it => [it.innerText, it.getBoundingClientRect()])
            .filter(([_, box]) => box.height < 48 || box.width < 48)
            .map(([text, box]) => [text, box.width, box.height])"""
    )
    assert sizes == [], f"too small for a thumb: {where}"
    # Text twice as large, nothing else: all of it still fits.
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%', 'important')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{where}, large text"


# The flag outlives the server


def test_a_flag_outlives_a_killed_server(browser, tmp_path):
    """Sent, acknowledged by the page, killed that moment: open on Today afterwards, once."""
    environment = environment_for(tmp_path / "killed.sqlite")
    engine = connect(environment["DATABASE_URL"])
    ready(engine)
    open_site(engine, OPERATOR, name="Denver", time_zone="America/Denver")
    made, patient_id = new_link(engine)
    with running_server(environment, tmp_path / "before.log") as address:  # ends with kill -9
        with a_phone(browser, address) as page:
            fill_in(page, f"/c/{made.token}", ninth=2)
            page.get_by_role("button", name=EN.send).tap()
            page.wait_for_url("**/done")
    [flag] = rows(engine, Flag, patient_id)
    assert (flag.kind, flag.closed_at) == ("safety_item", None)

    with running_server(environment, tmp_path / "after.log") as address:
        user = add_user(engine, "Robin After", Role.CLINICIAN)
        with a_phone(browser, address, **DESK, is_mobile=False) as page:
            cookie = {"name": COOKIE, "value": token_of(engine, user), "url": address}
            page.goto(f"/c/{made.token}")
            expect(page.locator("h1")).to_have_text(EN.support_title)
            page.context.add_cookies([cookie])
            visit(page, "/")
            expect(page.get_by_role("link", name="Quinn Private")).to_have_count(1)
    assert len(rows(engine, Flag, patient_id)) == 1
    assert len(rows(engine, Assessment, patient_id)) == 2
    engine.dispose()
