"""The worker that sends messages while the server runs, where mail or texts are set up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.concurrency import run_in_threadpool

from data.database import configured_engine
from data.messages.rounds import configured_senders, do_round
from data.messages.senders import Sender

log = logging.getLogger("afterglow")

LOOKED_EVERY = 30.0


@asynccontextmanager
async def sending_messages() -> AsyncIterator[None]:
    """Send what is due for as long as the server runs; of several servers one does.

    Raises Refused, before anything is served, where mail or texts are half set up.
    """
    senders = configured_senders()
    if not senders:
        yield
        return
    work = asyncio.create_task(_keep_sending(senders))
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _keep_sending(senders: dict[str, Sender]) -> None:
    while True:
        try:
            await run_in_threadpool(do_round, configured_engine(), senders)
        except Exception as error:  # a database that is away must not end the reminders after it
            log.error("messages were not sent: %s", type(error).__name__)
        await asyncio.sleep(LOOKED_EVERY)
