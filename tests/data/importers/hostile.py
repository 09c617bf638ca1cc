"""Files no clinic would send on purpose: seeded, so that a failure can be seen again.

`make_files(seed, rows)` gives patients.csv and files of scores in several encodings, with at
least `rows` rows of scores. Most rows carry one or two faults; some carry none.
"""

# ruff: noqa: RUF001 - look-alike characters are what this is about

from __future__ import annotations

import csv
import io
import random

PATIENTS = [f"P-{number:03}" for number in range(120)]
ITEMS = [f"item_{number}" for number in range(1, 10)]
HEADER = ["patient_id", "date", "instrument", "score", *ITEMS, "item9", "mode", "note", "room"]
SIZES = {"PHQ-9": 9, "GAD-7": 7, "NRS-11": 1}

NUMBERS = [
    "1e309", "3.0", "٣", "-1", "4", "99", "1,5", " 2 ", "NaN", "inf", "-inf", "0x2", "1_0", "²",
    "1e1", "+2", "2.5", "--1", "1" * 400, "½", "NA", ".", "null", "０", "3.0000000000000001", "1 2",
]  # fmt: skip
DATES = [
    "31/02/2026", "03/04/2026", "13/13/2026", "2026-02-30", "2025-02-29", "4.3.2026", "2026-3-4",
    "20260304", "tomorrow", "", "2026-03-04T25:00", "2026-03-04 10:61", "0001-01-01T00:00+14:00",
    "9999-12-31T23:59-12:00", "2999-01-01", "1989-12-31", "0000-00-00", "2026-01-05T10:30:00Z",
    "2026-01-05T10:30:00+05:45", "2026-01-05 10:30", "2026-01-05T10:30:00.123456-06:00",
    "２０２６-01-05", "2026-01-05T10:30+99:00", "45000", "Jan 5 2026", " 2026-01-05 ", "1e309",
]  # fmt: skip
CODES = [
    "", "   ", "=1+1", "+1", "-2+3", "@SUM(A1)", "P-999", "p-001", "P" * 300, "'; DROP TABLE x;--",
    "<script>alert(1)</script>", "\u202eP-001", "🦄", "P-001\n", "\tP-001", "P-0\n01", "Ｐ-001",
    "../../etc/passwd", "NULL", "'=P-001",
]  # fmt: skip
INSTRUMENTS = [
    "",
    "PHQ9",
    "phq_9",
    "PHQ-8",
    "phq-9 ",
    "ＰＨＱ-9",
    "pain",
    "=PHQ-9",
    "9",
    "x" * 9000,
]
NOTES = [
    "=cmd|' /C calc'!A0", "'=1+1", "line one\nline two", 'said "fine"', "a,b;c\td|e", "+1", "@x",
    "\u200b", "bell\x07", "café", "-5", "\r\n", "x" * 4001, "x" * 4000, "'", "''", "{{7*7}}",
]  # fmt: skip
MODES = ["link", "KIOSK", "staff ", "import", "", "telepathy", "=1", "paper"]


def make_rows(rng, count):
    """Return rows of cells; the fault of a row is anyone's guess, which is the point."""
    rows = []
    while len(rows) < count:
        row = _good_row(rng)
        for _ in range(rng.choice([0, 0, 1, 1, 1, 2])):
            row = rng.choice(FAULTS)(rng, row)
        rows.append(row)
        if rng.random() < 0.05:
            rows.append(list(row))  # word for word again
    return rows[:count]


def _good_row(rng):
    instrument = rng.choice(list(SIZES))
    highest = 10 if instrument == "NRS-11" else 3
    answers = [rng.randint(0, highest) for _ in range(SIZES[instrument])]
    cells = [str(answer) for answer in answers] + [""] * (9 - len(answers))
    day = f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}"
    stated = rng.choice(["", str(sum(answers))])
    return [rng.choice(PATIENTS), day, instrument, stated, *cells, "", "", "", rng.choice("ABC")]


def _set(column, values):
    at = HEADER.index(column)

    def fault(rng, row):
        changed = list(row)
        if len(changed) > at:
            changed[at] = rng.choice(values)
        return changed

    return fault


def _set_item(rng, row):
    return _set(rng.choice(ITEMS), NUMBERS)(rng, row)


def _blank_items(rng, row):
    for _ in range(rng.randint(1, 5)):
        row = _set(rng.choice(ITEMS), ["", "NA", " "])(rng, row)
    return row


def _drop(rng, row):
    return row[: rng.randint(1, len(row))]


def _lengthen(rng, row):
    return [*row, *[rng.choice(["", "x"])] * rng.randint(1, 3)]


def _empty(_rng, row):
    return [""] * len(row)


def _nul(rng, row):
    changed = list(row)
    at = rng.randrange(len(changed))
    changed[at] += "\x00"
    return changed


def _long_cell(rng, row):
    if rng.random() > 0.01:  # a hundred megabyte cells would only measure the disk
        return row
    return _set("note", ["x" * 1_000_000])(rng, row)


FAULTS = [
    _set_item, _set_item, _set_item, _blank_items, _drop, _lengthen, _empty, _nul, _long_cell,
    _set("score", NUMBERS), _set("item9", NUMBERS), _set("date", DATES), _set("date", DATES),
    _set("patient_id", CODES), _set("instrument", INSTRUMENTS), _set("note", NOTES),
    _set("note", NOTES), _set("mode", MODES),
]  # fmt: skip


def write_csv(header, rows, delimiter=","):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def make_files(seed, rows):
    """Return {name: bytes}: patients.csv first, then scores in five guises."""
    rng = random.Random(seed)
    patients = write_csv(["patient_id", "site"], [[code, "Denver"] for code in PATIENTS])
    share = rows // 10
    latin = [[cell.encode("cp1252", "ignore").decode("cp1252") for cell in row]
             for row in make_rows(rng, share)]  # fmt: skip
    return {
        "patients.csv": patients.encode(),
        "scores_bom.csv": write_csv(HEADER, make_rows(rng, rows - 4 * share)).encode("utf-8-sig"),
        "scores_utf16.csv": write_csv(HEADER, make_rows(rng, share)).encode("utf-16"),
        "scores_windows.csv": write_csv(HEADER, [_cafe(row) for row in latin]).encode("cp1252"),
        "scores_semicolon.csv": write_csv(HEADER, make_rows(rng, share), ";").encode(),
        "scores_twice.csv": write_csv([*HEADER[:-1], "score"], make_rows(rng, share)).encode(),
    }


def _cafe(row):
    """Make sure that the file is not UTF-8."""
    return [*row[:-1], "caf\xe9"] if len(row) == len(HEADER) else row
