"""What the server does by itself while it runs: the ends of the audit noted, once a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.concurrency import run_in_threadpool

from data.audit_heads import keep_heads
from data.database import configured_engine

log = logging.getLogger("afterglow")

# More often than daily, so that a day is not missed because the server started late in one.
LOOKED_EVERY = 3600.0


@asynccontextmanager
async def noting_heads() -> AsyncIterator[None]:
    """Note the audit's ends at once and then on each new day, for as long as the server runs."""
    work = asyncio.create_task(_keep_noting())
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _keep_noting() -> None:
    while True:
        try:
            await run_in_threadpool(keep_heads, configured_engine())
        except Exception as error:  # a full disk must not end the noting of the days after it
            log.error("the ends of the audit were not noted: %s", type(error).__name__)
        await asyncio.sleep(LOOKED_EVERY)
