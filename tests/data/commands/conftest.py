"""Commands run in this process, on a database of their own."""

from __future__ import annotations

import sys

import pytest

from data import __main__ as command_line
from data import clock
from data.database import configured_engine
from tests.clinic import noon_of

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
def call(monkeypatch, capsys):
    """Run a command on the configured database; return its exit code and what it said."""
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
def run(database_url, monkeypatch, call):
    """Run a command on an empty database, on day 60."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.delenv("AFTERGLOW_ADDRESS", raising=False)
    monkeypatch.setattr(clock, "now", lambda: noon_of(60))
    return call


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
