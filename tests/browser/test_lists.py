"""Parts of a page that run by themselves, in a real browser: the list of patients, the tabs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard.wording.chart import DOMAINS, RECORDS
from dashboard.wording.patients import NOBODY_FOUND
from models.tables import Flag
from tests.browser.visiting import visit
from tests.browser.walking import patient_with_courses
from tests.clinic import rows_of


@pytest.fixture
def mara(application):
    return patient_with_courses(application.engine)


def test_the_list_turns_its_pages_is_searched_and_opens_a_chart(page):
    visit(page, "/patients")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text(re.compile("^26 to "))).to_be_visible()

    page.get_by_label("Name or number").fill("no such name")
    page.keyboard.press("Enter")
    expect(page.get_by_text(NOBODY_FOUND)).to_be_visible()
    page.get_by_label("Name or number").fill("")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("^1 to 25"))).to_be_visible()

    table = page.get_by_test_id("stDataFrame")
    table.click(position={"x": 16, "y": 60})  # drawn on a canvas: the box before the first row
    expect(page.get_by_role("tab", name="Courses")).to_be_visible()
    assert re.search(r"/patient\?id=[0-9a-f-]{36}$", page.url)


def test_on_a_phone_a_flag_is_read_before_it_is_acted_on(phone, application):
    flag = rows_of(application.engine, Flag, closed_at=None)[0]
    visit(phone, f"/patient?id={flag.patient_id}")
    open_flags = phone.locator(".st-key-on-chart-flags")
    said = open_flags.locator(".ag-line").bounding_box()
    act = open_flags.get_by_role("button").bounding_box()

    assert said["y"] + said["height"] <= act["y"]


def test_each_tab_is_drawn_when_it_is_opened(page, mara):
    visit(page, f"/patient?id={mara}")
    expect(page.locator("table.ag-courses tbody tr").first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    page.get_by_role("tab", name=RECORDS).click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    page.get_by_role("tab", name=DOMAINS).click()
    expect(page.get_by_text(re.compile("^After course"))).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
