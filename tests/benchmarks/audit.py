"""How long a million audit lines take to check, on either database: PYTHONPATH=. python THIS

Lines are made as data.audit makes them, over a hundred chains of unequal length, and inserted in
bulk. Prints seconds on the clock and of the processor, lines a second, and what one line
costs to write beside an empty transaction.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, insert
from uuid_utils.compat import uuid7

from data import migrations
from data.audit import FIRST_HASH, hash_line, write_line
from data.audit_check import find_tampering
from data.database import connect, reading, writing
from data.queries.audit import AuditFilter, read_audit
from models.policy import OPERATOR, Operation
from models.tables import AuditHead, AuditLine
from tests.postgres import running_postgres

CHAINS = 100
AT_ONCE = 20_000
DETAILS = ({}, {"page": "patients 1"}, {"kind": "infusion", "version": 2, "fields": ["note"]})
NEVER = "nobody"


def fill(engine: Engine, count: int) -> None:
    migrations.upgrade(engine)
    ends: dict[UUID, dict[str, object]] = {}
    with writing(engine) as connection:
        batch = []
        for line in _lines(count, ends):
            batch.append(line)
            if len(batch) == AT_ONCE:
                connection.execute(insert(AuditLine), batch)
                batch.clear()
        if batch:
            connection.execute(insert(AuditLine), batch)
        connection.execute(insert(AuditHead), list(ends.values()))


def _lines(count: int, ends: dict[UUID, dict[str, object]]) -> Iterator[dict[str, object]]:
    chains = [uuid7() for _ in range(CHAINS)]
    patients = [uuid7() for _ in range(20_000)]
    users = [(f"Person {number}", uuid7()) for number in range(300)]
    begin = datetime.now(UTC) - timedelta(days=365)
    operations = (Operation.READ_CHART, Operation.LIST_PATIENTS, Operation.RECORD_ASSESSMENT)
    for number in range(count):
        chain = chains[min(number * 7919 % CHAINS, number * 104_729 % CHAINS)]
        last = ends.get(chain, {"lines": 0, "line_hash": FIRST_HASH})
        name, user_id = users[number * 31 % len(users)]
        line = {
            "chain_id": chain,
            "number": last["lines"] + 1,
            "at": begin + timedelta(seconds=number * 30),
            "person": name,
            "user_id": user_id,
            "role": "clinician",
            "operation": operations[number % 3].value,
            "outcome": "done",
            "patient_id": patients[number * 17 % len(patients)],
            "record_id": None,
            "detail": DETAILS[number % 3],
            "client": "192.0.2.7",
            "request": f"{number:08x}",
            "previous_hash": last["line_hash"],
        }
        line["line_hash"] = hash_line(line)
        ends[chain] = {
            "chain_id": chain,
            "lines": line["number"],
            "line_hash": line["line_hash"],
            "at": line["at"],
        }
        yield line


@contextmanager
def timed(what: str, times: int = 1) -> Iterator[None]:
    clock, processor = time.perf_counter(), time.process_time()
    yield
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(
        f"  {what}: {1000 * clock / times:,.2f} ms, {1000 * processor / times:,.2f} ms of processor"
        + (f", {times / clock:,.0f} a second" if times > 1 else ""),
        flush=True,
    )


def measure(engine: Engine, count: int) -> None:
    print(f"{engine.dialect.name}, {count:,} lines", flush=True)
    with timed("making them"):
        fill(engine, count)
    with timed("checking them"), reading(engine) as connection:
        findings = find_tampering(connection)
    assert findings == [], findings[:3]
    for wanted in (
        AuditFilter(),
        AuditFilter(person="Person 7"),
        AuditFilter(person=NEVER),
        AuditFilter(outcome="denied"),
    ):
        with timed(f"a page of {wanted}"):
            read_audit(engine, OPERATOR, wanted)
    rounds, site = 1000, uuid7()
    with timed("a line in a transaction of its own", rounds):
        for _ in range(rounds):
            with writing(engine) as connection:
                write_line(connection, OPERATOR, Operation.READ_CHART, site_id=site)
    with timed("lines in one transaction", rounds), writing(engine) as connection:
        for _ in range(rounds):
            write_line(connection, OPERATOR, Operation.READ_CHART, site_id=site)
    print(f"  peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    if "sqlite" in asked.databases:
        with tempfile.TemporaryDirectory() as folder:
            engine = connect(f"sqlite:///{Path(folder) / 'audit.sqlite'}")
            measure(engine, asked.lines)
            engine.dispose()
    if "postgresql" in asked.databases:
        with running_postgres("benchmark") as server:
            engine = connect(server.url(server.create()))
            measure(engine, asked.lines)
            engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
