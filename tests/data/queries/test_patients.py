"""The list of patients: every filter, every order, every page, and text that is only text."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from data.queries.numbers import is_begun_by
from data.queries.patients import (
    ORDERS,
    PAGE,
    PatientFilter,
    count_by_status,
    list_patients,
)
from models.outcomes.standing import Status
from models.policy import OPERATOR, Person, Role
from models.tables import Patient
from tests.clinic import LOST, clinician, everything
from tests.histories import on

RESPONDING = LOST[: LOST.index("    14")]  # last seen responding on day 7
GROUP = [
    # number, name, indication, records, left on day
    ("A-1", "Ada Ångström", "depression", LOST, None),
    ("A-2", "Bea O'Hara", "depression", RESPONDING, None),
    ("A-10", "50% Cole", "chronic_pain", "", None),
    ("a_1", "Dan_Evans", "chronic_pain", RESPONDING, 15),
    ("B-1", None, None, "day | infusion | PHQ-9\n 12 | yes | -", None),
]


@pytest.fixture
def group(clinic):
    for code, name, indication, records, left in GROUP:
        facts = {"name": name, "indication": indication}
        clinic.register(code, records=records, left_on=None if left is None else on(left), **facts)
    clinic.register("Z-1", site=clinic.phoenix, name="Zoe", records=RESPONDING)
    return clinic


def listed(clinic, person=OPERATOR, *, day=20, page=0, **wanted):
    shown = list_patients(clinic.engine, person, PatientFilter(**wanted), today=on(day), page=page)
    return [row.code for row in shown.rows]


FILTERS = {
    "nothing": ({}, {"A-1", "A-2", "A-10", "a_1", "B-1", "Z-1"}),
    "an indication": ({"indication": "chronic_pain"}, {"A-10", "a_1"}),
    "an unknown indication": ({"indication": "gout"}, set()),
    "the beginning of a number": ({"search": "a-1"}, {"A-1", "A-10"}),
    "not the middle of a number": ({"search": "-1"}, set()),
    "any part of a name": ({"search": "EVANS"}, {"a_1"}),
    "a name with spaces around": ({"search": "  zoe "}, {"Z-1"}),
    "only spaces": ({"search": "   "}, {"A-1", "A-2", "A-10", "a_1", "B-1", "Z-1"}),
    "a per cent sign": ({"search": "%"}, {"A-10"}),
    "an underscore": ({"search": "_"}, {"a_1"}),
    "a number with an underscore": ({"search": "a_"}, {"a_1"}),
    "a quote": ({"search": "O'H"}, {"A-2"}),
    "a backslash": ({"search": "\\"}, set()),
    "a slash, by which wildcards are escaped": ({"search": "/"}, set()),
    "the lost": ({"status": Status.LOST, "day": 28}, {"A-1"}),
    "the responding": ({"status": Status.RESPONDING}, {"A-2", "Z-1"}),
    "those who left": ({"status": Status.LEFT}, {"a_1"}),
    "the untreated": ({"status": Status.UNTREATED}, {"A-10"}),
    "those without a score": ({"status": Status.NOT_STATED}, {"B-1"}),
    "both a status and an indication": (
        {"status": Status.LEFT, "indication": "depression"},
        set(),
    ),
}


@pytest.mark.parametrize(("wanted", "expected"), FILTERS.values(), ids=FILTERS)
def test_the_list_narrowed_to(group, wanted, expected):
    assert set(listed(group, **wanted)) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("den-1", ["DEN-1", "DEN-19", "Den-12", "den-1x"]),
        ("DEN-19", ["DEN-19"]),
        ("den-1x", ["den-1x"]),
        ("9", ["9", "99"]),
        ("site-a-7", ["SITE-A-7"]),  # more letters than are tried in every case
        ("é1", ["é1"]),
        ("12", ["Z-9"]),  # no number begins so, a name has it
        ("2-", ["2-B"]),
        ("17", ["17"]),  # a number begins so: names are not read for digits
    ],
)
def test_a_search_with_a_digit_is_for_a_number_whatever_its_case(clinic, search, expected):
    for code in "DEN-1 DEN-19 DEN-2 Den-12 den-1x 9 99 SITE-A-7 é1 17 2-B".split():
        clinic.register(code)
    clinic.register("Z-9", name="Case 1217")
    assert sorted(listed(clinic, search=search)) == expected


def test_a_number_of_another_status_does_not_hide_a_name(group):
    group.register("7-1", name="Ida 1", records=LOST)
    group.register("Q-1", name="Moe 7-1")
    assert listed(group, search="7-1") == ["7-1"]
    assert listed(group, search="7-1", status=Status.UNTREATED) == ["Q-1"]


def test_a_number_is_found_by_an_index(group):
    """Ten rows are read faster in any order, so PostgreSQL is told not to."""
    asked = select(Patient.name).where(is_begun_by(Patient.code, "A-1"))
    with group.engine.connect() as connection:
        is_sqlite = group.engine.dialect.name == "sqlite"
        if not is_sqlite:
            connection.execute(sql("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        compiled = asked.compile(group.engine, compile_kwargs={"literal_binds": True})
        plan = str(connection.execute(sql(f"{explain} {compiled}")).all())
    assert ("code>? AND code<?" if is_sqlite else "Index Cond: (((code)") in plan, plan


def test_the_list_of_a_site_holds_its_patients_only(group):
    assert listed(group, site_id=group.phoenix) == ["Z-1"]


def test_a_person_sees_the_patients_of_their_sites_whatever_they_ask_for(group):
    assert "Z-1" not in listed(group, group.anna)
    assert listed(group, group.anna, search="Zoe") == []
    assert listed(group, group.anna, site_id=group.phoenix) == []
    assert listed(group, group.pia) == ["Z-1"]
    assert listed(group, clinician("New")) == []
    both = Person("Both", frozenset({Role.CLINICIAN}), frozenset({group.denver, group.phoenix}))
    assert len(listed(group, both)) == 6


def test_a_row_says_where_its_patient_stands(group):
    shown = list_patients(group.engine, group.anna, PatientFilter(search="A-1"), today=on(28))
    row = shown.rows[0]

    assert (row.code, row.name, row.site) == ("A-1", "Ada Ångström", "Denver")
    assert (row.status, row.instrument, row.latest) == (Status.LOST, "PHQ-9", 16)
    assert (row.last_infusion_on, row.last_assessed_on) == (on(0), on(28))
    assert [value for _, value in row.recent] == [20, 8, 9, 15, 16]


def test_orders_are_by_number_or_the_most_recent_first_with_the_unknown_last(group):
    assert set(ORDERS) == {"number", "last infusion", "last check-in"}
    here = {"site_id": group.denver}
    assert sorted(listed(group, order="number", **here)) == sorted(code for code, *_ in GROUP)
    by_infusion = listed(group, order="last infusion", **here)
    assert (by_infusion[0], by_infusion[-1]) == ("B-1", "A-10")
    by_check_in = listed(group, order="last check-in", **here)
    assert by_check_in[0] == "A-1"
    assert set(by_check_in[-2:]) == {"A-10", "B-1"}


def test_an_order_that_is_none_of_these_is_a_fault_and_never_reaches_the_database(group):
    with pytest.raises(KeyError):
        listed(group, order="code; DROP TABLE patients")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_pages_show_everyone_once_and_know_whether_there_is_more(clinic):
    codes = [f"P-{number:03}" for number in range(2 * PAGE)]
    for code in reversed(codes):
        clinic.register(code)

    def page(number):
        return list_patients(clinic.engine, OPERATOR, PatientFilter(), today=on(0), page=number)

    pages = [page(0), page(1), page(2)]
    assert [[row.code for row in shown.rows] for shown in pages] == [codes[:PAGE], codes[PAGE:], []]
    assert [shown.has_more for shown in pages] == [True, False, False]

    clinic.register("P-999")
    assert page(1).has_more
    assert [row.code for row in page(2).rows] == ["P-999"]


def test_counts_by_status_add_up_and_are_of_the_sites_one_may_read(group):
    counts = count_by_status(group.engine, group.anna, today=on(20))
    assert counts == {
        Status.LOST: 1,
        Status.RESPONDING: 1,
        Status.LEFT: 1,
        Status.UNTREATED: 1,
        Status.NOT_STATED: 1,
    }
    assert sum(counts.values()) == len(GROUP)
    assert count_by_status(group.engine, OPERATOR, today=on(20), site_id=group.phoenix) == {
        Status.RESPONDING: 1
    }


def test_who_falls_silent_is_no_longer_counted_as_responding(group):
    def responding(day):
        return count_by_status(group.engine, group.pia, today=on(day))

    assert responding(20) == {Status.RESPONDING: 1}
    assert responding(21) == {Status.UNKNOWN: 1}


# What attackers try first (OWASP's and sqlmap's usual ones), each of which is only text here.
BREAKERS = ["'", '"', "`", "')", "'))", '";', "';", "'--", "'#", "' /*"]
TAUTOLOGIES = [
    "' OR '1'='1", "' OR 1=1--", "' OR 1=1#", "\" OR \"\"=\"", "') OR ('1'='1", "1 OR 1=1",
    "admin'--", "' OR 'x' LIKE '%", "' OR TRUE--", "%' OR '1'='1",
]  # fmt: skip
STATEMENTS = [
    "'; DROP TABLE patients;--", "'; DELETE FROM patients;--", "'); DROP TABLE standings;--",
    "'; UPDATE patients SET name='x';--", "'; INSERT INTO sites VALUES (1);--",
    "'; ATTACH DATABASE 'x' AS y;--", "'; VACUUM;--", "'; PRAGMA foreign_keys=OFF;--",
    "'; COPY patients TO '/tmp/x';--", "'; ALTER TABLE patients RENAME TO p;--",
]  # fmt: skip
PROBES = [
    "' UNION SELECT NULL--", "' UNION SELECT name FROM patients--", "' AND SLEEP(5)--",
    "' AND pg_sleep(5)--", "' || (SELECT name FROM patients) || '", "' AND 1=CAST('a' AS INT)--",
    "' HAVING 1=1--", "' ORDER BY 99--", "%27%20OR%201=1", ":search",
]  # fmt: skip
PAYLOADS = [*BREAKERS, *TAUTOLOGIES, *STATEMENTS, *PROBES]


def test_forty_ways_to_inject_find_nobody_and_change_nothing(group):
    assert len(set(PAYLOADS)) == 40
    before = everything(group.engine)
    found = {text: listed(group, search=text) for text in PAYLOADS}
    by_indication = [listed(group, indication=text) for text in PAYLOADS]

    assert {text for text, codes in found.items() if codes} == {"'"}
    assert found["'"] == ["A-2"]  # O'Hara, whose name has one
    assert by_indication == [[]] * 40
    assert everything(group.engine) == before


def test_a_patient_with_such_a_name_is_found_by_it(clinic):
    for number, text in enumerate(PAYLOADS):
        clinic.register(f"P-{number}", name=text)

    for number, text in enumerate(PAYLOADS):
        assert f"P-{number}" in listed(clinic, search=text)
