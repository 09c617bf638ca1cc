"""Opening tables: encodings, delimiters, ragged rows, headers, limits."""

from __future__ import annotations

import pytest

from data.importers import sheets
from data.importers.sheets import open_sheet, row_problem
from models.errors import Refused

TEXT = "patient_id,site\nP1,Genève\n"


@pytest.mark.parametrize(
    ("encoding", "remarked"),
    [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("utf-16-le", False),
     ("utf-16-be", False), ("cp1252", True), ("latin-1", True)],
)  # fmt: skip
def test_encodings(encoding, remarked):
    sheet = open_sheet("a.csv", TEXT.encode(encoding))
    assert sheet.header == ["patient_id", "site"]
    assert list(sheet.rows) == [(2, ["P1", "Genève"])]
    assert bool(sheet.remarks) is remarked


def test_latin_1_is_the_last_resort():
    sheet = open_sheet("a.csv", b"patient_id,site\nP1,Gen\xe8ve\x81\n")
    assert "Latin-1" in sheet.remarks[0]


@pytest.mark.parametrize(
    ("delimiter", "decimal"), [(",", "."), (";", ","), ("\t", "."), ("|", ".")]
)
def test_delimiters(delimiter, decimal):
    sheet = open_sheet("a.csv", f"a{delimiter}b\n1{delimiter}2\n".encode())
    assert (sheet.header, sheet.decimal) == (["a", "b"], decimal)
    assert list(sheet.rows) == [(2, ["1", "2"])]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_and_quoted_newlines(ending):
    sheet = open_sheet("a.csv", ending.join(["a,b", '"x\ny",1', "", "z,2"]).encode())
    # The blank line is passed over and still counted, as a spreadsheet shows it.
    assert list(sheet.rows) == [(2, ["x\ny", "1"]), (4, ["z", "2"])]


@pytest.mark.parametrize("content", [b"", b"\n", b",,,\n1,2,3,4", b"   \n", b"\xef\xbb\xbf"])
def test_no_header(content):
    with pytest.raises(Refused, match="has no header row"):
        open_sheet("a.csv", content)


def test_limits(monkeypatch):
    with pytest.raises(Refused, match="has 501 columns: expected at most 500"):
        open_sheet("a.csv", ",".join(f"c{n}" for n in range(501)).encode())
    monkeypatch.setattr(sheets, "LARGEST_FILE", 10)
    with pytest.raises(Refused, match="is larger than"):
        open_sheet("a.csv", b"a,b\n" * 10)
    monkeypatch.setattr(sheets, "LARGEST_FILE", 1000)
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    with pytest.raises(Refused, match="more than 3 rows"):
        list(open_sheet("a.csv", b"a,b\n" * 10).rows)


def test_a_nul_in_the_header_is_no_table():
    with pytest.raises(Refused, match="NUL"):
        open_sheet("a.csv", b"patient_id,si\x00te\n")


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["1", "2"], None),
        (["", ""], "the row is empty"),
        (["1"], "has 1 cells, the header has 2"),
        (["1", "2", ""], "has 3 cells, the header has 2"),
        (["1", "x" * 10_001], "a cell holds 10001 characters"),
        (["1", "a\x00"], "contains a NUL character"),
    ],
)
def test_row_problems(cells, problem):
    found = row_problem(cells, 2)
    assert (found is None) is (problem is None)
    assert problem is None or problem in found


@pytest.mark.parametrize("text", ['a,b\n1,2\n3,"4\n5,6\n7,8\n', 'a,b\n1,2\n3,"4\n5,6\n7,"8"\n'])
def test_a_quote_that_is_left_open_is_named_with_its_row(text):
    """Without this the rows below would get in as part of a note."""
    sheet = open_sheet("a.csv", text.encode())
    problems = {row: sheet.problem(row, cells) for row, cells in sheet.rows}
    reason = "a quote is opened and not closed: 3 lines of the file run into this row"
    assert problems == {2: None, 3: reason}
