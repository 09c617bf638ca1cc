"""Making, demonstrating, renewing and checking a database from the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from data import demo
from data.database import configured_engine, connect, writing
from data.migrations import newest
from models.policy import OPERATOR
from models.tables import Patient, StoredEpisode
from tests.clinic import everything, found_clinic, rows_of
from tests.histories import on

only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


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
