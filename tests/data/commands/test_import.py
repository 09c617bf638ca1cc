"""`python -m data import`: what it says of files, and the code it ends with."""

from __future__ import annotations

import csv

from data.database import configured_engine
from models.tables import Standing
from tests.clinic import everything, rows_of


def test_an_import_ends_with_a_line_a_table_and_adds_nothing_the_second_time(run, files):
    code, said, _ = run("import", files)
    assert code == 0
    assert said.splitlines()[-3:] == [
        "patients: added 2, unchanged 0, refused 0",
        "infusions: added 2, unchanged 0, refused 1",
        "scores: added 7, unchanged 0, refused 3",
    ]

    code, said, _ = run("import", files)
    assert code == 0
    assert said.splitlines()[-3:] == [
        "patients: added 0, unchanged 2, refused 0",
        "infusions: added 0, unchanged 2, refused 1",
        "scores: added 0, unchanged 7, refused 3",
    ]


def test_refused_rows_are_listed_with_file_row_column_and_reason(run, files, tmp_path):
    report = tmp_path / "report.csv"

    _, said, _ = run("import", files, "--report", report)

    with report.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["file", "row", "column", "reason"]
    assert sorted(row[:3] for row in rows) == [
        ["infusions.csv", "4", "route"],
        ["scores.csv", "10", "score"],
        ["scores.csv", "11", "instrument"],
        ["scores.csv", "9", ""],
    ]
    assert all(row[3] for row in rows)
    assert "scores.csv, row 10, score: PHQ-9 score 28: expected 0 to 27" in said


def test_a_dry_run_says_the_same_and_keeps_nothing(run, files):
    run("init")
    before = everything(configured_engine())

    code, said, _ = run("import", files, "--dry-run")

    assert code == 0
    assert "Nothing was kept: this was a dry run." in said
    assert said.splitlines()[-1] == "scores: added 7, unchanged 0, refused 3"
    assert everything(configured_engine()) == before


def test_the_order_of_dates_can_be_said(run, files):
    (files / "scores.csv").write_text("patient_id,date,instrument,score\nP-1,02/03/2026,phq9,7\n")

    run("import", files, "--dates", "dmy")

    [standing] = [row for row in rows_of(configured_engine(), Standing) if row.latest == 7]
    assert standing.last_assessed_on.isoformat() == "2026-03-02"
