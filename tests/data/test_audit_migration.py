"""Audit lines from before there were chains: chained on the way up, plain again on the way down."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.audit_check import find_tampering
from data.database import connect, reading, writing
from data.migrations import current, downgrade, newest, upgrade
from models.policy import OPERATOR, Operation
from models.tables import AuditHead, AuditLine
from models.tables.audit import GROUP_CHAIN
from tests.clinic import rows_of

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
LINES = 40


@pytest.fixture
def old(database_url):
    """A database of the first release: two sites, a patient each, and lines of both and neither."""
    engine = connect(database_url)
    upgrade(engine, "0001")
    sites = {name: uuid7() for name in ("Denver", "Phoenix")}
    patients = {name: uuid7() for name in sites}
    with writing(engine) as connection:
        insert = Inserter(connection)
        for name, site_id in sites.items():
            insert("sites", site_id=site_id, name=name, time_zone="UTC", is_pretend=False)
            insert(
                "patients",
                patient_id=patients[name],
                code=f"P-{name}",
                site_id=site_id,
                covariates={},
                version=1,
                recorded_by="Anna",
            )
        for number in range(LINES):
            whose = [*patients.values(), None][number % 3]
            insert(
                "audit_lines",
                line_id=uuid7(),
                at=BEGIN + timedelta(seconds=number // 2),
                person=["Anna", "Zoë 医"][number % 2],
                role="clinician",
                operation="record_assessment" if whose else "import",
                patient_id=whose,
                record_id=uuid7() if number % 4 else None,
                detail={"rows": {"b": number, "a": ["x", None]}} if number % 5 else {},
            )
    yield engine, sites
    engine.dispose()


class Inserter:
    """Writes rows of tables as they were then, in what each driver takes."""

    def __init__(self, connection):
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"

    def __call__(self, table, **row):
        if table != "audit_lines":
            row.setdefault("recorded_at", BEGIN)
        values = {name: self.plain(value) for name, value in row.items()}
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self.connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)

    def plain(self, value):
        if isinstance(value, dict):
            return json.dumps(value)
        if self.is_sqlite and hasattr(value, "hex") and not isinstance(value, float):
            return value.hex
        if self.is_sqlite and isinstance(value, datetime):
            return value.replace(tzinfo=None).isoformat(" ", timespec="microseconds")
        return value


def check(engine):
    with reading(engine) as connection:
        return find_tampering(connection)


def what_was_said(engine):
    return sorted(
        (
            line.at,
            line.person,
            line.operation,
            str(line.patient_id),
            str(line.record_id),
            line.detail,
        )
        for line in rows_of(engine, AuditLine)
    )


def test_lines_of_the_first_release_are_chained_by_site_and_verify(old, monkeypatch):
    engine, sites = old
    monkeypatch.setattr(clock, "now", lambda: BEGIN + timedelta(days=1))

    upgrade(engine)

    assert check(engine) == []
    ends = {head.chain_id: head.lines for head in rows_of(engine, AuditHead)}
    assert ends == {sites["Denver"]: 14, sites["Phoenix"]: 13, GROUP_CHAIN: 13}
    lines = rows_of(engine, AuditLine)
    assert {line.outcome for line in lines} == {"done"}
    assert len(lines) == LINES
    for chain in ends:
        times = [line.at for line in lines if line.chain_id == chain]
        assert times == sorted(times)
    with writing(engine) as connection:
        write_line(connection, OPERATOR, Operation.REFRESH, site_id=sites["Denver"])
    assert check(engine) == []


def test_down_and_up_again_says_the_same_and_verifies(old):
    engine, _ = old
    upgrade(engine)
    before = what_was_said(engine)

    downgrade(engine, "0001")
    assert current(engine) == "0001"
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_lines")) == LINES
    upgrade(engine)

    assert current(engine) == newest()
    assert what_was_said(engine) == before
    assert check(engine) == []


def test_after_the_way_down_and_up_lines_still_refuse_to_be_changed(old):
    engine, _ = old
    for revision in ("head", "0003", "head"):
        (upgrade if revision == "head" else downgrade)(engine, revision)

    with pytest.raises(Exception, match="never changed"), writing(engine) as connection:
        connection.execute(text("UPDATE audit_lines SET person = 'x'"))
    with pytest.raises(Exception, match="never changed"), writing(engine) as connection:
        connection.execute(text("UPDATE audit_heads SET lines = 1"))


def test_an_empty_audit_goes_up_and_down(database_url):
    engine = connect(database_url)
    for revision in ("0001", "head", "0001", "head"):
        go = downgrade if current(engine) == newest() and revision == "0001" else upgrade
        go(engine, revision)

    assert check(engine) == []
    assert rows_of(engine, AuditHead) == []
    engine.dispose()
