"""Ten thousand malformed rows: nothing crashes, nothing wrong gets in, nothing goes unmentioned."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data import clock
from tests.data.importers.hostile import PATIENTS, make_files
from tests.data.importers.strict import read

ROOT = Path(__file__).parents[3]
ROWS = 10_000
COLUMNS = ("instrument", "taken_on", "taken_at", "items", "stated_total", "total",
           "safety_answer", "note", "mode")  # fmt: skip


@pytest.fixture(scope="module")
def files():
    return make_files(seed=20260304, rows=ROWS)


@pytest.fixture(scope="module")
def verdicts(files):
    """Return {(file, row): record or None} from the second reader."""
    today = clock.today("America/Denver")
    return {
        (name, number): verdict
        for name, content in files.items()
        if name != "patients.csv"
        for number, verdict in read(content, set(PATIENTS), today)
    }


def stored(clinic):
    return Counter(
        (
            code, instrument, (day, at and at.astimezone(ZoneInfo("UTC"))),
            None if items is None else tuple(items), stated,
            None if total is None else round(total, 9), safety, note, mode,
        )
        for code, instrument, day, at, items, stated, total, safety, note, mode
        in clinic.scores(*COLUMNS)
    )  # fmt: skip


def test_the_rows_are_hostile_enough(verdicts):
    assert len(verdicts) == ROWS
    refused = sum(verdict is None for verdict in verdicts.values())
    assert 4_000 < refused < 8_000


def test_ten_thousand_malformed_rows(clinic, files, verdicts):
    report = clinic.bring(files)

    counts = report.counts["scores"]
    assert counts["added"] + counts["unchanged"] + counts["refused"] == ROWS
    named = [(refusal.file, refusal.row) for refusal in report.refusals]
    assert len(named) == len(set(named))
    assert set(named) == {place for place, verdict in verdicts.items() if verdict is None}
    assert all(refusal.reason for refusal in report.refusals)

    records = {}
    for verdict in verdicts.values():
        if verdict is not None:
            records.setdefault(verdict[1], verdict[0])
    assert counts["added"] == len(records)
    assert stored(clinic) == Counter(records.values())

    before = clinic.counts()
    again = clinic.bring(files)
    assert again.total("added") == 0
    assert again.counts["scores"]["unchanged"] == counts["added"] + counts["unchanged"]
    after = clinic.counts()
    assert after["assessments"] == before["assessments"]
    assert after["patients"] == before["patients"] == len(PATIENTS)


def test_a_dry_run_leaves_every_table_as_it_was(clinic, files):
    before = clinic.counts()
    report = clinic.bring(files, dry_run=True)

    assert report.counts["scores"]["added"] > 1_000
    assert clinic.counts() == before


MEASURE = """
import pathlib, resource, sys
sys.path.insert(0, sys.argv[1])
from tests.data.importers.hostile import make_files
from data.database import connect
from data.importers import import_files
from data.migrations import upgrade
from models.policy import Person, Role
engine = connect(sys.argv[2])
upgrade(engine)
person = Person("Ada Admin", frozenset({Role.ADMINISTRATOR}), None)
import_files(engine, person, list(make_files(20260304, int(sys.argv[3])).items()))
# Linux counts the process that started this one into ru_maxrss, but not into VmHWM.
status = pathlib.Path("/proc/self/status")
if status.exists():
    lines = status.read_text().splitlines()
    print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_stays_under_500_megabytes(tmp_path):
    url = f"sqlite:///{tmp_path / 'hostile.sqlite3'}"
    command = [sys.executable, "-c", MEASURE, str(ROOT), url, str(ROWS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)

    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 500 * 1024**2
