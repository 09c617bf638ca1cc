"""Wrong usage, a process of its own, and what cannot be reached or read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data import instruments
from data.database import configured_engine

ROOT = Path(__file__).resolve().parents[3]
only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


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
