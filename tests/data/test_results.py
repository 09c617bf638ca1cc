"""Results under two transactions at once: the second waits for the first, then counts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from data import importers
from data.actions import policies, records
from data.actions.assessments import record_assessment
from data.actions.withdrawals import withdraw_record
from data.database import reading, writing
from data.importers import import_files
from data.policies import RULES
from data.results import recompute_all
from models.entries import AssessmentEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.tables import Assessment, Patient, StoredEpisode
from tests.clinic import LOST, Clinic, rows_of
from tests.histories import on
from tests.policies import change_policy

WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def enter_form(clinic: Clinic, patient_id) -> None:
    entry = AssessmentEntry(Moment(on(40)), "PHQ-9", stated_total=3)
    record_assessment(clinic.engine, clinic.anna, patient_id=patient_id, entry=entry)


def import_score(clinic: Clinic, _patient_id) -> None:
    scores = f"patient_id,date,instrument,score\nP-1,{on(45)},PHQ-9,4\n".encode()
    assert import_files(clinic.engine, OPERATOR, [("scores.csv", scores)]).refusals == []


def import_patient(clinic: Clinic, _patient_id) -> None:
    files = [
        ("patients.csv", b"patient_id,site\nP-2,Denver\n"),
        ("infusions.csv", f"patient_id,date\nP-2,{on(0)}\n".encode()),
        ("scores.csv", f"patient_id,date,instrument,score\nP-2,{on(7)},PHQ-9,4\n".encode()),
    ]
    assert import_files(clinic.engine, OPERATOR, files).refusals == []


def change_rules(clinic: Clinic, _patient_id) -> None:
    change_policy(clinic.engine, OPERATOR, RULES, {"confirmation": 1}, reason="one is enough")


ACTS = {
    "form": (enter_form, records),
    "import": (import_score, importers),
    "rules": (change_rules, policies),
}


def wait_until_somebody_waits(engine: Engine, unless: Callable[[], bool] = lambda: False) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not unless():
        with reading(engine) as connection:
            if connection.exec_driver_sql(WAITING).scalar():
                return
        time.sleep(0.01)
    raise AssertionError("the second did not wait for the first")


def wait_until_it_waits_or_ends(engine: Engine, task: Future[None]) -> None:
    try:
        wait_until_somebody_waits(engine, unless=task.done)
    except AssertionError:
        assert task.done()


def at_the_end_of(monkeypatch, module, act: Callable[[], None]) -> None:
    """Do something as the next transaction of a module is about to write its audit line."""
    write_line = module.write_line

    def act_first(*args, **detail):
        monkeypatch.setattr(module, "write_line", write_line)
        act()
        return write_line(*args, **detail)

    monkeypatch.setattr(module, "write_line", act_first)


# SQLite has one writer at a time; here it is the patients' locks that put them in a row.
@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("first", "second"),
    [(first, second) for first in ACTS for second in ACTS if first != second],
)
def test_whoever_comes_second_counts_what_the_first_wrote(clinic, monkeypatch, first, second):
    patient_id = clinic.register("P-1", records=LOST)
    before = len(rows_of(clinic.engine, Assessment))
    started = []

    with ThreadPoolExecutor(1) as pool:

        def start_second():
            started.append(pool.submit(ACTS[second][0], clinic, patient_id))
            wait_until_somebody_waits(clinic.engine)

        at_the_end_of(monkeypatch, ACTS[first][1], start_second)
        ACTS[first][0](clinic, patient_id)
        started[0].result(timeout=30)

    added = len({first, second} - {"rules"})
    assert len(rows_of(clinic.engine, Assessment)) == before + added
    with writing(clinic.engine) as connection:
        assert recompute_all(connection) == 0


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize("rules_first", [False, True], ids=["newcomer first", "rules first"])
def test_a_patient_who_comes_while_the_rules_change_is_under_the_new_ones(
    clinic, monkeypatch, rules_first
):
    # Neither transaction sees the other's rows, so there is no row for one of them to wait at.
    clinic.register("P-1", records=LOST)
    acts = [(import_patient, importers), ACTS["rules"]]
    (first, module), (second, _) = reversed(acts) if rules_first else acts
    started = []

    with ThreadPoolExecutor(1) as pool:

        def start_second():
            started.append(pool.submit(second, clinic, None))
            wait_until_it_waits_or_ends(clinic.engine, started[0])

        at_the_end_of(monkeypatch, module, start_second)
        first(clinic, None)
        started[0].result(timeout=30)

    assert {code for _, code, *_ in rows_of(clinic.engine, Patient)} == {"P-1", "P-2"}
    assert {row.policy_revision for row in rows_of(clinic.engine, StoredEpisode)} == {2}
    with writing(clinic.engine) as connection:
        assert recompute_all(connection) == 0


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_forms_imports_corrections_and_new_rules_at_once_lose_nothing_and_never_block(clinic):
    ids = [clinic.register(f"P-{number}", records=LOST) for number in range(4)]
    before = len(rows_of(clinic.engine, Assessment))
    start = Barrier(5)

    def enter_forms(patient_id) -> None:
        for day in range(30, 40):
            clinic.score(patient_id, Moment(on(day)), 5)

    def import_files_again() -> None:
        # Each holds patients whom it updated while it adds one whom nobody sees.
        for number in range(10):
            people = "".join(f"P-{known},Denver,{number}\n" for known in (3, 1, 0, 2))
            table = f"patient_id,site,visit\n{people}N-{number},Denver,0\n"
            scores = f"patient_id,date,instrument,score\nN-{number},{on(7)},PHQ-9,4\n"
            files = [("patients.csv", table.encode()), ("scores.csv", scores.encode())]
            assert import_files(clinic.engine, OPERATOR, files).refusals == []

    def correct_forms() -> None:
        for form in rows_of(clinic.engine, Assessment, patient_id=ids[3]):
            withdraw_record(
                clinic.engine,
                OPERATOR,
                "assessment",
                patient_id=ids[3],
                record_id=form.assessment_id,
                seen_version=1,
                reason="test",
            )

    def change_rules_often() -> None:
        for number in range(10):
            thresholds = {"confirmation": 1 + number % 2}
            change_policy(clinic.engine, OPERATOR, RULES, thresholds, reason="to and fro")

    def begin(act: Callable[..., None], *details) -> None:
        start.wait(timeout=30)
        act(*details)

    change_policy(clinic.engine, OPERATOR, RULES, {"silence": 15}, reason="a revision before")
    with ThreadPoolExecutor(5) as pool:
        tasks = [
            pool.submit(begin, enter_forms, ids[0]),
            pool.submit(begin, enter_forms, ids[1]),
            pool.submit(begin, import_files_again),
            pool.submit(begin, correct_forms),
            pool.submit(begin, change_rules_often),
        ]
        for task in tasks:
            task.result(timeout=120)

    assert len(rows_of(clinic.engine, Assessment)) == before + 2 * 10 + 10
    assert {row.policy_revision for row in rows_of(clinic.engine, StoredEpisode)} == {12}
    with writing(clinic.engine) as connection:
        assert recompute_all(connection) == 0
