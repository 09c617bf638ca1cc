"""Import: a file or a folder in any format we read, taken whole or tried without keeping it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, insert
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.checkins.standings import refresh_standings
from data.database import reading, writing
from data.flags import raise_flags
from data.importers.formats import read_files
from data.importers.intake import Intake, Tell
from data.importers.report import Report
from data.importers.rows import Batch
from data.results import recompute
from models.errors import Refused
from models.policy import Operation, Person, require_everywhere
from models.tables import ImportRun

Files = Sequence[tuple[str, bytes]]


class _Rehearsed(Exception):
    """Ends the transaction of a dry run."""


def read_path(path: Path) -> list[tuple[str, bytes]]:
    """Return the files at a path, by name; a folder is read one level deep."""
    if path.is_dir():
        found = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
        return [(p.name, p.read_bytes()) for p in found]
    if not path.is_file():
        raise Refused(f"{path} is neither a file nor a folder.")
    return [(path.name, path.read_bytes())]


def import_files(
    engine: Engine,
    person: Person,
    files: Files,
    *,
    dry_run: bool = False,
    date_order: str = "ymd",
    tell: Tell | None = None,
    site: str | None = None,
) -> Report:
    """Import files in one transaction: all good rows are kept, or, in a dry run, none.

    Raises Refused when no file is one we read. `tell` hears rows done and rows in
    all. `site` takes new patients of whom no file says where they belong.
    """
    with reading(engine):
        require_everywhere(person, Operation.IMPORT)
    with _without_collecting():
        batch = read_files(files, date_order=date_order)
        return _take(engine, person, batch, dry_run, tell, site)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Pause the search for cyclic garbage: rows make none, and are looked through each time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _take(
    engine: Engine,
    person: Person,
    batch: Batch,
    dry_run: bool,
    tell: Tell | None,
    site: str | None,
) -> Report:
    report = Report()
    try:
        with writing(engine) as connection:
            intake = Intake(connection, person, tell, site)
            report = intake.take(batch)
            recompute(connection, sorted(intake.touched))
            refresh_standings(connection, sorted(intake.touched))
            raise_flags(connection, sorted(intake.touched))
            _keep_report(connection, person, report)
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        pass
    return report


def _keep_report(connection: Connection, person: Person, report: Report) -> None:
    import_id = uuid7()
    connection.execute(
        insert(ImportRun),
        {
            "import_id": import_id,
            "files": report.files,
            "counts": {table: dict(counts) for table, counts in report.counts.items()},
            "refusals": [[r.file, r.row, r.column, r.reason] for r in report.refusals],
            "unknown_columns": report.notes,
            "recorded_at": clock.now(),
            "recorded_by": person.name,
        },
    )
    write_line(
        connection,
        person,
        Operation.IMPORT,
        record_id=import_id,
        **{table: dict(counts) for table, counts in report.counts.items()},
    )
