"""How fast an import is, beside sqlite3's own executemany of the same rows.

    .venv/bin/python -m tests.benchmarks.imports [ROWS]

Both write the same assessments into the same table of a fresh SQLite file with the same settings,
in one transaction. Ours also decodes, reads, checks, scores and identifies every row and says what
it did; executemany is handed finished tuples. The recomputation of episodes is timed apart.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from data import importers
from data.database import connect
from data.importers import import_files
from data.migrations import upgrade
from models.policy import Person, Role

ROUNDS = 5
PATIENTS = 5_000
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -65536")


def make_files(rows: int) -> tuple[bytes, bytes, bytes]:
    """Return patients, infusions, and scores: PHQ-9 with items, half of them with a time."""
    rng = random.Random(9)
    patients = "patient_id,site\n" + "".join(f"P{n},Denver\n" for n in range(PATIENTS))
    infusions = "patient_id,date\n" + "".join(f"P{n},2024-01-05\n" for n in range(PATIENTS))
    lines = ["patient_id,datetime,instrument,score," + ",".join(f"item_{n}" for n in range(1, 10))]
    for number in range(rows):
        items = [rng.randrange(4) for _ in range(9)]
        day = date(2024, 1, 1) + timedelta(days=7 * (number // PATIENTS) + rng.randrange(7))
        clock = f"T{rng.randrange(8, 20):02}:{rng.randrange(60):02}" if rng.random() < 0.5 else ""
        answers = ",".join(map(str, items))
        lines.append(f"P{number % PATIENTS},{day}{clock},PHQ-9,{sum(items)},{answers}")
    return patients.encode(), infusions.encode(), "\n".join(lines).encode()


def fresh(path: Path) -> None:
    """Make an empty database with the current schema."""
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()


def time_import(path: Path, rows: int) -> tuple[float, float]:
    """Return seconds for reading and storing the scores, and for recomputing episodes."""
    patients, infusions, scores = make_files(rows)
    engine = connect(f"sqlite:///{path}")
    person = Person("Benchmark", frozenset({Role.ADMINISTRATOR}), None)
    import_files(engine, person, [("patients.csv", patients), ("infusions.csv", infusions)])
    recompute, spent = importers.recompute, 0.0

    def timed(*arguments: object) -> int:
        nonlocal spent
        began = time.process_time()
        changed = recompute(*arguments)
        spent += time.process_time() - began
        return changed

    importers.recompute = timed
    began = time.process_time()
    report = import_files(engine, person, [("scores.csv", scores)])
    took = time.process_time() - began
    importers.recompute = recompute
    engine.dispose()
    assert report.counts["scores"]["added"] == rows, report.summary()
    return took - spent, spent


def time_executemany(source: Path, target: Path) -> float:
    """Return seconds sqlite3 needs to write the source's assessments into the target."""
    with sqlite3.connect(source) as connection:
        rows = connection.execute("SELECT * FROM assessments ORDER BY rowid").fetchall()
        tables = {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()
            for name in ("sites", "patients")
        }
    connection = sqlite3.connect(target, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    for name, records in tables.items():
        connection.executemany(_insert(name, len(records[0])), records)
    began = time.process_time()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_insert("assessments", len(rows[0])), rows)
    connection.execute("COMMIT")
    took = time.process_time() - began
    connection.close()
    return took


def _insert(table: str, width: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"


def main(rows: int) -> None:
    found = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours, theirs = Path(folder, "ours.sqlite3"), Path(folder, "theirs.sqlite3")
            fresh(ours)
            fresh(theirs)
            stored, recomputed = time_import(ours, rows)
            plain = time_executemany(ours, theirs)
        found.append((plain / stored, stored, recomputed, plain))
        print(
            f"import {stored:.2f} s ({rows / stored:,.0f} rows/s), executemany {plain:.2f} s, "
            f"ratio {plain / stored:.2f}; episodes besides {recomputed:.2f} s"
        )
    print(f"median ratio {statistics.median(each[0] for each in found):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
