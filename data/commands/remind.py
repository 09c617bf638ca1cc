"""`python -m data remind`: send the reminders and other messages that are due."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from data import setup
from data.database import configured_engine
from data.messages.rounds import configured_senders, do_round
from models.errors import Refused

EVERY = 30.0  # seconds
NOTHING_SET = (
    "Neither mail nor texts are set up. Set AFTERGLOW_SMTP_HOST and AFTERGLOW_SMTP_FROM (and "
    "AFTERGLOW_SMTP_PORT, _USER, _PASSWORD_FILE), or AFTERGLOW_TEXTS."
)


def remind(
    loop: Annotated[bool, typer.Option("--loop", help="Go on until it is stopped.")] = False,
) -> None:
    """Send the reminders and other messages that are due."""
    engine = configured_engine()
    setup.ready(engine)
    senders = configured_senders()
    if not senders:
        raise Refused(NOTHING_SET)
    while True:
        done = do_round(engine, senders)
        if done is None:
            typer.echo("Another process is sending; nothing was done here.")
        else:
            new, sent = done
            if not loop or new or sent.sent or sent.failed or sent.given_up:
                typer.echo(
                    f"{new} new; {sent.sent} sent, {sent.failed} to be tried again, "
                    f"{sent.given_up} given up, {sent.dropped} not needed any more."
                )
        if not loop:
            return
        time.sleep(EVERY)
