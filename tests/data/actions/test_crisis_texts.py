"""What a site tells somebody in danger: never empty, never lost, and each site's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from data.actions.crisis_texts import set_crisis_text
from data.queries.crisis_texts import read_crisis_texts
from models.errors import Conflict, NotFound, Refused
from models.policy import OPERATOR, Denied, Person, Role
from models.tables import CrisisText
from tests.clinic import audit_of, rows_of

NO_SITE = UUID(int=7)
ROOT = Person("Root", frozenset({Role.ADMINISTRATOR}))


@pytest.fixture
def manager(clinic):
    return Person("Mo", frozenset({Role.SITE_MANAGER}), sites=frozenset({clinic.denver}))


def write(clinic, person, body="Call 988 now.", seen=0, site_id=None, phone=" 988 "):
    return set_crisis_text(
        clinic.engine,
        person,
        site_id=site_id or clinic.denver,
        seen_revision=seen,
        body=body,
        phone=phone,
    )


def test_a_site_manager_writes_for_their_site_and_no_other(clinic, manager):
    assert write(clinic, manager) == 1
    with pytest.raises(Denied):
        write(clinic, manager, site_id=clinic.phoenix)

    [text] = read_crisis_texts(clinic.engine, manager)
    assert (text.site, text.body, text.phone, text.recorded_by) == (
        "Denver",
        "Call 988 now.",
        "988",
        "Mo",
    )
    [line] = [line for line in audit_of(clinic.engine) if line.operation == "set_crisis_text"]
    assert (line.chain_id, line.detail) == (clinic.denver, {"revision": 1})


@pytest.mark.parametrize("phone", ["Ask at the desk", "24 hours", "nine eight eight"])
def test_a_telephone_that_nobody_could_dial_is_refused(clinic, manager, phone):
    with pytest.raises(Refused, match="holds no number to dial"):
        write(clinic, manager, phone=phone)
    for number, line in enumerate(["988", "Text HOME to 741741", None]):
        assert write(clinic, manager, phone=line, seen=number) == number + 1


def test_an_administrator_sees_every_site_those_without_a_text_first(clinic, manager):
    write(clinic, manager)
    texts = read_crisis_texts(clinic.engine, ROOT)

    assert [(text.site, text.is_blank, text.revision) for text in texts] == [
        ("Phoenix", True, 0),
        ("Denver", False, 1),
    ]


def test_earlier_texts_are_kept(clinic, manager):
    write(clinic, manager)
    write(clinic, ROOT, body="Call 988 or 911.", seen=1, phone=None)

    assert [row.body for row in rows_of(clinic.engine, CrisisText)] == [
        "Call 988 now.",
        "Call 988 or 911.",
    ]
    assert read_crisis_texts(clinic.engine, manager)[0].phone is None


@pytest.mark.parametrize("body", ["", " \n", "x" * 2001])
def test_it_is_never_empty_and_never_a_book(clinic, manager, body):
    with pytest.raises(Refused, match="1 to 2000"):
        write(clinic, manager, body=body)
    with pytest.raises(Refused, match="telephone"):
        write(clinic, manager, phone="9" * 81)
    assert rows_of(clinic.engine, CrisisText) == []


def test_of_two_who_saw_the_same_one_is_told(clinic, manager):
    write(clinic, manager)

    def one(number):
        try:
            return write(clinic, manager, body=f"Text {number}", seen=1)
        except Conflict:
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, range(4)))

    assert sorted(answers, key=str) == [2, None, None, None]
    assert len(rows_of(clinic.engine, CrisisText)) == 2


def test_a_site_that_is_not_there(clinic):
    with pytest.raises(NotFound):
        set_crisis_text(
            clinic.engine, OPERATOR, site_id=NO_SITE, seen_revision=0, body="Call 988.", phone=None
        )


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CLINICIAN, Role.GROUP_MANAGER])
def test_nobody_else_reads_or_writes_them_here(clinic, role):
    person = Person("Eve", frozenset({role}), sites=frozenset({clinic.denver}))
    with pytest.raises(Denied):
        write(clinic, person)
    with pytest.raises(Denied):
        read_crisis_texts(clinic.engine, person)
