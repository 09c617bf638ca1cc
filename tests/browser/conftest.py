"""The real application, in a real browser: at a desk (`page`) and in a hand (`phone`).

Both fail a test whose page asked for anything outside this machine, or whose script broke.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser_setup import SORRY, find_chromium

ROOT = Path(__file__).resolve().parents[2]
DEMO = (sys.executable, "-m", "data", "demo")
SERVE = (sys.executable, "-m", "streamlit", "run", "dashboard/app.py")
START_SECONDS = 60
CHROMIUM_FLAGS = (
    "--no-sandbox",  # there is none to be had for root in a container; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the application, running on a small pretend group of its own."""
    folder = tmp_path_factory.mktemp("served")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'served.sqlite'}",
        "PYTHONUNBUFFERED": "1",
    }
    subprocess.run(DEMO, cwd=ROOT, env=environment, check=True, stdin=subprocess.DEVNULL)
    log = folder / "server.log"
    with running_server(environment, log) as address:
        yield address


@contextmanager
def running_server(environment: dict[str, str], log: Path) -> Iterator[str]:
    """Serve until the block ends; what the server said is in `log`."""
    port = free_port()
    command = [*SERVE, "--server.port", str(port), "--server.headless", "true"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_healthy(server, f"http://127.0.0.1:{port}/_stcore/health", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"the application did not start; it said:\n{log.read_text('utf-8', 'replace')}")


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
def page(browser: Browser, served: str) -> Iterator[Page]:
    with opened_page(browser, served, DESK) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, served: str) -> Iterator[Page]:
    with opened_page(browser, served, PHONE) as page:
        yield page


@contextmanager
def opened_page(browser: Browser, address: str, shape: dict[str, Any]) -> Iterator[Page]:
    """Yield a page of a fresh visitor; relative addresses, as in `page.goto("/login")`, work."""
    context = browser.new_context(base_url=address, locale="en-GB", **shape)
    page = context.new_page()
    strayed: list[str] = []
    broken: list[str] = []
    here = (address, address.replace("http", "ws", 1), "data:", "blob:")
    page.on("request", lambda request: request.url.startswith(here) or strayed.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert strayed == [], f"the page asked for {strayed}"
    assert broken == [], f"a script on the page broke: {broken}"
