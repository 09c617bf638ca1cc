"""Which format a file is in, told by what is in it and not by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from data.importers import redcap, tidy
from data.importers.fhir import read_fhir
from data.importers.fhir_resources import Opened, open_resources
from data.importers.redcap_dictionary import Dictionary, is_dictionary, read_dictionary
from data.importers.rows import Batch, Origin
from data.importers.sheets import Sheet, open_sheet
from models.errors import Refused

LONGEST_NAME = 200


@dataclass
class _Sorted:
    """The files of an import by what they turned out to be."""

    sheets: list[Sheet] = field(default_factory=list)
    dictionaries: list[Dictionary] = field(default_factory=list)
    fhir: list[tuple[str, Opened]] = field(default_factory=list)
    ignored: list[tuple[str, str]] = field(default_factory=list)  # name, why


def read_files(files: Sequence[tuple[str, bytes]], *, date_order: str = "ymd") -> Batch:
    """Read every file we recognise into one batch. Raises Refused when there is none."""
    batch = Batch()
    found = _Sorted()
    for name, content in files:
        _sort(_printable(name), content, found)
    for sheet in found.sheets:
        why = _read_sheet(sheet, found.dictionaries, batch, date_order)
        if why:
            found.ignored.append((sheet.name, why))
    if found.fhir and not read_fhir(found.fhir, batch):
        why = "FHIR, but no patient, questionnaire response or score"
        found.ignored += [(name, why) for name, _ in found.fhir]
    if not batch.files:
        raise Refused(_nothing_found(found))
    batch.remarks += [(Origin(name, None), "", f"left out: {why}") for name, why in found.ignored]
    return batch


def _sort(name: str, content: bytes, found: _Sorted) -> None:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        found.ignored.append((name, "a workbook or an archive; save its sheets as CSV"))
        return
    opened = open_resources(name, content)
    if opened is not None:
        found.fhir.append((name, opened))
        return
    if not name.casefold().endswith((".csv", ".tsv", ".txt")):
        found.ignored.append((name, "neither a table nor FHIR"))
        return
    try:
        sheet = open_sheet(name, content)
    except Refused as error:
        found.ignored.append((name, str(error)))
        return
    if is_dictionary(sheet.header):
        found.dictionaries.append(read_dictionary(sheet))
    else:
        found.sheets.append(sheet)


def _read_sheet(
    sheet: Sheet, dictionaries: Sequence[Dictionary], batch: Batch, order: str
) -> str | None:
    """Read one table; return why not where nothing of it is ours."""
    dictionary = next((each for each in dictionaries if each.describes(sheet.header)), None)
    table = tidy.table_of(sheet.name, sheet.header)
    if dictionary is None and table is not None and not redcap.is_export(sheet.header):
        tidy.read_sheet(sheet, table, batch, order=order)
        return None
    return redcap.read_export(sheet, dictionary, batch, order=order)


def _printable(name: str) -> str:
    """Return a file name that any database can keep and any screen can show."""
    clean = "".join(char if char.isprintable() else "?" for char in name)
    return clean if len(clean) <= LONGEST_NAME else clean[-LONGEST_NAME:]


def _nothing_found(found: _Sorted) -> str:
    reasons = [f"{name}: {why}" for name, why in found.ignored[:5]]
    reasons += [f"{each.name}: a REDCap dictionary" for each in found.dictionaries[:5]]
    return (
        f"There is nothing to import ({'; '.join(reasons) or 'no file'}). Expected patients.csv, "
        "infusions.csv or scores.csv with a patient_id column, a REDCap export with its "
        "dictionary, or FHIR JSON."
    )
