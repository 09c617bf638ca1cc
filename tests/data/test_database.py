"""Connections: durable and strict, one transaction a write, and a sentence for each trouble."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from uuid_utils.compat import uuid7

from data import database
from data.database import connect, database_url, reading, writing
from models.errors import Unavailable
from models.outcomes.history import Moment
from models.tables import Assessment, Site
from tests.clinic import everything, rows_of
from tests.histories import on

only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged commit survives power loss
    "foreign_keys": 1,
    "busy_timeout": 15_000,
}


@only_sqlite
def test_the_durable_settings_are_in_force_on_every_connection(engine):
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            for name, value in PRAGMAS.items():
                assert connection.scalar(text(f"PRAGMA {name}")) == value, name


@pytest.mark.parametrize(
    ("given", "driver", "place"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg", "d"),
        ("postgresql://u:p@h/d", "postgresql+psycopg", "d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg", "d"),
        ("sqlite:///var/other.sqlite", "sqlite", str(database.ROOT / "var" / "other.sqlite")),
        ("sqlite:////srv/other.sqlite", "sqlite", "/srv/other.sqlite"),
        ("sqlite:///:memory:", "sqlite", ":memory:"),
        ("", "sqlite", str(database.DEFAULT_FILE)),
    ],
)
def test_the_address_is_read_as_people_write_it(monkeypatch, given, driver, place):
    monkeypatch.setenv("DATABASE_URL", given)
    url = database_url()

    assert (url.drivername, url.database) == (driver, place)


def open_site(name="Denver", **more):
    """Return the statement that opens a site."""
    facts = {
        "site_id": uuid7(),
        "name": name,
        "time_zone": "America/Denver",
        "is_pretend": False,
        "recorded_at": datetime(2026, 1, 5, tzinfo=UTC),
    }
    return insert(Site).values(**facts | more)


def write(engine, *statements):
    with writing(engine) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_write_is_kept_whole_or_not_at_all(engine):
    with pytest.raises(IntegrityError):
        write(engine, open_site(), open_site())  # the name is in use by now

    assert rows_of(engine, Site) == []


def test_nothing_done_while_reading_is_kept(engine):
    with reading(engine) as connection:
        connection.execute(open_site())

    assert rows_of(engine, Site) == []


def test_a_record_of_no_patient_cannot_be_stored(clinic):
    patient = clinic.register("P-1")
    clinic.score(patient, Moment(on(3)), 12)

    with pytest.raises(IntegrityError):
        write(clinic.engine, update(Assessment).values(patient_id=uuid7()))


def test_errors_do_not_repeat_what_a_patient_said(engine):
    with pytest.raises(IntegrityError) as raised:
        write(engine, open_site("secret", time_zone=None))

    assert "secret" not in str(raised.value).split("DETAIL")[0]
    assert "SQL parameters hidden" in str(raised.value)


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001


def test_an_instant_comes_back_as_the_same_instant_in_utc(engine):
    @settings(max_examples=60, deadline=None, database=None)
    @given(INSTANTS)
    def check(instant):
        site_id = uuid7()
        write(engine, open_site(str(site_id), site_id=site_id, recorded_at=instant))
        [back] = [row.recorded_at for row in rows_of(engine, Site, site_id=site_id)]
        assert back == instant
        assert back.utcoffset() == timedelta(0)

    check()


def test_a_time_without_a_zone_is_not_stored(engine):
    naive = datetime(2026, 1, 5)  # noqa: DTZ001

    with pytest.raises(StatementError, match="an instant needs a time zone"):
        write(engine, open_site(recorded_at=naive))


@only_sqlite
def test_on_a_full_disk_nothing_is_lost_and_there_is_a_sentence(clinic):
    """A limit on the file's pages stands for the disk: SQLite reports both in the same way."""
    patient = clinic.register("P-1")
    clinic.score(patient, Moment(on(1)), 12)
    engine = clinic.engine
    engine.dispose()

    def limit(connection, _record):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", limit)
    sentence, before = fill(clinic, patient)
    assert sentence.startswith("The disk is full: nothing was saved")
    assert everything(engine) == before
    kept = len(rows_of(engine, Assessment))

    event.remove(engine, "connect", limit)
    engine.dispose()
    clinic.score(patient, Moment(on(59)), 12, note="x" * 3000)
    assert len(rows_of(engine, Assessment)) == kept + 1
    with reading(engine) as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"


def fill(clinic, patient):
    """Record until it is refused; return the refusal, and all there was just before it."""
    for day in range(2, 60):
        before = everything(clinic.engine)
        try:
            clinic.score(patient, Moment(on(day)), 12, note="x" * 3000)
        except Unavailable as error:
            return str(error), before
    raise AssertionError("the disk never filled")


@only_sqlite
def test_a_database_that_stays_locked_is_said_to_be_busy(clinic, migrated_url):
    patient = clinic.register("P-1")
    clinic.engine.dispose()
    event.listen(clinic.engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout = 50"))
    path = connect(migrated_url).url.database
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="busy with other work: nothing was saved"):
        clinic.score(patient, Moment(on(1)), 12)

    other.close()
    clinic.score(patient, Moment(on(1)), 12)
    assert len(rows_of(clinic.engine, Assessment)) == 1


@only_sqlite
def test_one_reads_while_another_writes(clinic):
    clinic.register("P-1")
    with writing(clinic.engine) as connection:
        connection.execute(open_site("Reno"))
        assert [row.name for row in rows_of(clinic.engine, Site)] == ["Denver", "Phoenix"]


TROUBLES = {
    "disk full": (psycopg.errors.DiskFull, "The disk is full"),
    "locked": (psycopg.errors.LockNotAvailable, "busy"),
    "deadlock": (psycopg.errors.DeadlockDetected, "busy"),
    "standby": (psycopg.errors.ReadOnlySqlTransaction, "may not be written to"),
}


@only_postgres
@pytest.mark.parametrize(("error", "words"), TROUBLES.values(), ids=TROUBLES)
def test_postgresqls_troubles_have_the_same_sentences(engine, error, words):
    """Raised by the server itself, from a function that says what a full disk would say."""
    raising = text(f"DO $$ BEGIN RAISE EXCEPTION SQLSTATE '{error.sqlstate}'; END $$")

    with pytest.raises(Unavailable, match=words):
        write(engine, open_site(), raising)

    assert rows_of(engine, Site) == []


@only_postgres
def test_a_connection_the_server_has_cut_is_a_fault_and_the_next_one_works(engine):
    cut = text("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError, match="terminating connection"):
        write(engine, open_site(), cut)

    assert rows_of(engine, Site) == []


def test_the_folder_of_a_new_database_is_made(tmp_path: Path):
    engine = connect(f"sqlite:///{tmp_path / 'new' / 'folder' / 'a.sqlite'}")
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
    engine.dispose()

    assert (tmp_path / "new" / "folder" / "a.sqlite").exists()
