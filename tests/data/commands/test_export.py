"""`python -m data export`: the columns promised, whom it leaves out, and what it refuses."""

from __future__ import annotations

import csv
import re

import pytest

from data import setup
from data.database import connect
from data.exporters.sheets import write_frame
from data.importers import import_files, read_path
from data.queries.episodes import COLUMNS
from data.queries.scores import read_scores
from models.policy import OPERATOR


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_episodes_have_the_columns_of_the_design(filled, tmp_path):
    out = tmp_path / "episodes.csv"

    code, said, _ = filled("export", "episodes", out)

    header, first, second = read_csv(out)
    assert (code, said) == (0, f"episodes: 2 rows written to {out}\n")
    assert tuple(header) == COLUMNS
    assert first == (
        "P-1,Denver,PHQ-9,1,induction,2026-01-05,2026-01-05,1,20,8,1,0,14,21,lost,2026-01-26,1"
    ).split(",")
    assert second == (
        "P-2,Phoenix,PHQ-9,1,induction,2026-01-05,2026-01-05,1,18,7,1,0,7,,silent,,1"
    ).split(",")


def test_episodes_as_of_a_day_know_only_that_day(filled, tmp_path):
    out = tmp_path / "episodes.csv"

    filled("export", "episodes", out, "--as-of", "2026-01-25", "--instrument", "phq9")

    ends = {row[0]: row[14] for row in read_csv(out)[1:]}
    assert ends == {"P-1": "holding", "P-2": "holding"}


@pytest.mark.parametrize("name", ["PHQ-9", "phq9", "PHQ_9", "phq 9"])
def test_an_instrument_is_found_however_it_is_written(filled, tmp_path, name):
    out = tmp_path / "scores.csv"

    code, said, _ = filled("export", "scores", out, "--instrument", name)

    assert (code, said) == (0, f"scores: 7 rows written to {out}\n")


@pytest.mark.parametrize("what", ["episodes", "scores", "survival"])
def test_a_folder_that_is_not_there_is_named_as_it_was_typed(filled, tmp_path, what):
    out = tmp_path / "nowhere" / "x.csv"

    code, _, said = filled("export", what, out)

    assert (code, said) == (1, f"No such file or directory: {out}\n")


def test_an_unknown_instrument_is_refused(filled, tmp_path):
    code, _, said = filled("export", "scores", tmp_path / "out.csv", "--instrument", "HAM-D")

    assert (code, said) == (1, "HAM-D is not an instrument this clinic uses.\n")
    assert not (tmp_path / "out.csv").exists()


def test_whoever_is_listed_and_not_known_is_named(filled, tmp_path):
    at, out = tmp_path / "at.csv", tmp_path / "out.csv"
    at.write_text("patient_id,as_of\nZ-8,2026-03-31\nZ-9,2026-03-31\n")
    code, said, complained = filled("export", "forecast", out, "--at", at)

    assert (code, complained) == (0, "Not known here, so without a row: Z-8 and 1 more.\n")
    assert said.startswith("forecast: ")
    assert out.exists()


CURVES = ["group", "method", "day", "at_risk", "survival", "ci_lower", "ci_upper"]
MEDIANS = [
    "group", "method", "patients", "courses", "lost", "median", "ci_lower", "ci_upper",
    "rmst_56", "rmst_56_se",
]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "groups"), [([], {"all"}), (["--by", "site"], {"Denver", "Phoenix"})]
)
def test_survival_has_both_methods_and_its_medians_beside_it(filled, tmp_path, options, groups):
    out = tmp_path / "curve.csv"

    code, _, _ = filled("export", "survival", out, *options)

    header, *rows = read_csv(out)
    assert (code, header) == (0, CURVES)
    assert {row[0] for row in rows} == groups
    assert {row[1] for row in rows} == {"turnbull", "kaplan_meier"}
    header, *medians = read_csv(tmp_path / "curve_medians.csv")
    assert header == MEDIANS
    assert {(row[0], row[1]) for row in medians} == {
        (group, method) for group in groups for method in ("turnbull", "kaplan_meier")
    }
    counted = {row[0]: row[2:5] for row in medians}
    expected = {"all": ["2", "2", "1"], "Denver": ["1", "1", "1"], "Phoenix": ["1", "1", "0"]}
    assert counted == {group: expected[group] for group in groups}


def test_what_a_spreadsheet_would_run_is_guarded_on_the_way_out(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "patients.csv").write_text("patient_id,site\nP-1,=1+1\nP-2,@Denver\nP-3,-7\n")
    (folder / "scores.csv").write_text(
        "patient_id,date,instrument,item_1,item_2,item_3,item_4,item_5,item_6,item_7,item_8,"
        "item_9\n" + "".join(f"P-{n},2026-01-05,PHQ-9,1,,1,1,1,1,1,1,0\n" for n in (1, 2, 3))
    )
    assert run("import", folder)[1].endswith("scores: added 3, unchanged 0, refused 0\n")
    out = tmp_path / "scores.csv"

    run("export", "scores", out)

    rows = read_csv(out)[1:]
    assert [row[1] for row in rows] == ["'=1+1", "'@Denver", "'-7"]
    assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r-]", cell)]


def test_an_export_of_scores_is_read_back_equal_by_an_empty_database(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    items = ",".join(f"item_{number}" for number in range(1, 10))
    (folder / "patients.csv").write_text("patient_id,site\nP-1,Denver\n")
    (folder / "scores.csv").write_text(
        f"patient_id,datetime,instrument,mode,{items}\n"
        "P-1,2026-01-05T08:05:00,PHQ-9,link,3,2,1,0,3,2,1,0,1\n"
        "P-1,2026-01-12,PHQ-9,kiosk,3,,1,0,3,2,1,0,1\n"
    )
    run("import", folder)
    first, again = tmp_path / "first.csv", tmp_path / "again.csv"
    run("export", "scores", first)

    (folder / "scores.csv").write_text(first.read_text())
    empty = connect(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    setup.ready(empty)
    report = import_files(empty, OPERATOR, read_path(folder))
    write_frame(again, read_scores(empty, OPERATOR))
    empty.dispose()

    assert report.refusals == []
    assert again.read_text() == first.read_text()
    assert len(read_csv(again)) == 3


def test_an_export_into_a_folder_that_is_not_there_says_so(filled, tmp_path):
    code, _, said = filled("export", "episodes", tmp_path / "none" / "out.csv")

    assert code == 1
    assert said.startswith("No such file or directory: ")


@pytest.mark.parametrize("what", ["episodes", "survival", "scores"])
def test_an_empty_database_exports_its_header_only(run, tmp_path, what):
    out = tmp_path / "out.csv"

    code, said, _ = run("export", what, out)

    assert (code, said) == (0, f"{what}: 0 rows written to {out}\n")
    assert len(read_csv(out)) == 1
