"""The command line: what it prints, what it writes, and the code it ends with."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from data import __main__ as command_line
from data import clock, demo, instruments, setup
from data.database import configured_engine, connect, writing
from data.exporters.sheets import write_frame
from data.importers import import_files, read_path
from data.migrations import newest
from data.queries.episodes import COLUMNS
from data.queries.scores import read_scores
from models.policy import OPERATOR
from models.tables import Patient, Standing, StoredEpisode
from tests.clinic import everything, found_clinic, noon_of, rows_of
from tests.histories import on

ROOT = Path(__file__).resolve().parents[2]
only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

FILES = {
    "patients.csv": "patient_id,site,indication,name\nP-1,Denver,depression,Ada\n"
    "P-2,Phoenix,depression,=cmd|' /C calc'!A0\n",
    "infusions.csv": "patient_id,date,route,dose_mg\nP-1,2026-01-05,IV,40\nP-2,2026-01-05,IV,40\n"
    "P-1,2026-01-06,PO,40\n",
    "scores.csv": "patient_id,date,instrument,score\n"
    "P-1,2026-01-04,phq9,20\nP-1,2026-01-12,PHQ_9,8\nP-1,2026-01-19,phq-9,9\n"
    "P-1,2026-01-26,PHQ-9,15\nP-1,2026-02-02,PHQ 9,16\n"
    "P-2,2026-01-04,PHQ-9,18\nP-2,2026-01-12,PHQ-9,7\n"
    "P-9,2026-01-12,PHQ-9,7\nP-2,2026-01-13,PHQ-9,28\nP-2,2026-01-14,HAM-D,9\n",
}


@pytest.fixture
def run(database_url, monkeypatch, capsys):
    """Run a command in this process; return its exit code and what it said."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setattr(clock, "now", lambda: noon_of(60))
    configured_engine.cache_clear()

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["data", *map(str, arguments)])
        try:
            command_line.main()
            code = 0
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return code, said.out, said.err

    yield call
    configured_engine().dispose()
    configured_engine.cache_clear()


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def filled(run, files):
    assert run("import", files)[0] == 0
    return run


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


# --- import ---------------------------------------------------------------------------------


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

    header, *rows = read_csv(report)
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


# --- export ---------------------------------------------------------------------------------


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


# --- making and checking --------------------------------------------------------------------


def test_init_makes_an_empty_database_and_refuses_one_with_patients(run):
    code, said, _ = run("init")
    assert code == 0
    assert said.startswith("An empty database is ready: ")
    assert run("init")[0] == 0

    found_clinic(configured_engine()).register("P-1")
    code, _, said = run("init")
    assert code == 1
    assert said.startswith("There are patients in ")
    assert len(rows_of(configured_engine(), Patient)) == 1


def test_a_demo_is_made_once_and_never_beside_patients(run):
    code, said, _ = run("demo", "--patients", "20", "--seed", "3")
    assert code == 0
    assert said.startswith("Made 12 sites, 20 patients, ")

    code, _, said = run("demo", "--patients", "20")
    assert code == 1
    assert said.endswith("No pretend group was made: this database already holds patients.\n")


def test_refresh_changes_nothing_that_is_right_and_mends_what_is_not(run, monkeypatch):
    run("init")
    demo.create(configured_engine(), OPERATOR, patients=30, today=on(50))
    assert run("refresh")[1].startswith("Recomputed 30 patients; 0 stored results changed.\n")

    right = everything(configured_engine())["episodes"]
    with writing(configured_engine()) as connection:
        one = connection.scalar(select(StoredEpisode.patient_id).limit(1))
        wrong = update(StoredEpisode).where(StoredEpisode.patient_id == one).values(best=-1)
        changed = connection.execute(wrong).rowcount
    said = run("refresh")[1]
    assert said == (
        f"Recomputed 30 patients; {changed} stored results changed.\n"
        "Fitted 0 forecast models anew.\n"
        "Back-tested 0 instruments anew.\n"
    )
    assert everything(configured_engine())["episodes"] == right


def test_refresh_of_what_is_due_goes_last_in_line_and_does_nothing_twice(run, monkeypatch):
    steps = []
    monkeypatch.setattr(os, "nice", steps.append)
    run("init")
    assert run("refresh", "--due") == (0, "Worked out: nothing was due.\n", "")
    demo.create(configured_engine(), OPERATOR, patients=30, today=on(50))

    assert run("refresh", "--due") == (0, "Worked out: fits, back_tests.\n", "")
    assert run("refresh", "--due") == (0, "Worked out: nothing was due.\n", "")
    assert steps == [19, 19, 19]


def test_doctor_finds_all_in_order_and_migrate_nothing_to_do(run):
    run("init")

    assert run("doctor") == (0, "Everything checked is in order.\n", "")
    assert run("migrate")[:2] == (0, f"The schema is at {newest()}.\n")


def test_doctor_does_not_take_an_empty_database_for_a_good_one(run):
    code, said, _ = run("doctor")

    assert (code, said) == (1, "The schema is at None.\n")


def test_a_database_of_another_release_is_refused_by_every_command(run, files, tmp_path):
    run("init")
    with writing(configured_engine()) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for arguments in (
        ["init"],
        ["import", files],
        ["export", "episodes", tmp_path / "out.csv"],
        ["refresh"],
        ["demo"],
    ):
        code, _, said = run(*arguments)
        assert code == 1, arguments
        assert said.startswith("The database is of another release"), arguments
    assert run("doctor")[:2] == (1, "The schema is at 9999.\n")
    assert not (tmp_path / "out.csv").exists()


def damage(path, offset, length=4096):
    """Write noise over part of a file."""
    noise = bytes((index * 37 + 11) % 256 for index in range(length))
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(noise)


@only_sqlite
@pytest.mark.parametrize("page", [1, 2, 5, "middle", "last"])
def test_doctor_finds_a_damaged_page_and_says_what_to_do(run, database_url, page):
    run("init")
    clinic = found_clinic(configured_engine())
    for number in range(40):
        clinic.register(f"P-{number}", name="x" * 300)
    configured_engine().dispose()
    path = Path(connect(database_url).url.database)
    pages = path.stat().st_size // 4096
    number = {"middle": pages // 2, "last": pages}.get(page, page)
    damage(path, (number - 1) * 4096)

    code, said, _ = run("doctor")

    assert code == 1
    assert said.startswith("The database file is damaged (")
    assert said.endswith("): restore a backup.\n")
    assert "Traceback" not in said


@only_sqlite
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(run, database_url, tmp_path):
    path = Path(connect(database_url).url.database)
    path.write_text("Dear diary, " * 1000)

    for arguments in (["init"], ["refresh"], ["export", "scores", tmp_path / "out.csv"]):
        code, _, said = run(*arguments)
        assert (code, said.count("\n")) == (1, 1), arguments
        assert "is damaged (file is not a database)" in said
    assert path.read_text() == "Dear diary, " * 1000


@only_sqlite
def test_doctor_counts_rows_that_refer_to_nothing(run):
    run("init")
    clinic = found_clinic(configured_engine())
    clinic.register("P-1")
    with configured_engine().connect() as connection:
        raw = connection.connection.driver_connection
        raw.rollback()
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("DELETE FROM sites")
        raw.execute("PRAGMA foreign_keys = ON")

    # The patient, where they belong, where their check-ins stand, and a year of forms, a row each.
    assert run("doctor")[:2] == (1, f"{3 + 53} rows refer to records that do not exist.\n")


# --- usage ----------------------------------------------------------------------------------

USAGE = {
    "an unknown command": ["frobnicate"],
    "an unknown export": ["export", "secrets", "out.csv"],
    "no file to write": ["export", "episodes"],
    "a day that is none": ["export", "episodes", "out.csv", "--as-of", "2026-02-30"],
    "another order of dates": ["import", ".", "--dates", "ydm"],
    "a path that is not there": ["import", "no-such-folder"],
    "by something unknown": ["export", "survival", "out.csv", "--by", "moon"],
    "an unknown option": ["doctor", "--force"],
}


@only_sqlite
@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_wrong_usage_ends_with_two(run, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, _, said = run(*arguments)

    assert code == 2
    assert "Usage" in said
    assert not (tmp_path / "out.csv").exists()


def process(*arguments, url):
    return subprocess.run(
        [sys.executable, "-m", "data", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@only_sqlite
def test_as_a_process_of_its_own_it_ends_with_the_same_codes(database_url, files, tmp_path):
    done = process("import", files, url=database_url)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        0,
        "scores: added 7, unchanged 0, refused 3",
    )
    again = process("demo", url=database_url)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.splitlines()[-1].startswith("No pretend group was made")
    assert process("export", url=database_url).returncode == 2


NOWHERE = "postgresql+psycopg://nobody:secret@127.0.0.1:1/x?connect_timeout=2"


@only_sqlite
@pytest.mark.parametrize("command", ["init", "doctor", "refresh"])
def test_a_database_that_cannot_be_reached_is_said_without_its_password(run, command, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", NOWHERE)
    configured_engine.cache_clear()
    code, said, complained = run(command)

    assert code == 1
    assert "The database cannot be reached: postgresql+psycopg://nobody:***@" in said + complained
    assert "secret" not in said + complained
    assert "Traceback" not in said + complained


def test_a_definition_that_contradicts_itself_is_named_by_doctor(run, tmp_path, monkeypatch):
    run("init")
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "bad.toml").write_text('code = "BAD"\n')
    monkeypatch.setenv(instruments.OWN_FOLDER, str(folder))
    instruments.forget()
    try:
        code, _, said = run("doctor")
    finally:
        monkeypatch.undo()
        instruments.forget()

    assert code == 1
    assert said.startswith("bad.toml: missing key")
