"""Which format a file is in, told by what is in it and not by its name."""

from __future__ import annotations

from collections.abc import Sequence

from data.importers import tidy
from data.importers.rows import Batch
from data.importers.sheets import open_sheet
from models.errors import Refused


def read_files(files: Sequence[tuple[str, bytes]], *, date_order: str = "ymd") -> Batch:
    """Read every file we recognise into one batch. Raises Refused when there is none."""
    batch = Batch()
    ignored = []
    for name, content in files:
        if not _read_one(name, content, batch, date_order):
            ignored.append(name)
    if not batch.files:
        raise Refused(_nothing_found(ignored))
    return batch


def _read_one(name: str, content: bytes, batch: Batch, date_order: str) -> bool:
    if not name.casefold().endswith((".csv", ".tsv", ".txt")):
        return False
    sheet = open_sheet(name, content)
    table = tidy.table_of(name, sheet.header)
    if table is None:
        return False
    tidy.read_sheet(sheet, table, batch, order=date_order)
    return True


def _nothing_found(ignored: list[str]) -> str:
    named = ", ".join(ignored[:5]) or "nothing"
    return (
        f"Found {named}: none of it is an import. Expected patients.csv, infusions.csv or "
        "scores.csv with a patient_id column, a REDCap export with its dictionary, or FHIR JSON."
    )
