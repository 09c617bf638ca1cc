"""The engine: SQLite in one file by default, PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from data.audit import DENIED, write_line
from models.errors import Unavailable
from models.policy import Denied

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_FILE = ROOT / "var" / "afterglow.sqlite"

# What a database says when it cannot take anything more at the moment: SQLite's name of the error
# up to the first underscore after SQLITE_, PostgreSQL's SQLSTATE.
UNAVAILABLE = {
    "FULL": "The disk is full: nothing was saved. Free some space, then do it again.",
    "BUSY": "The database is busy with other work: nothing was saved. Try again in a moment.",
    "READONLY": "The database may not be written to: nothing was saved.",
}
SQLSTATES = {
    "53100": "FULL",
    "55P03": "BUSY",
    "40P01": "BUSY",
    "40001": "BUSY",
    "25006": "READONLY",
}


def database_url() -> URL:
    """Return the configured address; a relative SQLite path is taken from the project root."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        return URL.create("sqlite", database=str(DEFAULT_FILE))
    url = make_url(given)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        url = url.set(database=str(ROOT / url.database))
    return url


def connect(url: URL | str) -> Engine:
    """Return an engine. Nothing is opened until it is used.

    Parameters are hidden from errors: they are what patients said, and errors end in logs.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@cache
def configured_engine() -> Engine:
    """Return the process's one engine on the configured database."""
    return connect(database_url())


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection for reads; nothing it does is kept, but a denial is audited."""
    with _auditing_denials(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one transaction: all of it is kept, or none.

    SQLite takes its write lock at once, so that two writers wait for each other instead of
    failing half-way when both try to upgrade a read. Raises Unavailable where the database
    can take nothing more at the moment. A denial ends the transaction and is audited.
    """
    with _auditing_denials(engine), _transaction(engine) as connection:
        yield connection


@contextmanager
def _auditing_denials(engine: Engine) -> Iterator[None]:
    """Write a line for what the policy denies, once the transaction it ended is over."""
    try:
        yield
    except Denied as denied:
        with _transaction(engine) as connection:
            write_line(
                connection,
                denied.person,
                denied.operation,
                patient_id=denied.patient_id,
                outcome=DENIED,
            )
        raise


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        sentence = _explain(error)
        if sentence is None:
            raise
        raise Unavailable(sentence) from error


def _explain(error: BaseException | None) -> str | None:
    """Return the sentence for an error, or for one that it followed.

    A full disk makes SQLite end the transaction itself; taking back a part of it then fails too.
    """
    while error is not None:
        sentence = UNAVAILABLE.get(_trouble(error))
        if sentence:
            return sentence
        error = error.__context__
    return None


def _trouble(error: BaseException) -> str:
    """Return which trouble a driver's error stands for, in the keys of UNAVAILABLE."""
    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return str(name).removeprefix("SQLITE_").split("_")[0]
    return SQLSTATES.get(getattr(error, "sqlstate", None) or "", "")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Durable and strict: an acknowledged commit survives power loss, references must exist."""
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "busy_timeout = 15000",
        "cache_size = -65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    wants_lock = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_lock else "BEGIN")
