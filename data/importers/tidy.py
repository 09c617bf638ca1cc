"""Our own tidy CSV: patients.csv, infusions.csv and scores.csv."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from data.importers import readers, scores
from data.importers.rows import BadCell, Batch, Origin, ScoreRow
from data.importers.sheets import Sheet

REQUIRED = {
    "patients": ("patient_id", "site"),
    "infusions": ("patient_id",),
    "scores": ("patient_id", "instrument"),
}
KNOWN = {**readers.KNOWN, "scores": scores.KNOWN}

ReadRow = Callable[[Origin, list[str]], Any]


def table_of(sheet_name: str, header: Iterable[str]) -> str | None:
    """Return which of our three tables a sheet is, by its columns and then by its name."""
    columns = {normalise_column(name) for name in header}
    if "patient_id" not in columns:
        return None
    if "instrument" in columns:
        return "scores"
    if columns & {"date", "datetime"}:
        return "infusions"
    return "patients" if "site" in columns or "patient" in sheet_name.casefold() else None


def normalise_column(name: str) -> str:
    plain = re.sub(r"[\s-]+", "_", name.strip().casefold())
    return re.sub(r"^item_0+(?=[0-9])", "item_", plain)


def read_sheet(sheet: Sheet, table: str, batch: Batch, *, order: str = "ymd") -> None:
    """Read one sheet into the batch; a row that cannot be read becomes a broken row."""
    columns = [normalise_column(name) for name in sheet.header]
    batch.files.append(sheet.name)
    batch.remarks += [(Origin(sheet.name, None), "", remark) for remark in sheet.remarks]
    trouble = _header_problem(columns, table)
    read = _reader(table, columns, order, sheet.decimal)
    target: list[Any] = getattr(batch, table)
    notes = _Notes(columns, table)
    for row, cells in sheet.rows:
        origin = Origin(sheet.name, row)
        problem = trouble or sheet.problem(row, cells)
        if problem:
            batch.broken.append((table, origin, "", problem))
            continue
        try:
            record = read(origin, cells)
        except BadCell as error:
            batch.broken.append((table, origin, error.column, str(error)))
            continue
        target.append(notes.keep(row, cells, record) if notes.places else record)
    if notes.rows:
        batch.notes[sheet.name] = {"columns": notes.unknown, "rows": notes.rows}


def _reader(table: str, columns: list[str], order: str, decimal: str) -> ReadRow:
    """Return what reads a row of cells under these columns."""
    if table == "scores":
        # A header that does not say what is needed has no row that gets as far as being read.
        return scores.ScoreReader(columns, order, decimal).read
    read = readers.read_patient if table == "patients" else readers.read_infusion
    return lambda origin, cells: read(
        origin, dict(zip(columns, cells, strict=True)), order, decimal
    )


def _header_problem(columns: list[str], table: str) -> str | None:
    doubled = {name for name in columns if name and columns.count(name) > 1}
    if doubled:
        return f"the header names {', '.join(sorted(doubled))} twice"
    missing = [name for name in REQUIRED[table] if name not in columns]
    if missing:
        return f"the header lacks the column {', '.join(missing)}"
    return None


class _Notes:
    """Columns the table does not know, kept word for word beside the import."""

    def __init__(self, columns: list[str], table: str) -> None:
        self.places = [
            place
            for place, name in enumerate(columns)
            if table != "patients" and name not in KNOWN[table] and name not in scores.ITEM_NAMES
        ]
        self.unknown = [columns[place] for place in self.places]
        self.rows: list[list[Any]] = []

    def keep(self, row: int, cells: list[str], record: Any) -> Any:
        """Keep what a row says there; return its record, no longer equal to one that says else."""
        said = [cells[place] for place in self.places]
        if not any(cell.strip() for cell in said):
            return record
        self.rows.append([row, *said])
        unknown = tuple(sorted(zip(self.unknown, said, strict=True)))
        if isinstance(record, ScoreRow):
            return record._replace(unknown=unknown)
        return replace(record, unknown=unknown)
