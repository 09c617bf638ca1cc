"""Fixtures for all tests: nothing real can be reached, and every database is empty and one's own.

    database_url   an empty database, once on SQLite and once on PostgreSQL
    migrated_url   the same with the current schema
    engine         a SQLAlchemy engine on the latter

A test for one of the two says `@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)`.

With several workers a file's tests share one, and all of the browser's do.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.copies import Copies
from tests.isolation import REFUSED_DATABASE, block_network
from tests.postgres import Postgres, running_postgres

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from xdist.scheduler import LoadFileScheduling

BROWSER = "tests/browser/"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Keep the browser's tests in one worker: one server, one pretend group, one browser at a time.

    They take the longest and come first, in the order they are found (--no-loadscope-reorder).
    """
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return BROWSER if nodeid.startswith(BROWSER) else super()._split_scope(nodeid)

    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def _network() -> Iterator[list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        yield block_network(patch)


@pytest.fixture(autouse=True)
def outside_attempts(_network: list[str]) -> Iterator[list[str]]:
    """Fail a test that tried to leave this machine, even where the code swallowed the refusal."""
    _network.clear()
    yield _network
    assert _network == [], f"tried to reach {_network}"


@pytest.fixture(autouse=True)
def _no_real_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the clinic's own database unreachable, whatever the shell of the developer says."""
    monkeypatch.setenv("DATABASE_URL", REFUSED_DATABASE)


@pytest.fixture(autouse=True)
def _own_key(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Seal with a key of this run, so that no test makes or reads the clinic's own."""
    path = tmp_path_factory.getbasetemp() / "secret.key"
    monkeypatch.setenv("AFTERGLOW_KEY_FILE", str(path))


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords in no time; tests/data/test_passwords.py looks at how it is really done."""
    from argon2 import PasswordHasher

    from data import passwords

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    monkeypatch.setattr(passwords, "NOBODYS", passwords.hash_of_nobody())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres(os.environ.get("PYTEST_XDIST_WORKER", "main")) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def database_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if dialect == "sqlite":
        yield sqlite_url(tmp_path / "empty.sqlite3")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty PostgreSQL database, for what only PostgreSQL does."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def migrated_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the current schema: a copy of one that was migrated once in this run.

    For whoever asks for `two_sites` as well, those of the clinic are in it already.
    """
    template = f"{dialect}_{'clinic' if 'two_sites' in request.fixturenames else 'template'}"
    if dialect == "sqlite":
        path: Path = request.getfixturevalue(template)
        yield sqlite_url(shutil.copyfile(path, tmp_path / "migrated.sqlite3"))
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue(template))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def two_sites() -> None:
    """Say that the database has those of the clinic: what found_clinic opens."""


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    from data.database import connect

    engine = connect(migrated_url)
    share_statements(engine)
    yield engine
    engine.dispose()


_compiled: dict[str, tuple[Any, Any]] = {}


def share_statements(engine: Engine) -> None:
    """Let all engines on one kind of database share what they compiled: a quarter of the time.

    The dialect is part of a statement's key there; that of the first engine has met its database.
    """
    kind = engine.dialect.name
    if kind not in _compiled:
        engine.connect().close()
        _compiled[kind] = (engine.dialect, engine._compiled_cache)
    engine.dialect, engine._compiled_cache = _compiled[kind]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("template") / "template.sqlite3"
    migrate(sqlite_url(template))
    # Closing the last connection folds the write-ahead log into the file; a copy needs no other.
    assert not template.with_name(template.name + "-wal").exists()
    return template


@pytest.fixture(scope="session")
def postgresql_template(postgres: Postgres) -> str:
    name = postgres.create()
    migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_clinic(sqlite_template: Path) -> Path:
    copy = shutil.copyfile(sqlite_template, sqlite_template.with_name("clinic.sqlite3"))
    found(sqlite_url(copy))
    return copy


@pytest.fixture(scope="session")
def postgresql_clinic(postgres: Postgres, postgresql_template: str) -> str:
    name = postgres.create(postgresql_template)
    found(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """Databases that several tests begin with."""
    return Copies(tmp_path_factory.mktemp("copies"), lambda: request.getfixturevalue("postgres"))


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def found(url: str) -> None:
    """Open the clinic's two sites and close every connection."""
    from data.database import connect
    from tests.clinic import found_clinic

    engine = connect(url)
    found_clinic(engine)
    engine.dispose()


def migrate(url: str) -> None:
    """Bring a database to the current schema and close every connection to it."""
    from data.database import connect
    from data.migrations import upgrade

    engine = connect(url)
    upgrade(engine)
    engine.dispose()
