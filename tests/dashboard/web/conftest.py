"""The doors on a small clinic's database: our own pages behind the gate, without Streamlit's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web import (
    account_pages,
    dead_ends,
    downloads,
    front,
    health,
    link_pages,
    sign_in_pages,
    watch,
)
from dashboard.web.middleware import MIDDLEWARE
from data import clock
from data.database import configured_engine
from tests.checkins import Asked, ask
from tests.clinic import Clinic, found_clinic
from tests.dashboard.web.answering import new_phone

PARTS = (health, front, watch, sign_in_pages, link_pages, account_pages, downloads, dead_ends)
DOORS = Starlette(
    routes=[route for part in PARTS for route in part.ROUTES], middleware=list(MIDDLEWARE)
)
HERE = "http://127.0.0.1:8501"


@pytest.fixture
def doors(migrated_url: str, dialect: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """Denver and Phoenix, configured as the application's database."""
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    configured_engine.cache_clear()
    yield found_clinic(configured_engine())
    configured_engine().dispose()
    configured_engine.cache_clear()


@pytest.fixture
def browser(doors: Clinic) -> TestClient:
    """A browser on this computer that shows where it is led, and goes there when told."""
    return new_browser()


def new_browser(token: str | None = None) -> TestClient:
    browser = TestClient(DOORS, base_url=HERE, client=("127.0.0.1", 40000), follow_redirects=False)
    browser.headers.update({"accept": "text/html,*/*", "origin": HERE})
    if token is not None:
        browser.cookies.set("afterglow", token, domain="127.0.0.1", path="/")
    return browser


@pytest.fixture
def asked(doors: Clinic, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A patient of the clinic on day 7, when a form is due: PHQ-9 and pain, ten questions."""
    monkeypatch.setattr(clock, "now", lambda: doors.now)
    return ask(doors, name="Mara Kent")


@pytest.fixture
def phone() -> TestClient:
    """A browser that has never been here."""
    return new_phone()
