"""/healthz answers whether the app can serve, and says nothing of the database to a passer-by."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from starlette.applications import Starlette

from dashboard.web.health import ROUTES
from data.database import configured_engine
from tests.dashboard.web.asking import ask


@pytest.fixture
def dialect():
    return "sqlite"


@pytest.fixture
def configure(monkeypatch):
    """Return a function that makes an address the configured database."""
    configured_engine.cache_clear()
    yield lambda url: monkeypatch.setenv("DATABASE_URL", url)
    configured_engine().dispose()
    configured_engine.cache_clear()


def health():
    start, body = ask(Starlette(routes=ROUTES), path="/healthz")
    return start["status"], json.loads(body["body"])


def test_a_database_with_the_newest_schema_is_well(configure, migrated_url):
    configure(migrated_url)
    assert health() == (200, {"ok": True})


def test_an_empty_database_is_not(configure, database_url):
    configure(database_url)
    assert health() == (503, {"ok": False})


def test_an_older_schema_is_not(configure, migrated_url):
    configure(migrated_url)
    with configured_engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    assert health() == (503, {"ok": False})


def test_an_unreachable_database_is_not_and_its_address_stays_private(configure):
    # The address every test starts with: nothing listens there.
    assert health() == (503, {"ok": False})
