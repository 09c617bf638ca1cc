"""The real application, in a real browser: at a desk (`page`) and in a hand (`phone`).

Both fail a test whose page asked for anything outside this machine, whose script broke, or that
complained on the console.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from data.actions.forecasts import refresh_what_is_due
from data.database import connect
from models.policy import OPERATOR, Role
from tests.browser.entering import add_user, token_of
from tests.browser.serving import environment_for, make_demo, running_server
from tests.browser.visiting import CHROMIUM_FLAGS, DESK, PHONE, opened_page
from tests.browser_setup import SORRY, find_chromium

PATIENTS = 120


@dataclass(frozen=True)
class Served:
    """A running application: its address, its database, what it has written, a session in it."""

    address: str
    engine: Engine
    log: Path
    token: str


# A busy build server draws a page in seconds; a passing test waits no longer for it.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application, running on a small pretend group of its own."""
    folder = tmp_path_factory.mktemp("served")
    database, log = folder / "served.sqlite", folder / "server.log"
    environment = environment_for(database)
    make_demo(environment, PATIENTS)
    engine = connect(f"sqlite:///{database}")
    # Now, so that the server does not do it while pages are looked at.
    refresh_what_is_due(engine, OPERATOR)
    with running_server(environment, log) as address:
        everyone = add_user(engine, "Robin Local", Role.CLINICIAN, Role.ADMINISTRATOR)
        yield Served(address, engine, log, token_of(engine, everyone))
    engine.dispose()


@pytest.fixture(scope="session")
def served(application: Served) -> str:
    """The address of the application."""
    return application.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module, no longer: while Playwright runs, `asyncio.run` cannot."""
    chromium = find_chromium()
    if chromium is None:
        pytest.fail(SORRY)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, application: Served) -> Iterator[Page]:
    with opened_page(browser, application.address, DESK, application.token) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, application: Served) -> Iterator[Page]:
    with opened_page(browser, application.address, PHONE, application.token) as page:
        yield page
