"""Opening files of unknown making: encodings, delimiters, ragged rows, limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from data.importers.cells import LONGEST_CELL
from models.errors import Refused

LARGEST_FILE = 1024**3
MOST_ROWS = 5_000_000
MOST_COLUMNS = 500
DELIMITERS = (",", ";", "\t", "|")


@dataclass
class Sheet:
    """One table: its header and its rows, numbered as a spreadsheet numbers them."""

    name: str
    header: list[str]
    rows: Iterator[tuple[int, list[str]]]
    delimiter: str
    remarks: list[str] = field(default_factory=list)
    misquoted: dict[int, int] = field(default_factory=dict)  # row: how many lines it swallowed
    is_plain: bool = False  # no quotes, no NUL and no long line, so no row with any of them

    def problem(self, row: int, cells: list[str]) -> str | None:
        """Return why a row cannot be trusted as a whole, if so."""
        if self.is_plain and len(cells) == len(self.header) and cells[0].strip():
            return None
        if row in self.misquoted:
            lines = self.misquoted[row]
            return f"a quote is opened and not closed: {lines} lines of the file run into this row"
        return row_problem(cells, len(self.header))

    @property
    def decimal(self) -> str:
        return "," if self.delimiter == ";" else "."


def open_sheet(name: str, content: bytes) -> Sheet:
    """Read a delimited file. Raises Refused with a sentence when it cannot be one."""
    if len(content) > LARGEST_FILE:
        raise Refused(f"{name} is larger than {LARGEST_FILE // 1024**2} MB.")
    text, remarks = decode(name, content)
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    # One quoted cell may be a megabyte; it is refused below, with its row, not by the reader.
    csv.field_size_limit(64 * 1024**2)
    misquoted: dict[int, int] = {}
    lines = list(io.StringIO(text, newline=""))
    records = _records(name, lines, delimiter, misquoted)
    header = [cell.strip() for cell in next(records, (1, []))[1]]
    if not any(header):
        raise Refused(f"{name} has no header row.")
    if len(header) > MOST_COLUMNS:
        raise Refused(f"{name} has {len(header)} columns: expected at most {MOST_COLUMNS}.")
    if any("\x00" in cell for cell in header):
        raise Refused(f"{name} has a NUL character in its header row.")
    is_plain = '"' not in text and "\x00" not in text and max(map(len, lines)) <= LONGEST_CELL
    return Sheet(name, header, records, delimiter, remarks, misquoted, is_plain)


def decode(name: str, content: bytes) -> tuple[str, list[str]]:
    """Return the text, and a remark where the encoding had to be guessed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace"), []
    for zeros, encoding in ((content[1:80:2], "utf-16-le"), (content[:80:2], "utf-16-be")):
        if len(zeros) > 4 and not any(zeros):  # the byte order mark was lost on the way
            return content.decode(encoding, errors="replace"), []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), ["not UTF-8; read as Windows-1252"]
    except UnicodeDecodeError:
        return content.decode("latin-1"), ["neither UTF-8 nor Windows-1252; read as Latin-1"]


def _records(
    name: str, lines: list[str], delimiter: str, misquoted: dict[int, int]
) -> Iterator[tuple[int, list[str]]]:
    row = end = 0
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        begin = end
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(f"{name}, after row {row}: not readable as a table ({error}).") from None
        row += 1
        if row > MOST_ROWS:
            raise Refused(f"{name} has more than {MOST_ROWS} rows; split it.")
        end = reader.line_num
        if end - begin > 1 and not _closes_its_quotes(lines[begin:end], delimiter):
            misquoted[row] = end - begin
        if cells:
            yield row, cells


def _closes_its_quotes(lines: list[str], delimiter: str) -> bool:
    """Whether a record of several lines is one: a quote left open takes in the rows below it."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def row_problem(cells: list[str], width: int) -> str | None:
    """Return why a row cannot be trusted as a whole, if so."""
    if not cells[0].strip() and not any(cell.strip() for cell in cells):
        return "the row is empty"
    if len(cells) != width:
        return f"has {len(cells)} cells, the header has {width}"
    longest = max(map(len, cells))
    if longest > LONGEST_CELL:
        return f"a cell holds {longest} characters: expected at most {LONGEST_CELL}"
    return "contains a NUL character" if "\x00" in "".join(cells) else None
