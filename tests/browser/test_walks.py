"""A clinician's morning, at the keyboard and with the mouse, in a real browser."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import expect

from data.database import connect
from models.policy import Role
from models.tables import Assessment, Infusion
from tests.browser.entering import add_user, token_of
from tests.browser.serving import BROKEN, environment_for, running_server
from tests.browser.visiting import DESK, opened_page, settle, visit
from tests.browser.walking import (
    lose_a_response,
    open_from_today,
    patient_with_courses,
    rows_of,
    tab_to,
)


@pytest.fixture
def mara(application):
    return patient_with_courses(application.engine)


def patient_in(page):
    return UUID(re.search(r"[?&]id=([0-9a-f-]{36})", page.url).group(1))


def test_from_the_list_to_a_chart_that_says_how_long_each_course_held(page, application):
    lose_a_response(application.engine, "Walk Through")
    open_from_today(page, "Walk Through")
    expect(page.locator("h1")).to_have_text("Walk Through")
    expect(
        page.get_by_text(re.compile(r"last infusion .* · last check-in .* course"))
    ).to_be_visible()
    expect(page.get_by_role("tab", name="Courses")).to_have_attribute("aria-selected", "true")
    expect(page.locator("table.ag-courses tbody tr")).to_contain_text(["held 14–21 days"])


def test_how_long_a_course_held_can_be_read_from_the_page_and_from_the_picture(page, mara):
    visit(page, f"/patient?id={mara}")
    held = re.compile(r"held (\d+–|under )\d+ days: last seen responding on \d+ \w+ 20\d\d")
    expect(page.locator("table.ag-courses td").filter(has_text=held).first).to_be_visible()
    picture = page.locator(".st-key-wide-picture").get_by_role("figure")
    assert held.search(picture.get_attribute("aria-label"))
    assert page.locator(".st-key-wide-picture svg.main-svg").count() >= 1
    expect(page.locator(".st-key-narrow-picture")).to_be_hidden()


def test_an_infusion_is_recorded_with_the_keyboard_alone_and_drawn_at_once(page, application, mara):
    visit(page, f"/patient?id={mara}")
    before = len(rows_of(application.engine, Infusion, mara))
    drawn = page.locator(".st-key-wide-picture").get_by_role("figure")
    assert f"{before} infusions in" in drawn.get_attribute("aria-label")

    tab_to(page, "Record an infusion")
    page.keyboard.press("Enter")
    page.wait_for_url("**/record?**")
    settle(page)
    tab_to(page, "Record the infusion")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patient?**")
    settle(page)
    expect(drawn).to_have_attribute("aria-label", re.compile(rf"{before + 1} infusions in"))
    assert len(rows_of(application.engine, Infusion, mara)) == before + 1


def test_a_phq_9_is_recorded_by_its_questions(page, application, mara):
    visit(page, f"/record?id={mara}&what=score")
    answers = ["Not at all", "Several days", "More than half the days", "Nearly every day"] * 3
    groups = page.locator("[class*='st-key-answers'] [role='radiogroup']")
    expect(groups).to_have_count(9)
    for group, answer in zip(groups.all(), answers[:9], strict=True):
        group.get_by_role("radio", name=answer, exact=True).click()
    page.get_by_role("button", name="Record the score").click()
    page.wait_for_url("**/patient?**")
    settle(page)
    row = rows_of(application.engine, Assessment, mara)[-1]
    assert row.items == [0, 1, 2, 3, 0, 1, 2, 3, 0]
    assert (row.total, row.safety_answer) == (12, 0)
    picture = page.locator(".st-key-wide-picture").get_by_role("figure")
    assert "(12, moderate)" in picture.get_attribute("aria-label")


def test_a_double_click_is_one_record(page, application, mara):
    visit(page, f"/record?id={mara}&what=score")
    before = len(rows_of(application.engine, Assessment, mara))
    page.locator("[class*='st-key-answers'] [role='radio']").first.click()
    page.get_by_label("Note").fill("pressed twice")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Record the score").dblclick(delay=1)
    page.wait_for_url("**/patient?**")
    settle(page)
    assert len(rows_of(application.engine, Assessment, mara)) == before + 1


def test_an_offered_dose_can_be_emptied(page, application, mara):
    visit(page, f"/record?id={mara}")
    for label in ("Dose mg", "Weight kg"):
        field = page.get_by_label(label)
        assert field.input_value()
        field.fill("")
        field.press("Tab")
    page.get_by_label("Note").fill("dose not written down")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Record the infusion").click()
    page.wait_for_url("**/patient?**")
    row = rows_of(application.engine, Infusion, mara)[-1]
    assert (row.note, row.dose_mg, row.weight_kg) == ("dose not written down", None, None)


def test_two_who_correct_one_record_both_see_what_the_other_wrote(browser, page, application, mara):
    record = rows_of(application.engine, Infusion, mara)[0]
    address = f"/correct?id={mara}&kind=infusion&record={record.infusion_id}"
    with opened_page(browser, application.address, DESK, application.token) as other:
        for visitor, note in ((page, "mine"), (other, "theirs")):
            visit(visitor, address)
            visitor.get_by_label("Note").fill(note)
            visitor.get_by_label("Why is it corrected?").fill("read again")
            visitor.keyboard.press("Tab")
        other.get_by_role("button", name="Save the correction").click()
        other.wait_for_url("**/patient?**")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.get_by_text("Nothing of yours is lost")).to_be_visible()
    shown = page.locator("table.ag-courses")
    expect(shown.nth(0)).to_contain_text("theirs")
    expect(shown.nth(1)).to_contain_text("mine")
    now = next(
        row
        for row in rows_of(application.engine, Infusion, mara)
        if row.infusion_id == record.infusion_id
    )
    assert (now.note, now.version) == ("theirs", record.version + 1)

    page.get_by_role("button", name="Open it as it is now").click()
    # While the page is drawn anew, the form that was stands beside the one that will be.
    expect(page.get_by_text("Nothing of yours is lost")).to_have_count(0)
    settle(page)
    expect(page.get_by_label("Note")).to_have_value("theirs")


def test_a_page_that_breaks_shows_a_reference_and_tells_nobody_why(browser, tmp_path):
    log = tmp_path / "server.log"
    environment = environment_for(tmp_path / "broken.sqlite")
    references, received = [], []

    def keep(frame):
        received.append(str(frame))

    with running_server(environment, log, BROKEN) as address:
        engine = connect(environment["DATABASE_URL"])
        token = token_of(engine, add_user(engine, "Robin Local", Role.CLINICIAN))
        engine.dispose()
        with opened_page(browser, address, DESK, token) as page:
            page.on("websocket", lambda it: it.on("framereceived", keep))
            for name in ("patients", "durations"):
                visit(page, f"/{name}")
                said = page.get_by_text("Something went wrong on our side.").inner_text()
                references.append(re.search(r"Reference ([0-9a-f]{8})\.", said).group(1))
                assert "Jane" not in page.content()
    written = log.read_text()
    assert f"bug {references[0]}: RuntimeError at broken.py:" in written
    assert f"bug {references[1]}: KeyError at broken.py:" in written
    assert received
    for text in [written, *received]:
        assert "Jane" not in text
        assert "1970" not in text
        assert "Traceback" not in text
