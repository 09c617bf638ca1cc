"""The audit line: beside every change or not at all, never changed, and silent on what was said."""

from __future__ import annotations

import importlib
import inspect
import json
import logging
import pkgutil
from dataclasses import replace
from datetime import date, timedelta
from types import CodeType, FunctionType

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import data.doors
from data import clock
from data.actions.assessments import correct_assessment, record_assessment
from data.actions.crisis_texts import set_crisis_text
from data.actions.emergencies import open_emergency
from data.actions.infusions import correct_infusion, record_infusion
from data.actions.patients import register_patient
from data.actions.planned_infusions import plan_infusion, withdraw_planned
from data.actions.prompt_reviews import bring_back, mark_seen, snooze
from data.actions.results import refresh_results
from data.actions.screens import record_screen
from data.actions.sessions import end_sessions_of
from data.actions.sites import open_site
from data.actions.user_entries import UserEntry
from data.actions.users import add_user, disable_user, new_welcome_link
from data.actions.withdrawals import withdraw_record
from data.audit import write_line
from data.database import writing
from data.doors.sign_in import sign_in
from data.importers import import_files
from data.looks import note_look
from data.policies import RULES
from data.queries.chart import read_chart
from data.queries.patients import PatientFilter, list_patients
from models.entries import AssessmentEntry, InfusionEntry
from models.errors import AfterglowError
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import Prompt
from models.policy import OPERATOR, Operation, Role
from models.registration import PatientEntry
from models.screening import ScreenEntry, ScreenKind
from models.tables import Assessment, AuditHead, AuditLine, Infusion
from tests.clinic import LOST, everything, rows_of
from tests.data.test_access import FUNCTIONS
from tests.histories import on
from tests.policies import change_policy

# Asked at every run of every page, for its frame, or beside a query that writes the line. None of
# them tells anything of a patient that the line beside it would not cover.
SILENT = {
    "read_group": "names of sites, for the frame of every page",
    "list_sites": "names of sites, for whoever manages them",
    "count_by_status": "numbers beside the list, whose line says that it was looked at",
    "count_audit": "how long the audit is, beside the page of it",
    "time_to_first_action": "counts and medians of sites",
    "read_stops": "the head of a chart, whose line says that it was looked at",
    "read_timing": "a part of a chart, whose line says that it was looked at",
    "read_induction": "a part of a chart, whose line says that it was looked at",
    "read_undelivered": "a part of Today, whose line says that it was looked at",
    "find_emergency": "one's own reason, above a chart whose line says that it was looked at",
    "read_policy": "what the clinic has set for itself",
    "read_policy_history": "what the clinic has set for itself",
    "read_work": "counts beside Today, whose line says that it was looked at",
    "read_givers": "names of staff, in the form of a patient whose chart's line says so",
    "read_crisis_texts": "what a site tells everybody",
    "read_site_contact": "how a site is told of a flag",
    "read_crisis_history": "what a site tells everybody",
}
SILENT_DOORS = {
    "is_open": "whether a link is still good: mail programs ask, too",
    "begin_enrolment": "nothing is in force until finish_enrolment",
    "list_own_sessions": "one's own sessions",
    "hash_new_password": "the first half of choosing one; the second writes what came of it",
}
only_postgresql = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def reached(function, seen=None):
    """Yield the functions of data that a function names, and those they name."""
    seen = set() if seen is None else seen
    codes = [function.__code__]
    for code in codes:
        codes += [each for each in code.co_consts if isinstance(each, CodeType)]
        for name in code.co_names:
            named = function.__globals__.get(name)
            is_ours = isinstance(named, FunctionType) and named.__module__.startswith("data")
            if is_ours and named not in seen:
                seen.add(named)
                yield named
                yield from reached(named, seen)


def writes_a_line(function):
    return any(each in (write_line, note_look) for each in reached(function))


def test_every_question_and_every_act_writes_a_line_but_for_those_that_tell_of_nobody():
    writing_one, silent = set(), set()
    for name, function in FUNCTIONS.items():
        (writing_one if writes_a_line(function) else silent).add(name.rsplit(".", 1)[1])

    assert silent <= set(SILENT), "give each of these a line, or a reason in SILENT"
    assert not writing_one & set(SILENT)
    assert {"read_chart", "list_patients", "read_audit", "verify", "add_user"} <= writing_one


def doors():
    """Yield every public function of data/doors that gets an engine."""
    for info in pkgutil.iter_modules(data.doors.__path__, "data.doors."):
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            mine = function.__module__ == module.__name__ and not name.startswith("_")
            if mine and "engine" in inspect.signature(function).parameters:
                yield name, function


def test_every_way_in_and_out_writes_a_line_but_for_looks_at_oneself():
    found = dict(doors())

    silent = {name for name, function in found.items() if not writes_a_line(function)}
    assert silent == set(SILENT_DOORS)
    assert {"sign_in", "give_code", "end_session", "choose_password"} <= set(found)


def acts(clinic):
    """Return everything that writes, each ready to succeed."""
    engine, anna = clinic.engine, replace(clinic.anna, user_id=clinic.user("anna"))
    patient = clinic.register("P-1", records=LOST)
    clinic.register("P-2", site=clinic.phoenix)
    booked, soon = clinic.register("P-3"), clinic.now.date() + timedelta(days=7)
    plan_infusion(engine, anna, patient_id=booked, planned_on=soon, seen_version=0)
    told = {"seen_review": None, "prompts": (Prompt.LOST,), "evidence": "x"}
    seen, later = {**told, "patient_id": patient}, {**told, "patient_id": booked}
    put_by = clinic.register("P-4")
    aside = mark_seen(engine, anna, **{**told, "patient_id": put_by}, reason="booked")
    user = clinic.user("dora")
    clinic.session_of(user)
    score, twice = (row.assessment_id for row in rows_of(engine, Assessment)[:2])
    infusion = rows_of(engine, Infusion, patient_id=patient)[0].infusion_id
    spot = {"patient_id": patient}
    changed = {**spot, "seen_version": 1, "reason": "misread"}
    entry = AssessmentEntry(Moment(on(40)), "PHQ-9", stated_total=7)
    course = InfusionEntry(Moment(on(41)))
    clear = ScreenEntry(ScreenKind.URINARY, on(41), is_finding=False)
    new = UserEntry("erik", "Erik", frozenset({Role.CLINICIAN}), frozenset({clinic.denver}))
    rows = b"patient_id,site\nP-7,Denver\n"
    return {
        "register_patient": lambda: register_patient(
            engine, anna, entry=PatientEntry("P-9", clinic.denver)
        ),
        "record_assessment": lambda: record_assessment(engine, anna, **spot, entry=entry),
        "record_infusion": lambda: record_infusion(engine, anna, **spot, entry=course),
        "correct_assessment": lambda: correct_assessment(
            engine, anna, **changed, assessment_id=score, entry=entry
        ),
        "correct_infusion": lambda: correct_infusion(
            engine, anna, **changed, infusion_id=infusion, entry=course
        ),
        "withdraw_record": lambda: withdraw_record(
            engine, anna, "assessment", **changed, record_id=twice
        ),
        "record_screen": lambda: record_screen(engine, anna, **spot, entry=clear),
        "plan_infusion": lambda: plan_infusion(
            engine, anna, **spot, planned_on=soon, seen_version=0
        ),
        "withdraw_planned": lambda: withdraw_planned(
            engine, anna, patient_id=booked, seen_version=1, reason="away that week"
        ),
        "mark_seen": lambda: mark_seen(engine, anna, **seen, reason="booked"),
        "snooze": lambda: snooze(engine, anna, **later, until=soon, reason="away"),
        "bring_back": lambda: bring_back(engine, anna, patient_id=put_by, seen_review=aside),
        "open_emergency": lambda: open_emergency(
            engine, anna, code="P-2", reason="brought in unconscious"
        ),
        "open_site": lambda: open_site(engine, OPERATOR, name="Reno", time_zone="America/Denver"),
        "set_policy": lambda: change_policy(engine, OPERATOR, RULES, {"silence": 21}, reason="why"),
        "set_crisis_text": lambda: set_crisis_text(
            engine, OPERATOR, site_id=clinic.denver, seen_revision=0, body="Call us.", phone=None
        ),
        "refresh_results": lambda: refresh_results(engine, OPERATOR),
        "import_files": lambda: import_files(engine, OPERATOR, [("a.csv", rows)]),
        "add_user": lambda: add_user(engine, OPERATOR, entry=new),
        "end_sessions_of": lambda: end_sessions_of(engine, OPERATOR, user_id=user),
        "new_welcome_link": lambda: new_welcome_link(engine, OPERATOR, user_id=user),
        "disable_user": lambda: disable_user(engine, OPERATOR, user_id=user),
    }


def refuse_lines(engine):
    """Let the database itself refuse every new line, as a broken disk might."""
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(
                text(
                    "CREATE TRIGGER refuse BEFORE INSERT ON audit_lines "
                    "BEGIN SELECT RAISE(ABORT, 'no more lines'); END"
                )
            )
            return
        connection.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'no more lines'; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON audit_lines "
                "FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
        )


def test_where_the_line_is_refused_nothing_of_any_act_stays(clinic):
    todo = acts(clinic)
    refuse_lines(clinic.engine)
    before = everything(clinic.engine, but=())

    for name, act in todo.items():
        with pytest.raises(DBAPIError, match="no more lines"):
            act()
        assert everything(clinic.engine, but=()) == before, name


def test_each_of_these_acts_would_have_been_done_with_its_line(clinic):
    for name, act in acts(clinic).items():
        before, lines = everything(clinic.engine), len(rows_of(clinic.engine, AuditLine))
        act()
        assert len(rows_of(clinic.engine, AuditLine)) == lines + 1, name
        assert name == "refresh_results" or everything(clinic.engine) != before, name


def test_where_the_line_is_refused_nothing_is_shown_either(clinic):
    patient = clinic.register("P-1", records=LOST)
    refuse_lines(clinic.engine)

    with pytest.raises(DBAPIError, match="no more lines"):
        read_chart(clinic.engine, clinic.anna, patient)
    with pytest.raises(DBAPIError, match="no more lines"):
        list_patients(clinic.engine, clinic.anna, PatientFilter(), today=date(2026, 3, 6))


def test_a_line_outside_a_writing_transaction_is_a_mistake(engine):
    with engine.connect() as connection, pytest.raises(ValueError, match="writing"):
        write_line(connection, OPERATOR, Operation.REFRESH)


CHANGES = [
    "UPDATE audit_lines SET person = 'x'",
    "UPDATE audit_lines SET detail = detail WHERE number = 1",
    "DELETE FROM audit_lines",
    "DELETE FROM audit_lines WHERE number = 2",
    "DELETE FROM audit_heads",
    "UPDATE audit_heads SET lines = 0",
    "UPDATE audit_heads SET lines = lines - 1",
    "UPDATE audit_heads SET line_hash = 'x'",
    "UPDATE audit_heads SET lines = lines + 2",
    "INSERT INTO audit_lines SELECT * FROM audit_lines WHERE true "
    "ON CONFLICT (chain_id, number) DO UPDATE SET person = 'x'",
]
OF_SQLITE = [
    "REPLACE INTO audit_lines SELECT * FROM audit_lines",
    "INSERT OR REPLACE INTO audit_lines SELECT * FROM audit_lines WHERE number = 1",
    "INSERT OR REPLACE INTO audit_heads SELECT * FROM audit_heads",
    "UPDATE OR IGNORE audit_lines SET person = 'x'",
    "UPDATE OR REPLACE audit_lines SET number = 1 WHERE number = 2",
]
OF_POSTGRESQL = [
    "TRUNCATE audit_lines",
    "TRUNCATE audit_heads",
    "TRUNCATE audit_lines, audit_heads CASCADE",
    "DELETE FROM ONLY audit_lines",
    "WITH gone AS (DELETE FROM audit_lines RETURNING 1) SELECT count(*) FROM gone",
    "MERGE INTO audit_lines l USING audit_heads h ON l.chain_id = h.chain_id "
    "WHEN MATCHED THEN UPDATE SET person = 'x'",
]


def try_to_change(clinic, statement):
    clinic.register("P-1", records=LOST)
    before = rows_of(clinic.engine, AuditLine), rows_of(clinic.engine, AuditHead)

    with pytest.raises(DBAPIError, match="never changed"), clinic.engine.begin() as connection:
        connection.execute(text(statement))

    assert (rows_of(clinic.engine, AuditLine), rows_of(clinic.engine, AuditHead)) == before
    assert len(before[0]) > 5


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_a_line_or_to_move_an_end_back(clinic, statement):
    try_to_change(clinic, statement)


@only_sqlite
@pytest.mark.parametrize("statement", OF_SQLITE)
def test_sqlite_refuses_its_own_ways_too(clinic, statement):
    try_to_change(clinic, statement)


@only_postgresql
@pytest.mark.parametrize("statement", OF_POSTGRESQL)
def test_postgresql_refuses_its_own_ways_too(clinic, statement):
    try_to_change(clinic, statement)


CANARIES = {
    "name": "Canary-Aurelia Quillfeather",
    "note": "canary note about a garden shed",
    "search": "canary-aurelia q",
    "reason": "canary reason so someone else",
    "file": "canary quillfeather aurelia.csv",
    "number": "CANARY-7741",
    "sign-in name": "canary.signin",
    "password": "canary-password-one-two",
    "crisis text": "canary crisis words",
    "phone": "+1 555 CANARY",
}


def sing(clinic):
    """Say every canary somewhere; return what people are told of mistakes."""
    engine, told = clinic.engine, []
    anna = replace(clinic.anna, user_id=clinic.user("anna"))
    c = CANARIES
    patient = register_patient(
        engine, anna, entry=PatientEntry(c["number"], clinic.denver, name=c["name"])
    )
    away = clinic.register("CANARY-away", site=clinic.phoenix, name=c["name"])
    score = record_assessment(
        engine,
        anna,
        patient_id=patient,
        entry=AssessmentEntry(Moment(on(3)), "PHQ-9", stated_total=9, note=c["note"]),
    )
    correct_assessment(
        engine,
        anna,
        patient_id=patient,
        assessment_id=score,
        seen_version=1,
        entry=AssessmentEntry(Moment(on(3)), "PHQ-9", stated_total=8, note=c["note"] + "!"),
        reason=c["reason"],
    )
    read_chart(engine, anna, patient)
    list_patients(engine, anna, PatientFilter(search=c["search"]), today=clock.today())
    open_emergency(engine, anna, code="CANARY-away", reason=c["reason"])
    sheet = f"patient_id,site,name\n{c['number']}-2,Denver,{c['name']}\n,,{c['note']}\n"
    import_files(engine, OPERATOR, [(c["file"], sheet.encode())])
    import_files(engine, OPERATOR, [(c["file"], sheet.encode())], dry_run=True)
    set_crisis_text(
        engine,
        OPERATOR,
        site_id=clinic.denver,
        seen_revision=0,
        body=c["crisis text"],
        phone=c["phone"],
    )
    change_policy(engine, OPERATOR, RULES, {"silence": 21}, reason=c["reason"])
    new = UserEntry(c["sign-in name"], "Gus", frozenset({Role.CLINICIAN}), frozenset({away}))
    for attempt in (
        lambda: read_chart(engine, clinic.anna, away),
        lambda: open_emergency(engine, anna, code=c["number"] + "-none", reason=c["reason"]),
        lambda: add_user(engine, OPERATOR, entry=new),
        lambda: try_to_sign_in(engine, c["sign-in name"], c["password"]),
        lambda: try_to_sign_in(engine, "anna", c["password"]),
    ):
        with pytest.raises(AfterglowError) as mistake:
            attempt()
        told.append(str(mistake.value))
    return told


def try_to_sign_in(engine, name, password):
    sign_in(engine, sign_in_name=name, password=password, client="192.0.2.7", browser="test")


def test_no_line_no_log_and_no_error_repeats_what_was_said_of_a_patient(clinic, caplog):
    caplog.set_level(logging.INFO)

    told = sing(clinic)

    lines = rows_of(clinic.engine, AuditLine)
    kept = [json.dumps(line._asdict(), default=str).lower() for line in lines]
    assert len(kept) > 15
    for what, canary in CANARIES.items():
        assert not [line for line in kept if canary.lower() in line], what
        assert canary.lower() not in caplog.text.lower(), what
        assert not [sentence for sentence in told if canary.lower() in sentence.lower()], what


def test_an_import_keeps_counts_in_its_line_and_file_names_elsewhere(clinic):
    sing(clinic)
    [line] = [each for each in rows_of(clinic.engine, AuditLine) if each.operation == "import"]

    assert line.detail == {"patients": {"added": 1, "refused": 1}}


def test_a_databases_error_does_not_repeat_what_was_to_be_stored(clinic):
    """SQLAlchemy appends parameters to errors unless told otherwise; errors end in logs."""
    with pytest.raises(DBAPIError) as error, writing(clinic.engine) as connection:
        connection.execute(
            text("INSERT INTO sites (site_id, name) VALUES (:id, :name)"),
            {"id": clinic.denver.hex, "name": CANARIES["name"]},
        )

    assert "SQL parameters hidden" in str(error.value)
