"""The worker that sends messages while the server runs, where mail or texts are set up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dashboard.web.chores import Chore, doing_chores
from data.messages.rounds import configured_senders, do_round

LOOKED_EVERY = 30.0


@asynccontextmanager
async def sending_messages() -> AsyncIterator[None]:
    """Send what is due for as long as the server runs; of several servers one does.

    Raises Refused, before anything is served, where mail or texts are half set up.
    """
    senders = configured_senders()

    def send(engine: Any) -> None:
        do_round(engine, senders)

    chores = (Chore("sending messages", send, LOOKED_EVERY),) if senders else ()
    async with doing_chores(chores):
        yield
