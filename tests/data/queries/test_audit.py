"""Reading the audit: newest first, narrowed, by pages and an index; and who opened a chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event

from data.actions.emergencies import open_emergency
from data.audit import DENIED, write_line
from data.database import reading, writing
from data.queries.access import read_access
from data.queries.audit import PAGE, AuditFilter, read_audit, verify
from data.queries.chart import read_chart
from models.outcomes.history import Moment
from models.policy import Denied, Operation, Person, Role
from models.tables import AuditLine
from tests.clinic import LOST, audit_of, rows_of
from tests.histories import on

ADA = Person("Ada", frozenset({Role.ADMINISTRATOR}), is_confirmed=True)
only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
DAY = date(2026, 3, 6)  # what the clock of the clinic says


@pytest.fixture
def busy(clinic):
    """Three patients; Anna and Pia read, one is refused; all on one day, a second apart."""
    clinic.now -= timedelta(days=1)  # the day before, for what is only there to be looked at
    clinic.one = clinic.register("P-1", records=LOST)
    clinic.now += timedelta(seconds=1)
    clinic.two = clinic.register("P-2")
    clinic.now += timedelta(seconds=1)
    clinic.away = clinic.register("P-3", site=clinic.phoenix)
    clinic.now += timedelta(days=1, seconds=-2)
    for person, patient in (
        (clinic.anna, clinic.one),
        (clinic.anna, clinic.two),
        (clinic.pia, clinic.away),
        (clinic.bert, clinic.one),
    ):
        clinic.now += timedelta(seconds=1)
        read_chart(clinic.engine, person, patient)
    clinic.now += timedelta(seconds=1)
    with pytest.raises(Denied):
        read_chart(clinic.engine, clinic.pia, clinic.one)
    clinic.now += timedelta(seconds=1)
    return clinic


def found(clinic, page=0, **wanted):
    rows = read_audit(clinic.engine, ADA, AuditFilter(**wanted), page).rows
    return [(row.person, row.operation, row.patient, row.outcome) for row in rows]


def test_each_way_to_narrow(busy):
    bert = ("Bert", "read_chart", "P-1", "done")
    first = ("Anna", "read_chart", "P-1", "done")
    refused = ("Pia", "read_chart", "P-1", "denied")
    then = {"since": DAY, "until": DAY}

    assert found(busy, person="Bert") == [bert]
    assert found(busy, person=" Bert ", operation="export") == []
    assert found(busy, patient="P-1", **then, operation="read_chart") == [refused, bert, first]
    assert found(busy, outcome="denied") == [refused]
    assert found(busy, site_id=busy.phoenix, **then) == [("Pia", "read_chart", "P-3", "done")]
    assert [each[2] for each in found(busy, operation="register_patient")] == ["P-3", "P-2", "P-1"]
    assert found(busy, person="Anna", patient="P-2") == [("Anna", "read_chart", "P-2", "done")]
    assert found(busy, patient="P-none") == []
    assert found(busy, until=DAY - timedelta(days=5)) == []


def test_days_are_those_of_the_site(busy):
    """Denver's day ends seven hours after that of UTC."""
    busy.now = datetime.fromisoformat("2026-03-07T05:30:00+00:00")  # still the 6th in Denver
    read_chart(busy.engine, busy.anna, busy.two)
    late = {"person": "Anna", "patient": "P-2"}

    assert len(found(busy, **late, since=DAY, until=DAY, site_id=busy.denver)) == 2
    assert found(busy, **late, since=DAY + timedelta(days=1)) == []
    [row, *_] = read_audit(busy.engine, ADA, AuditFilter(**late)).rows
    assert (row.at, row.time_zone) == (
        datetime.fromisoformat("2026-03-06T22:30:00"),
        "America/Denver",
    )


def test_a_row_has_what_a_reader_knows_and_no_ids(busy):
    [row] = read_audit(busy.engine, ADA, AuditFilter(person="Bert")).rows

    assert (row.site, row.patient, row.role) == ("Denver", "P-1", "clinician")
    assert row.at == datetime.fromisoformat("2026-03-06T11:00:04")
    assert not hasattr(row, "patient_id")


def test_pages_follow_one_another_newest_first_without_gap_or_repeat(busy):
    busy.set_day(61)
    with writing(busy.engine) as connection:
        for number in range(2 * PAGE + 5):
            site = (busy.denver, busy.phoenix, None)[number % 3]
            write_line(connection, busy.anna, Operation.REFRESH, site_id=site, rows=number)
    wanted = AuditFilter(operation="refresh")

    pages = [read_audit(busy.engine, ADA, wanted, page) for page in range(3)]

    assert [len(page.rows) for page in pages] == [PAGE, PAGE, 5]
    assert [page.has_more for page in pages] == [True, True, False]
    numbers = [row.detail["rows"] for page in pages for row in page.rows]
    assert sorted(numbers) == list(range(2 * PAGE + 5))
    of_site = read_audit(busy.engine, ADA, AuditFilter(site_id=busy.denver)).rows
    assert [row.number for row in of_site] == sorted((r.number for r in of_site), reverse=True)


def test_looking_is_written_with_the_names_of_the_filters_and_never_what_they_say(busy):
    wanted = AuditFilter(person="Bert", patient="P-1", since=DAY)
    read_audit(busy.engine, ADA, wanted)
    read_audit(busy.engine, ADA, wanted)
    [line] = [each for each in audit_of(busy.engine) if each.operation == "read_audit"]

    assert line.detail == {"page": "audit 1", "narrowed": ["person", "patient", "since"]}
    assert line.patient_id == busy.one


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_read_or_check_the_audit(busy, role):
    person = Person("Else", frozenset({role}), sites=None, patient_id=busy.one, is_confirmed=True)

    with pytest.raises(Denied):
        read_audit(busy.engine, person, AuditFilter())
    with pytest.raises(Denied):
        verify(busy.engine, person)


WAYS = {
    "all": AuditFilter(),
    "person": AuditFilter(person="Bert"),
    "patient": AuditFilter(patient="P-1"),
    "operation": AuditFilter(operation="export"),
    "outcome": AuditFilter(outcome=DENIED),
    "days": AuditFilter(since=DAY, until=DAY),
    "site": "denver",
}


@only_sqlite
@pytest.mark.parametrize("way", WAYS)
def test_an_index_finds_the_newest_lines(busy, way):
    wanted = AuditFilter(site_id=busy.denver) if way == "site" else WAYS[way]
    asked = []
    event.listen(busy.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    read_audit(busy.engine, ADA, wanted)
    [(statement, values)] = [each for each in asked if "FROM audit_lines" in each[0]]

    with reading(busy.engine) as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    steps = [step for *_, step in plan]

    assert any("audit_lines USING INDEX" in step for step in steps), steps
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_who_opened_a_chart_one_line_a_person_and_day(busy):
    busy.now += timedelta(minutes=5)
    read_chart(busy.engine, busy.anna, busy.one)
    busy.now += timedelta(seconds=1)
    busy.score(busy.one, Moment(on(50)), 9)

    rows = read_access(busy.engine, busy.bert, busy.one)

    told = [(r.day, r.person, r.opened, r.changed, r.refused, r.other) for r in rows]
    assert told == [
        (DAY, "command line", 0, 1, 0, 0),
        (DAY, "Anna", 2, 0, 0, 0),
        (DAY, "Pia", 0, 0, 1, 0),
        (DAY, "Bert", 1, 0, 0, 0),
        (DAY - timedelta(days=1), "command line", 0, 7, 0, 0),
    ]
    anna = rows[1]
    assert (anna.first_at, anna.last_at) == (
        datetime.fromisoformat("2026-03-06T11:00:01"),
        datetime.fromisoformat("2026-03-06T11:05:06"),
    )
    assert anna.role == "clinician"
    again = read_access(busy.engine, busy.bert, busy.one)
    assert [(r.person, r.other) for r in again if r.other] == [("Bert", 1)]


def test_an_emergency_stands_on_a_line_of_its_own(busy):
    anna = replace(busy.anna, user_id=busy.user("anna"))
    open_emergency(busy.engine, anna, code="P-3", reason="brought in unconscious")
    read_chart(busy.engine, replace(anna, emergencies=frozenset({busy.away})), busy.away)

    rows = read_access(busy.engine, busy.pia, busy.away)

    assert [(r.person, r.is_emergency, r.opened) for r in rows if r.person == "Anna"] == [
        ("Anna", True, 1)
    ]


def test_a_day_ends_where_the_patient_is(busy):
    busy.now = datetime.fromisoformat("2026-03-07T05:30:00+00:00")
    read_chart(busy.engine, busy.anna, busy.two)

    assert {row.day for row in read_access(busy.engine, busy.anna, busy.two)} == {
        DAY,
        DAY - timedelta(days=1),
    }


def test_who_opened_a_chart_is_for_clinicians_of_its_site_alone(busy):
    manager = Person("Mia", frozenset({Role.SITE_MANAGER}), frozenset({busy.denver}))
    there = replace(busy.pia, emergencies=frozenset({busy.one}))

    for person in (busy.pia, manager, ADA, there):
        with pytest.raises(Denied):
            read_access(busy.engine, person, busy.one)
    before = len(rows_of(busy.engine, AuditLine))
    read_access(busy.engine, busy.anna, busy.one)
    assert len(rows_of(busy.engine, AuditLine)) == before + 1


@only_sqlite
def test_who_opened_a_chart_is_found_by_an_index(busy):
    asked = []
    event.listen(busy.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    read_access(busy.engine, busy.anna, busy.one)
    [(statement, values)] = [each for each in asked if "FROM audit_lines" in each[0]]

    with reading(busy.engine) as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = [step for *_, step in plan]
    assert steps == ["SEARCH audit_lines USING INDEX ix_audit_lines_patient_id_at (patient_id=?)"]
