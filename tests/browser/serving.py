"""Starts the real application in a process of its own, on a database of its own."""

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

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STREAMLIT = (
    *(sys.executable, "-m", "streamlit", "run", "dashboard/app.py"),
    *("--server.port", "{port}", "--server.headless", "true"),
)
# The same with one page that breaks: tests/browser/broken.py.
BROKEN = (
    *(sys.executable, "-m", "uvicorn", "tests.browser.broken:app", "--no-access-log"),
    *("--host", "127.0.0.1", "--port", "{port}"),
)


def environment_for(database: Path) -> dict[str, str]:
    """Return the settings of a server on a database, and on a key, of its own."""
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "AFTERGLOW_KEY_FILE": str(database.with_suffix(".key")),
        "PYTHONUNBUFFERED": "1",
    }


def make_demo(environment: dict[str, str], patients: int) -> None:
    command = (sys.executable, "-m", "data", "demo", "--patients", str(patients))
    subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def running_server(
    environment: dict[str, str], log: Path, serve: tuple[str, ...] = STREAMLIT
) -> Iterator[str]:
    """Serve until the block ends and yield the address; what the server said is in `log`."""
    port = free_port()
    command = [part.format(port=port) for part in serve]
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
    raise RuntimeError(
        f"the application did not start; it said:\n{log.read_text('utf-8', 'replace')}"
    )
