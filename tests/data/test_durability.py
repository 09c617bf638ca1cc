"""Nothing acknowledged is lost: the writer killed at any moment, a failure at any statement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, text

from data import setup
from data.actions.assessments import record_assessment
from data.actions.infusions import record_infusion
from data.actions.patients import register_patient
from data.actions.results import refresh_results
from data.actions.withdrawals import withdraw_record
from data.database import reading
from models.entries import AssessmentEntry, InfusionEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.registration import PatientEntry
from models.tables import Assessment, Standing
from tests.clinic import LOST, everything, rows_of
from tests.histories import on

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
ACKNOWLEDGED = 50  # in a round, before the writer is killed in the middle of its next one

# Records one assessment after the other and says so only when the database has said so.
WRITER = """
import sys
from datetime import date, timedelta
from uuid import UUID
from data.actions.assessments import record_assessment
from data.database import configured_engine
from models.entries import AssessmentEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR

patient_id, first = UUID(sys.argv[1]), int(sys.argv[2])
for number in range(first, first + 100_000):
    day = date(2020, 1, 1) + timedelta(number % 2000)
    entry = AssessmentEntry(Moment(day), "PHQ-9", stated_total=number % 28, note=str(number))
    made = record_assessment(configured_engine(), OPERATOR, patient_id=patient_id, entry=entry)
    print(made, number, flush=True)
"""


def write_until_killed(url: str, patient_id: UUID, first: int) -> dict[UUID, int]:
    """Let a process write, kill it once enough is acknowledged; return what was acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(patient_id), str(first)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(ACKNOWLEDGED)]
        writer.kill()
        lines += writer.stdout.readlines()  # what it had said by then
    assert writer.returncode == -signal.SIGKILL
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {UUID(made): int(number) for made, number in whole}


def test_a_writer_killed_at_any_moment_loses_nothing_it_was_told_is_kept(clinic, migrated_url):
    patient = clinic.register("P-1", records=LOST)
    before = len(rows_of(clinic.engine, Assessment))
    acknowledged: dict[UUID, int] = {}
    for turn in range(ROUNDS):
        acknowledged |= write_until_killed(migrated_url, patient, turn * 100_000)

    kept = {row.assessment_id: row.note for row in rows_of(clinic.engine, Assessment)}
    assert len(acknowledged) >= ROUNDS * ACKNOWLEDGED
    assert {made: kept.get(made) for made in acknowledged} == {
        made: str(number) for made, number in acknowledged.items()
    }
    # Each round may have kept one more, of which the writer was killed before it could tell.
    told = len(acknowledged) + before
    assert len(kept) <= told + ROUNDS
    assert setup.find_problems(clinic.engine) == []
    assert refresh_results(clinic.engine, OPERATOR) == (1, 0)
    assert rows_of(clinic.engine, Standing)[0].latest is not None


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_after_a_kill_the_file_is_whole(clinic, migrated_url):
    patient = clinic.register("P-1")
    write_until_killed(migrated_url, patient, 0)

    with reading(clinic.engine) as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


class Failure(Exception):
    """Something that goes wrong in the middle."""


class FailAt:
    """Fails at the n-th statement sent to the database, or at the commit where there are fewer."""

    def __init__(self, engine, number):
        self.engine, self.number, self.seen = engine, number, 0

    def __enter__(self):
        event.listen(self.engine, "before_cursor_execute", self.count)
        event.listen(self.engine, "commit", self.count)
        return self

    def __exit__(self, *_error):
        event.remove(self.engine, "before_cursor_execute", self.count)
        event.remove(self.engine, "commit", self.count)

    def count(self, *call):
        statement = call[2] if len(call) > 2 else "COMMIT"
        if statement.startswith("ROLLBACK"):
            return
        self.seen += 1
        if self.seen == self.number:
            raise Failure(statement)


def writes(clinic, patient_id, record):
    spot = {"patient_id": patient_id}
    return {
        "record_assessment": lambda: record_assessment(
            clinic.engine,
            OPERATOR,
            **spot,
            entry=AssessmentEntry(Moment(on(35)), "PHQ-9", stated_total=4),
        ),
        "record_infusion": lambda: record_infusion(
            clinic.engine, OPERATOR, **spot, entry=InfusionEntry(Moment(on(40)))
        ),
        "withdraw_record": lambda: withdraw_record(
            clinic.engine,
            OPERATOR,
            "assessment",
            **spot,
            record_id=record.assessment_id,
            seen_version=1,
            reason="entered twice",
        ),
        "register_patient": lambda: register_patient(
            clinic.engine, OPERATOR, entry=PatientEntry("P-2", clinic.denver)
        ),
    }


@pytest.mark.parametrize(
    "name",
    ["record_assessment", "record_infusion", "withdraw_record", "register_patient"],
)
def test_a_failure_at_any_statement_leaves_all_as_it_was(clinic, name):
    patient = clinic.register("P-1", records=LOST)
    write = writes(clinic, patient, rows_of(clinic.engine, Assessment)[-1])[name]
    before = everything(clinic.engine)
    failed: list[str] = []
    for number in range(1, 200):
        with FailAt(clinic.engine, number):
            try:
                write()
            except Failure as failure:
                failed.append(str(failure))
            else:
                break
        assert everything(clinic.engine) == before, f"after a failure at {failed[-1]}"

    assert failed[-1] == "COMMIT"
    assert any(statement.startswith("INSERT INTO audit_lines") for statement in failed)
    assert everything(clinic.engine) != before
    assert refresh_results(clinic.engine, OPERATOR)[1] == 0
