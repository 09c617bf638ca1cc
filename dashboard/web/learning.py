"""Models and back-tests are worked out anew while the server runs, in a process apart.

Apart and last in line, because a minute of arithmetic in the server would hold up every page; on
one thread, because BLAS splits matrices this small into threads that mostly wait for each other
(measured: 8 seconds on one thread, 18 on two). It ends when the server does.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

from dashboard.web.chores import Chore, doing_chores
from data import clock
from data.database import ROOT
from data.forecast_runs import find_due
from data.outlook_switch import is_outlook_on

log = logging.getLogger("afterglow")

ASKED_EVERY = 60.0
LOOKED_EVERY = 0.25  # seconds until the end of the server is noticed
COMMAND = (sys.executable, "-m", "data", "refresh", "--due")
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@asynccontextmanager
async def learning(command: tuple[str, ...] = COMMAND) -> AsyncIterator[None]:
    """Work out what is due for as long as the server runs, unless outlooks are switched off."""
    stopping = Event()

    def learn(engine: Any) -> None:
        if is_outlook_on() and find_due(engine, clock.now()):
            work_apart(command, stopping)

    async with doing_chores((Chore("learning how long responses hold", learn, ASKED_EVERY),)):
        try:
            yield
        finally:
            stopping.set()


def work_apart(command: tuple[str, ...], stopping: Event) -> None:
    """Run a command until it ends or the server does. Its words are its own: they may hold data."""
    worker = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while worker.poll() is None and not stopping.wait(LOOKED_EVERY):
            pass
    finally:
        if worker.poll() is None:
            worker.terminate()
            worker.wait()
    if worker.returncode and not stopping.is_set():
        log.error("working out the outlook ended with %s", worker.returncode)
