"""A visitor: a browser window of its own, watched for what a page should never do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.entering import COOKIE

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
PATIENCE = 30_000  # milliseconds a page may take on a busy machine
# Streamlit looks for its server under /PAGE/ first, then at the root: the first answer is 404.
PROBE = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")


@contextmanager
def opened_page(
    browser: Browser, address: str, shape: dict[str, Any], token: str | None = None
) -> Iterator[Page]:
    """Yield a page of a fresh visitor, signed in if there is a token of a session.

    Relative addresses, as in `page.goto("/sign-in")`, work.
    """
    context = browser.new_context(base_url=address, locale="en-GB", **shape)
    context.set_default_timeout(PATIENCE)
    if token is not None:
        context.add_cookies([{"name": COOKIE, "value": token, "url": address, "httpOnly": True}])
    page = context.new_page()
    strayed: list[str] = []
    broken: list[str] = []
    here = (address, address.replace("http", "ws", 1), "data:", "blob:")
    page.on("request", lambda request: request.url.startswith(here) or strayed.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda message: is_complaint(message) and broken.append(message.text))
    yield page
    context.close()
    assert strayed == [], f"the page asked for {strayed}"
    assert broken == [], f"a script on the page broke or complained: {broken}"


@contextmanager
def taken_in_hand(page: Page) -> Iterator[None]:
    """Make a desk's open page a phone's for a while: to draw it anew costs many times as much."""
    session = page.context.new_cdp_session(page)

    def show(shape: dict[str, Any]) -> None:
        is_phone = shape.get("is_mobile", False)
        scale = shape.get("device_scale_factor", 1)
        screen = shape["viewport"] | {"deviceScaleFactor": scale, "mobile": is_phone}
        session.send("Emulation.setDeviceMetricsOverride", screen)
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": is_phone})
        page.wait_for_function("width => innerWidth === width", arg=screen["width"])

    show(PHONE)
    yield
    show(DESK)
    session.detach()


def is_complaint(message: Any) -> bool:
    return message.type == "error" and not PROBE.search(message.location.get("url", ""))


def visit(page: Page, address: str) -> Page:
    """Open a page and wait until it is drawn: its foot comes last."""
    page.goto(address)
    return settle(page)


def settle(page: Page) -> Page:
    """Wait until the script has run and everything it sent stands on the page."""
    app = page.locator("[data-testid='stApp'][data-test-script-state='notRunning']")
    app.wait_for()
    expect(page.locator("footer.ag-foot")).to_be_attached(timeout=PATIENCE)
    expect(page.locator("[data-testid='stSkeleton']")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("[data-stale='true']")).to_have_count(0, timeout=PATIENCE)
    return page
