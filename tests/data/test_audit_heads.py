"""Ends of chains noted in a file: once a day, for its owner only, and never over one another."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from data import audit_heads
from data.audit_heads import heads_path, keep_heads, note_heads, read_heads, read_lines
from data.database import connect
from models.tables import AuditHead
from tests.clinic import noon_of, rows_of

only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)


@pytest.fixture
def path(tmp_path, monkeypatch):
    path = tmp_path / "kept" / "elsewhere.log"
    monkeypatch.setenv("AFTERGLOW_AUDIT_HEADS", str(path))
    return path


def test_a_line_a_chain_says_when_which_how_many_and_the_hash(clinic, path):
    clinic.register("P-1")

    assert keep_heads(clinic.engine) is True

    expected = sorted(
        f"{clinic.now.isoformat()} {head.chain_id} {head.lines} {head.line_hash}"
        for head in rows_of(clinic.engine, AuditHead)
    )
    assert sorted(path.read_text().splitlines()) == expected
    assert len(expected) == 2
    heads, unreadable = read_heads(read_lines(path))
    assert sorted(head.lines for head in heads) == [1, 2]
    assert {head.at for head in heads} == {f"{clinic.now:%Y-%m-%d} 18:00 UTC"}
    assert unreadable == []


def test_only_the_owner_may_read_it(clinic, path):
    keep_heads(clinic.engine)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_once_a_day_is_enough_and_the_next_day_is_noted_again(clinic, path):
    assert keep_heads(clinic.engine) is True
    assert keep_heads(clinic.engine) is False
    assert len(read_lines(path)) == 2

    clinic.now = noon_of(61)

    assert keep_heads(clinic.engine) is True
    assert len(read_lines(path)) == 4


def test_an_audit_without_lines_leaves_no_file(engine, path):
    assert keep_heads(engine) is False
    assert not path.exists()


def test_after_a_line_that_was_cut_off_the_next_begins_on_its_own(clinic, path):
    keep_heads(clinic.engine)
    path.write_text(path.read_text()[:-30])
    note_heads(clinic.engine, path)

    heads, unreadable = read_heads(read_lines(path))

    assert unreadable == [2]
    assert len(heads) == 3


@only_sqlite
def test_the_file_is_beside_the_database_and_bears_its_name(clinic):
    database = Path(clinic.engine.url.database)

    assert heads_path(clinic.engine) == database.parent / "migrated-audit-heads.log"
    assert keep_heads(clinic.engine) is True
    assert len(read_lines(heads_path(clinic.engine))) == 2


@only_postgresql
def test_for_a_database_elsewhere_the_file_is_the_projects(engine):
    name = engine.url.database

    assert heads_path(engine) == audit_heads.ROOT / "var" / f"{name}-audit-heads.log"


def test_two_databases_beside_each_other_share_no_file(tmp_path):
    paths = {
        heads_path(connect(f"sqlite:///{tmp_path / name}")) for name in ("a.sqlite", "b.sqlite")
    }

    assert len(paths) == 2
