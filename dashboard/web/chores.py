"""What the server does by itself while it runs, each chore by its own clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool

from data.audit_heads import keep_heads
from data.checkins.left_behind import send_left_behind
from data.database import configured_engine

log = logging.getLogger("afterglow")


@dataclass(frozen=True)
class Chore:
    """`seconds` from one time to the next; the first time is at once."""

    name: str
    do: Callable[..., Any]  # of the engine
    seconds: float


CHORES = (
    # More often than daily, so that a day is not missed because the server started late in one.
    Chore("noting the ends of the audit", keep_heads, 3600.0),
    Chore("recording worrying answers that were left unsent", send_left_behind, 300.0),
)


@asynccontextmanager
async def doing_chores(chores: tuple[Chore, ...] = CHORES) -> AsyncIterator[None]:
    """Do the chores for as long as the server runs; one that is under way is finished first."""
    stopping = asyncio.Event()
    work = [asyncio.create_task(_keep_doing(chore, stopping)) for chore in chores]
    try:
        yield
    finally:
        stopping.set()
        await asyncio.gather(*work)


async def _keep_doing(chore: Chore, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await run_in_threadpool(chore.do, configured_engine())
        except Exception as error:  # a full disk must not end the chore of the days after it
            log.error("%s failed: %s", chore.name, type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), chore.seconds)
