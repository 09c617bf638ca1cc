"""Single cells: what is read, and what is refused rather than guessed."""

# ruff: noqa: RUF001 - look-alike characters are what this is about

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from data.importers.cells import is_blank, read_code, read_number, read_text, read_when, read_whole
from data.importers.rows import BadCell, When

DAY = date(2026, 3, 4)
EAST = timezone(timedelta(hours=5, minutes=45))

NUMBERS = {
    "3": 3, "3.0": 3, " 12 ": 12, "-1": -1, "+2": 2, "0.5": 0.5, "007": 7,
    "": None, "NA": None, "n/a": None, "NULL": None, "nan": None, ".": None, "None": None,
}  # fmt: skip
NO_NUMBERS = [
    "three", "1e3", "1e309", "inf", "-inf", "0x1", "1_0", "1,5", "٣", "²", "½", "1 2", "--1",
    "1.", ".5", "1.2.3", "=3", "3%", "$3", "1" * 13, "３",
]  # fmt: skip


@pytest.mark.parametrize(("cell", "value"), NUMBERS.items(), ids=repr)
def test_numbers(cell, value):
    assert read_number(cell, "x") == value


@pytest.mark.parametrize("cell", NO_NUMBERS, ids=repr)
def test_no_numbers(cell):
    with pytest.raises(BadCell, match="is not a number"):
        read_number(cell, "x")


def test_decimal_comma_only_where_the_file_uses_it():
    assert read_number("1,5", "x", ",") == 1.5
    assert read_number("1.5", "x", ",") == 1.5
    with pytest.raises(BadCell):
        read_number("1,234,5", "x", ",")


@pytest.mark.parametrize("cell", ["2.5", "0.1", "-0.5"])
def test_a_part_of_an_answer_is_none(cell):
    with pytest.raises(BadCell, match="is not a whole number"):
        read_whole(cell, "item_1")
    assert read_whole("2.0", "item_1") == 2


DATES = {
    "2026-03-04": When(DAY),
    " 2026-03-04 ": When(DAY),
    "2026-03-04T10:30": When(DAY, time(10, 30)),
    "2026-03-04 10:30:15": When(DAY, time(10, 30, 15)),
    "2026-03-04T10:30:15.25": When(DAY, time(10, 30, 15, 250_000)),
    "2026-03-04T10:30Z": When(DAY, None, datetime(2026, 3, 4, 10, 30, tzinfo=UTC)),
    "2026-03-04T10:30+0545": When(DAY, None, datetime(2026, 3, 4, 10, 30, tzinfo=EAST)),
    "2026-03-04 10:30 +05:45": When(DAY, None, datetime(2026, 3, 4, 10, 30, tzinfo=EAST)),
    "2024-02-29": When(date(2024, 2, 29)),
}
NO_DATES = [
    "31/02/2026", "03/04/2026", "04.03.2026", "2026-02-30", "2025-02-29", "2026-13-01", "2026-3-4",
    "20260304", "45000", "today", "2026-03-04T24:00", "2026-03-04T10", "2026-03-04T10:61", "0",
    "2026-03-04T10:30+99:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "٢٠٢٦-03-04",
    "0000-00-00", "2026-03-04 and more", "2026-03-04T10:30 CET",
]  # fmt: skip


@pytest.mark.parametrize(("cell", "when"), DATES.items(), ids=DATES)
def test_dates(cell, when):
    assert read_when(cell, "date") == when


@pytest.mark.parametrize("cell", NO_DATES)
def test_no_dates(cell):
    with pytest.raises(BadCell, match="is not a date"):
        read_when(cell, "date")


def test_a_missing_date_says_so():
    with pytest.raises(BadCell, match="the date is missing"):
        read_when("  ", "date")


@pytest.mark.parametrize(
    ("cell", "order", "day"),
    [
        ("03/04/2026", "mdy", date(2026, 3, 4)),
        ("03/04/2026", "dmy", date(2026, 4, 3)),
        ("3.4.2026", "dmy", date(2026, 4, 3)),
        ("2026-03-04", "dmy", DAY),
    ],
)
def test_an_order_of_dates_that_is_stated(cell, order, day):
    assert read_when(cell, "date", order).day == day


@pytest.mark.parametrize(("cell", "order"), [("31/02/2026", "dmy"), ("13/13/2026", "mdy")])
def test_a_day_that_never_was(cell, order):
    with pytest.raises(BadCell):
        read_when(cell, "date", order)


TEXTS = {
    " fine ": "fine", "": None, "  ": None, "two\nlines": "two\nlines", "'=1+1": "=1+1",
    "'@x": "@x", "'tis": "'tis", "=1+1": "=1+1", "'": "'", "café": "café",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "text"), TEXTS.items(), ids=repr)
def test_texts(cell, text):
    assert read_text(cell, "note", 100) == text


@pytest.mark.parametrize("cell", ["a\x07b", "\u202eabc", "a\u200bb", "x" * 101, "\ud800"])
def test_no_texts(cell):
    with pytest.raises(BadCell):
        read_text(cell, "note", 100)


@pytest.mark.parametrize("code", ["P-001", "1", "ж-7", "MRN 42", "a.b:c/d#e+f", "x" * 80])
def test_codes(code):
    assert read_code(code, "patient_id") == code


@pytest.mark.parametrize("code", ["", "=1", "+1", "-1", "@a", "<b>", "a\nb", "x" * 81, "_a", "a;b"])
def test_no_codes(code):
    with pytest.raises(BadCell):
        read_code(code, "patient_id")


def test_zero_is_not_blank():
    assert not is_blank("0")
    assert is_blank(" Na ")
