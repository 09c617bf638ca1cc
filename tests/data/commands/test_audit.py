"""`python -m data audit`: what it prints, which file it reads by itself, and its exit code."""

from __future__ import annotations

import stat

import pytest
from sqlalchemy import text

from data.audit_heads import heads_path, keep_heads, read_lines
from data.database import writing
from tests.clinic import LOST
from tests.data.test_audit_check import drop_guards


@pytest.fixture
def run(clinic, migrated_url, monkeypatch, call, tmp_path):
    """Run a command on the audit of a clinic's database; return its exit code and its output."""
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    monkeypatch.setenv("AFTERGLOW_AUDIT_HEADS", str(tmp_path / "ends.log"))
    clinic.register("P-1", records=LOST)
    return lambda *arguments: call("audit", *arguments)[:2]


def test_an_untouched_audit_passes_with_and_without_noted_ends(run, clinic):
    assert run("verify") == (0, "The audit is as it was written (no ends noted elsewhere).\n")

    keep_heads(clinic.engine)

    path = heads_path(clinic.engine)
    expected = f"The audit is as it was written (3 ends noted in {path}).\n"
    assert run("verify") == (0, expected)


def test_a_line_that_was_changed_is_named_and_the_code_is_one(run, clinic):
    drop_guards(clinic.engine)
    with writing(clinic.engine) as connection:
        connection.execute(
            text("UPDATE audit_lines SET person = 'x' WHERE number = 2 AND patient_id IS NOT NULL")
        )

    code, said = run("verify")

    assert code == 1
    assert said == (
        "Denver, line 2 was changed after it was written.\n"
        "The audit is not as it was written (no ends noted elsewhere).\n"
    )


def test_ends_are_appended_for_their_owner_and_checked_when_named(run, clinic, tmp_path):
    out = tmp_path / "copy.log"

    assert run("heads", out) == (0, f"2 ends noted in {out}\n")
    assert run("heads", out)[0] == 0

    assert len(read_lines(out)) == 4
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    drop_guards(clinic.engine)
    with writing(clinic.engine) as connection:
        connection.execute(text("DELETE FROM audit_lines WHERE patient_id IS NOT NULL"))
        connection.execute(
            text(
                "UPDATE audit_heads SET lines = 1, line_hash = (SELECT line_hash "
                "FROM audit_lines l WHERE l.chain_id = audit_heads.chain_id AND number = 1)"
            )
        )

    assert run("verify")[0] == 0
    code, said = run("verify", "--heads", out)
    assert code == 1
    assert "Denver: 8 lines were noted on" in said
    assert "now it has 1." in said


def test_a_file_of_ends_that_is_not_there_is_a_mistake_of_usage(run, tmp_path):
    assert run("verify", "--heads", tmp_path / "nowhere.log")[0] == 2
