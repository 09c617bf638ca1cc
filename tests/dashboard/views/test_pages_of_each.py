"""Which pages each role has; what is not theirs is neither listed nor there to be opened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import sitemap
from dashboard.wording import notices, users
from models.policy import Person, Role
from tests.clinic import LOST, audit_of
from tests.dashboard.views.people import (
    ADA,
    GROUP_MANAGER,
    clinician_at,
    manager_at,
    patient_of,
)
from tests.dashboard.views.screens import MAIN, Screen, enter, open_screen

CLINICAL = {"today", "patients", "patient", "record", "correct"}
PAGES = {
    "clinician": CLINICAL | {"durations", "trust", "compare", "definitions"},
    "site manager": {"trust", "compare", "definitions", "sites"},
    "group manager": {"trust", "compare", "definitions"},
    "administrator": {"import", "definitions", "users", "sites", "sessions", "audit"},
    "patient": {"mine"},
    "nobody": set(),
}
FIRST = {
    "clinician": "today",
    "site manager": "compare",
    "group manager": "compare",
    "administrator": "import",
    "patient": "mine",
}


@pytest.fixture
def people(clinic, copies):
    facts = {"name": "Mara Kent", "records": LOST}
    patient = copies.fill(clinic.engine, "one loss", lambda: clinic.register("DEN-1", **facts))
    return {
        "clinician": clinician_at(clinic.denver),
        "site manager": manager_at(clinic.denver),
        "group manager": GROUP_MANAGER,
        "administrator": ADA,
        "patient": patient_of(patient),
        "nobody": Person("Nobody", frozenset(), user_id=ADA.user_id),
    }


@pytest.mark.parametrize("role", PAGES)
def test_each_role_has_its_pages_and_no_other(people, role):
    assert {entry.name for entry in sitemap.entries_of(people[role])} == PAGES[role]


@pytest.mark.parametrize(("role", "name"), [
    (role, entry.name)
    for role in PAGES
    for entry in sitemap.ENTRIES
    if entry.name not in PAGES[role]
])  # fmt: skip
def test_the_address_of_a_page_that_is_not_theirs_shows_nothing_of_it(people, clinic, role, name):
    before = len(audit_of(clinic.engine))
    screen = open_at(name, people[role])
    place = screen.at._finished_page_script_hash
    assert place != calc_hash(name)
    assert place in {calc_hash(FIRST.get(role, "nowhere")), calc_hash("nowhere")}
    if "patient" not in PAGES[role] and role != "patient":
        assert "Mara" not in screen.said
    operations = {line.operation for line in audit_of(clinic.engine)[before:]}
    assert "read_chart" not in operations


def open_at(name, person):
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at._page_hash = calc_hash(name)
    at.user = enter(person)
    return Screen(at).run()


@pytest.mark.parametrize(("role", "name"), [
    (role, name) for role, names in PAGES.items() for name in sorted(names)
])  # fmt: skip
def test_each_of_their_pages_opens_without_an_error(people, role, name):
    screen = open_screen(name, person=people[role])
    assert screen.place == name
    assert not [it.value for it in screen.at.error]


@pytest.mark.parametrize("role", FIRST)
def test_home_leads_to_the_first_of_them(people, role):
    assert open_at("home", people[role]).place == FIRST[role]


def test_whoever_has_no_page_reads_why(people):
    screen = open_at("home", people["nobody"])
    assert notices.NO_PAGE in screen.said


def test_administration_is_a_menu_of_its_own_and_one_page_needs_none(people):
    assert list(sitemap.pages_of(people["administrator"])) == ["", sitemap.ADMINISTRATION]
    assert list(sitemap.pages_of(people["site manager"])) == [""]
    both = replace(ADA, roles=ADA.roles | {Role.CLINICIAN})
    assert sitemap.front_of(both).title == "Today"


def test_roles_are_named_in_the_order_of_the_policy():
    held = {Role.ADMINISTRATOR, Role.CLINICIAN}
    assert users.roles(held) == "clinician, administrator"
