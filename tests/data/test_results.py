"""Results under two transactions at once: the second waits for the first, then counts it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from data import importers
from data.actions import records, rules
from data.actions.assessments import record_assessment
from data.actions.rules import set_rules
from data.database import reading, writing
from data.importers import import_files
from data.results import recompute_all
from models.entries import AssessmentEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.tables import Assessment
from tests.clinic import LOST, Clinic, rows_of
from tests.histories import on

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


def change_rules(clinic: Clinic, _patient_id) -> None:
    set_rules(clinic.engine, OPERATOR, thresholds={"confirmation": 1}, reason="one is enough")


ACTS = {
    "form": (enter_form, records),
    "import": (import_score, importers),
    "rules": (change_rules, rules),
}


def wait_until_somebody_waits(engine: Engine) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with reading(engine) as connection:
            if connection.exec_driver_sql(WAITING).scalar():
                return
        time.sleep(0.01)
    raise AssertionError("the second did not wait for the first")


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
