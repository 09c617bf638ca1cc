"""The check-in's first question beside the same form as a Streamlit page: PYTHONPATH=. python THIS

Serves both on this machine and opens them by turns in Chromium, as a telephone that was never here
(cold cache, a new browser context each time) on what Chromium's own tools call slow 4G. Counts
what comes over the line, and the seconds until an answer can be tapped. The Streamlit page asks the
same first question with the same buttons, saves nothing and reads no database: it has less to do.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from data.database import connect
from tests.browser.asking import new_link
from tests.browser.serving import environment_for, make_demo, running_server
from tests.browser.visiting import CHROMIUM_FLAGS
from tests.browser_setup import find_chromium

SLOW_4G = {
    "offline": False,
    "latency": 562.5,  # milliseconds
    "downloadThroughput": 1.6e6 * 0.9 / 8,
    "uploadThroughput": 0.75e6 * 0.9 / 8,
}
SHAPE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PAINTED = """async () => {
  while (!performance.getEntriesByName('first-contentful-paint').length)
    await new Promise(done => setTimeout(done, 10));
}"""
QUESTION = "Little interest or pleasure in doing things?"
# Compressed, as our server does; by itself Streamlit sends more than twice as much.
RIVAL_APP = """
from pathlib import Path
import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
app = st.App(
    Path(__file__).with_name("main.py"),
    middleware=[Middleware(GZipMiddleware, minimum_size=1024)],
)
"""
RIVAL_PAGE = f"""
import streamlit as st
questions = [{QUESTION!r}, *[f"Question {{n}}" for n in range(2, 10)], "Pain"]
at = st.session_state.setdefault("at", 0)
st.progress(at / len(questions))
st.caption(f"{{at + 1}} of {{len(questions)}}")
st.subheader(questions[at])
def give(value):
    st.session_state[f"answer {{at}}"] = value
    st.session_state.at = min(at + 1, len(questions) - 1)
for value, label in enumerate(
    ["Not at all", "Several days", "More than half the days", "Nearly every day"]
):
    st.button(label, on_click=give, args=(value,), use_container_width=True)
st.button("I would rather not say", on_click=give, args=(None,), type="tertiary")
"""


@dataclass(frozen=True)
class Seen:
    """One visit: bytes as they came over the line, requests, seconds to a button."""

    received: float
    requests: int
    seconds: float


def visit(browser: Browser, address: str, is_throttled: bool) -> Seen:
    """Open a page as somebody who was never here."""
    context = browser.new_context(**SHAPE)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    if is_throttled:
        line.send("Network.emulateNetworkConditions", SLOW_4G)
    came: list[float] = []
    line.on("Network.loadingFinished", lambda it: came.append(it["encodedDataLength"]))
    frames: list[int] = []
    line.on(
        "Network.webSocketFrameReceived",
        lambda it: frames.append(len(it["response"]["payloadData"]) * 3 // 4),
    )
    started = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.get_by_text(QUESTION).wait_for(timeout=120_000)
    page.get_by_role("button", name="Not at all").wait_for(timeout=120_000)
    # Laid out is not painted: the style sheets are waited for.
    page.evaluate(PAINTED)
    seconds = time.perf_counter() - started
    page.wait_for_load_state("networkidle")
    context.close()
    return Seen(sum(came) + sum(frames), len(came), seconds)


@contextmanager
def served_check_in(folder: Path) -> Iterator[str]:
    """Serve the application and yield the address of a form that is due."""
    environment = environment_for(folder / "ours.sqlite")
    make_demo(environment, 20)
    engine = connect(environment["DATABASE_URL"])
    token = new_link(engine)[0].token
    engine.dispose()
    with running_server(environment, folder / "ours.log") as address:
        yield f"{address}/c/{token}"


@contextmanager
def served_rival(folder: Path) -> Iterator[str]:
    """Serve the Streamlit page with the project's own settings."""
    (folder / "app.py").write_text(RIVAL_APP, encoding="utf-8")
    (folder / "main.py").write_text(RIVAL_PAGE, encoding="utf-8")
    # The settings are read from the folder it is started in, the project's.
    serve = (
        *(sys.executable, "-m", "streamlit", "run", str(folder / "app.py")),
        *("--server.port", "{port}", "--server.headless", "true"),
    )
    with running_server(
        environment_for(folder / "rival.sqlite"), folder / "rival.log", serve
    ) as address:
        yield address


def report(name: str, seen: list[Seen]) -> None:
    seconds = sorted(it.seconds for it in seen)
    size = statistics.median(it.received for it in seen)
    print(
        f"{name:32} {size / 1024:8.1f} KiB  {seen[0].requests:3} requests  "
        f"{seconds[0]:5.2f} / {statistics.median(seconds):5.2f} / {seconds[-1]:5.2f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(served_check_in(folder))
        rival = stack.enter_context(served_rival(folder))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        for is_throttled in (True, False):
            seen: dict[str, list[Seen]] = {ours: [], rival: []}
            for address in (ours, rival):
                visit(browser, address, is_throttled=False)  # the server's own first time
            for _ in range(rounds):
                for address, visits in seen.items():
                    visits.append(visit(browser, address, is_throttled))
            line = "slow 4G" if is_throttled else "no throttling"
            report(f"check-in page, {line}", seen[ours])
            report(f"Streamlit page, {line}", seen[rival])
        browser.close()


if __name__ == "__main__":
    main()
