"""Check-in commits beside raw SQLite's of one row: PYTHONPATH=. python THIS

Both write into the same table of the same database file (WAL, synchronous=FULL) by turns, with
one writer and with several. Prints the ratio of commits a second, ours / raw, and what one of
each costs in processor time: the ratio depends on how long the disk takes to flush, that does not.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, insert
from uuid_utils.compat import uuid7

from data import clock, migrations
from data.actions.assessments import record_assessment
from data.database import connect, writing
from data.results import recompute
from models.entries import AssessmentEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.tables import Assessment, Infusion, Patient, Site

PATIENTS = 2000
RAW = "INSERT INTO assessments ({}) VALUES ({})"


def fill(engine: Engine) -> tuple[UUID, list[UUID]]:
    """Add patients with one course of six infusions and twelve weeks of scores."""
    migrations.upgrade(engine)
    now, site_id = datetime.now(UTC), uuid7()
    stamp = {"site_id": site_id, "version": 1, "recorded_at": now, "recorded_by": "benchmark"}
    start = now.date() - timedelta(days=100)
    patients = [
        {**stamp, "patient_id": uuid7(), "code": f"P{number:06}", "covariates": {}}
        | {"indication": "depression"}
        for number in range(PATIENTS)
    ]
    infusions = [
        {**stamp, "patient_id": patient["patient_id"], "infusion_id": uuid7(), "drug": "ketamine"}
        | {"given_on": start + timedelta(days=3 * n), "adverse_events": [], "entry_key": f"{n}"}
        for patient in patients
        for n in range(6)
    ]
    scores = [
        {**stamp, "patient_id": patient["patient_id"], "assessment_id": uuid7(), "mode": "link"}
        | {
            "instrument": "PHQ-9",
            "taken_on": start + timedelta(days=7 * week),
            "total": 18.0 - week,
        }
        | {"is_prorated": False, "entry_key": f"{week}"}
        for patient in patients
        for week in range(12)
    ]
    with writing(engine) as connection:
        site = {"site_id": site_id, "name": "Site", "time_zone": "America/Denver"}
        connection.execute(insert(Site), site | {"is_pretend": True, "recorded_at": now})
        for table, rows in ((Patient, patients), (Infusion, infusions), (Assessment, scores)):
            connection.execute(insert(table), rows)
        recompute(connection, [patient["patient_id"] for patient in patients])
    return site_id, [patient["patient_id"] for patient in patients]


def check_in(engine: Engine, patients: list[UUID], numbers: count[int]) -> None:
    """Answer a whole PHQ-9, as a patient does; every form is a new one."""
    number = next(numbers)
    answers = tuple(float((number >> place) & 1) for place in range(9))
    entry = AssessmentEntry(
        Moment(clock.today("America/Denver") - timedelta(days=1)),
        "PHQ-9",
        "link",
        items=answers,
        note=f"{number}",
    )
    patient_id = patients[number * 7919 % len(patients)]
    record_assessment(engine, OPERATOR, patient_id=patient_id, entry=entry)


class RawWriter:
    """One sqlite3 connection with the same pragmas, inserting one row a commit."""

    def __init__(self, path: Path, site_id: UUID, patients: list[UUID]) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("PRAGMA busy_timeout = 15000")
        self.site, self.patients = site_id.hex, [patient.hex for patient in patients]

    def insert(self, numbers: count[int]) -> None:
        number = next(numbers)
        row = {
            "patient_id": self.patients[number * 7919 % len(self.patients)],
            "assessment_id": uuid7().hex,
            "site_id": self.site,
            "instrument": "PHQ-9",
            "taken_on": "2026-01-01",
            "mode": "link",
            "items": "[0, 1, 0, 1, 0, 1, 0, 1, 0]",
            "safety_answer": 0,
            "total": 4.0,
            "is_prorated": 0,
            "note": f"{number}",
            "entry_key": f"raw:{number}",
            "version": 1,
            "recorded_at": "2026-01-01 00:00:00",
            "recorded_by": "benchmark",
            # A withdrawn record is in the table, but not in the histories we read meanwhile.
            "withdrawn_at": "2026-01-01 00:00:00",
        }
        sql = RAW.format(", ".join(row), ", ".join("?" * len(row)))
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute(sql, list(row.values()))
        self.connection.execute("COMMIT")


def rate(works: list[Callable[[], None]], seconds: float) -> tuple[float, float]:
    """Return how often a second the works together were done, each in a thread of its own,
    and the milliseconds of processor time that one took.
    """
    stop = time.perf_counter() + seconds

    def repeat(work: Callable[[], None]) -> int:
        done = 0
        while time.perf_counter() < stop:
            work()
            done += 1
        return done

    started, spent = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(len(works)) as pool:
        done = sum(pool.map(repeat, works))
    spent = time.process_time() - spent
    return done / (time.perf_counter() - started), 1000 * spent / done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--folder", type=Path, help="where to write: another disk, another answer")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        path = Path(folder) / "commits.sqlite"
        engine = connect(f"sqlite:///{path}")
        site_id, patients = fill(engine)
        numbers = count()
        for writers in asked.writers:
            raws = [RawWriter(path, site_id, patients) for _ in range(writers)]
            ours = [lambda: check_in(engine, patients, numbers)] * writers
            theirs = [lambda raw=raw: raw.insert(numbers) for raw in raws]
            rate(ours, 1), rate(theirs, 1)
            pairs = [
                (rate(ours, asked.seconds), rate(theirs, asked.seconds))
                for _ in range(asked.rounds)
            ]
            ratios = [our[0] / raw[0] for our, raw in pairs]
            (our, our_cost), (raw, raw_cost) = (
                map(statistics.median, zip(*side, strict=True)) for side in zip(*pairs, strict=True)
            )
            print(
                f"{writers} writers: {min(ratios):.2f} / {statistics.median(ratios):.2f} / "
                f"{max(ratios):.2f} of raw commits ({our:.0f} and {raw:.0f} a second, "
                f"{our_cost:.2f} and {raw_cost:.2f} ms of processor time each)",
                flush=True,
            )
        engine.dispose()


if __name__ == "__main__":
    main()
