"""The report on paper: for whoever may read curves, never kept by a browser, without a name."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web import site_report
from dashboard.web.middleware import MIDDLEWARE
from dashboard.wording import site_comparison as said
from dashboard.wording import site_report as words
from data.database import configured_engine
from models.policy import Role
from tests.clinic import LOST, audit_of, found_clinic

SHEET = Starlette(routes=site_report.ROUTES, middleware=list(MIDDLEWARE))
HERE = "http://127.0.0.1:8501"
NO_RESPONSE = "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 18"
NAME = "Zebulon Quagmire"


@pytest.fixture
def dialect():
    return "sqlite"


@pytest.fixture
def clinic(migrated_url, two_sites, monkeypatch, copies):
    """At Denver 11 of 22 respond; Phoenix has three patients."""
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    configured_engine.cache_clear()
    clinic = found_clinic(configured_engine())
    copies.fill(clinic.engine, "eleven of 22", lambda: fill(clinic))
    yield clinic
    configured_engine().dispose()
    configured_engine.cache_clear()


def fill(clinic):
    for number in range(11):
        clinic.register(f"DEN-{number}", name=NAME, records=LOST)
        clinic.register(f"DEN-{number + 50}", records=NO_RESPONSE)
    for number in range(3):
        clinic.register(f"PHX-{number}", site=clinic.phoenix, name=NAME, records=LOST)


def visit(clinic, role, *sites, path="/report/sites?instrument=PHQ-9", **columns):
    browser = TestClient(SHEET, base_url=HERE, client=("127.0.0.1", 40000), follow_redirects=False)
    browser.headers.update({"accept": "text/html,*/*", "origin": HERE})
    if role is not None:
        token = clinic.session_of(clinic.user(f"visitor {role}", role, *sites, **columns))
        browser.cookies.set("afterglow", token, domain="127.0.0.1", path="/")
    return browser.get(path)


def text_of(answer):
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def test_a_group_manager_gets_all_of_it_and_no_browser_keeps_it(clinic):
    answer = visit(clinic, Role.GROUP_MANAGER, sees_all_sites=True)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    text = text_of(answer)
    assert "50\u00a0% of 22" in text
    for part in (words.METHOD, words.EXCLUDED, said.BESIDE, "Clinic rules, revision 1."):
        assert part in text
    assert "Phoenix has too few courses to show" in text
    assert "Nothing may be shown of Phoenix." in text
    assert re.search(r"Read on \d+ \w+ \d{4}", text)


def test_it_names_no_patient_and_gives_no_number_of_a_small_site(clinic):
    answer = visit(clinic, Role.GROUP_MANAGER, sees_all_sites=True)
    assert not re.search(r"(DEN|PHX)-\d", answer.text)
    assert "Zebulon" not in answer.text
    for row in re.findall(r'<tr><th scope="row">Phoenix</th>(.*?)</tr>', answer.text):
        assert not re.search(r">[^<]*[1-9][^<]*<", row)


def test_one_more_course_changes_no_word_of_it(clinic):
    before = visit(clinic, Role.GROUP_MANAGER, sees_all_sites=True)
    clinic.register("DEN-99", name=NAME, records=LOST)
    after = visit(clinic, Role.SITE_MANAGER, clinic.denver, clinic.phoenix)
    assert text_of(after) == text_of(before)


def test_it_is_for_paper(clinic):
    answer = visit(clinic, Role.GROUP_MANAGER, sees_all_sites=True)
    assert "/door/report.css?v=" in answer.text
    assert "<style" not in answer.text
    sheet = (site_report.__file__.rsplit("/", 1)[0]) + "/assets/report.css"
    with open(sheet, encoding="utf-8") as style:
        assert "@media print" in style.read()


def test_a_site_manager_gets_their_own_site_alone(clinic):
    answer = visit(clinic, Role.SITE_MANAGER, clinic.denver)
    assert said.ALONE in text_of(answer)
    assert "Denver" in answer.text
    assert "Phoenix" not in answer.text


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PATIENT])
def test_whoever_may_not_read_curves_is_refused_and_it_is_written_down(clinic, role):
    answer = visit(clinic, role)
    assert answer.status_code == 403
    assert "Denver" not in answer.text
    [line] = audit_of(clinic.engine, outcome="denied")
    assert line.operation == "read_curves"


def test_nobody_is_led_to_the_door(clinic):
    answer = visit(clinic, None)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("asked", ["nonsense", "../../etc/passwd", "<script>"])
def test_another_instrument_is_a_sentence(clinic, asked):
    answer = visit(
        clinic,
        Role.GROUP_MANAGER,
        path=f"/report/sites?instrument={asked}",
        sees_all_sites=True,
    )
    assert answer.status_code == 404
    assert words.NOT_AN_INSTRUMENT in text_of(answer)
    assert "<script>" not in answer.text


def test_each_look_is_audited(clinic):
    visit(clinic, Role.GROUP_MANAGER, sees_all_sites=True)
    assert "read_curves" in {line.operation for line in audit_of(clinic.engine)}
