"""Sending what is due. Several workers at once send nothing twice.

A worker claims a row by moving its due time on, and commits that before it sends. A worker that
dies between sending and noting leaves a claim that runs out: then that one message is sent a
second time, under the same Message-ID. One that dies before sending has lost nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select, update

from data import clock
from data.database import reading, writing
from data.messages.agreements import MAIL_REFUSED, change_agreement
from data.messages.outbox import MAIL
from data.messages.preparing import REMINDERS, NotNeeded, Postponed, prepare
from data.messages.reminders import KIND as REMINDER
from data.messages.senders import NoSuchAddress, NotSent, Rejected, Sender
from models.tables import OutgoingMessage

log = logging.getLogger("afterglow")

# Longer than any sender's patience, so that a slow one is not taken for a dead one.
LEASE = timedelta(minutes=10)
RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
LATER = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=24)
AT_ONCE = 50
NOT_NEEDED = "not needed any more"
WORKER = replace(REMINDERS, name="mail server")


@dataclass
class Sent:
    """What a round did. `given_up` are shown to the clinic."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    dropped: int = 0


def send_due(engine: Engine, *, now: datetime | None = None, senders: Mapping[str, Sender]) -> Sent:
    """Send every message that is due on a channel that has a sender."""
    done = Sent()
    while True:
        ids = _due(engine, now or clock.now(), senders)
        if not ids:
            return done
        for message_id in ids:
            row = _claim(engine, message_id, now or clock.now())
            if row is not None:
                _send(engine, row, now or clock.now(), senders[row.channel], done)


def _due(engine: Engine, now: datetime, senders: Mapping[str, Sender]) -> list[UUID]:
    query = (
        select(OutgoingMessage.message_id)
        .where(
            OutgoingMessage.sent_at.is_(None),
            OutgoingMessage.given_up_at.is_(None),
            OutgoingMessage.due_at <= now,
            OutgoingMessage.channel.in_(list(senders)),
        )
        .order_by(OutgoingMessage.due_at, OutgoingMessage.message_id)
        .limit(AT_ONCE)
    )
    with reading(engine) as connection:
        return list(connection.scalars(query))


def _claim(engine: Engine, message_id: UUID, now: datetime) -> Any:
    """Return the row, now this worker's for a while; None where another was quicker."""
    claim = (
        update(OutgoingMessage)
        .where(
            OutgoingMessage.message_id == message_id,
            OutgoingMessage.sent_at.is_(None),
            OutgoingMessage.given_up_at.is_(None),
            OutgoingMessage.due_at <= now,
        )
        .values(due_at=now + LEASE, tries=OutgoingMessage.tries + 1)
        .returning(*OutgoingMessage.__table__.c)
    )
    with writing(engine) as connection:
        return connection.execute(claim).one_or_none()


def _send(engine: Engine, row: Any, now: datetime, sender: Sender, done: Sent) -> None:
    try:
        sender.send(prepare(engine, row, now))
    except Postponed as postponed:
        _note(engine, row, due_at=postponed.until, tries=row.tries - 1)
    except NotNeeded:
        done.dropped += 1
        _note(engine, row, given_up_at=now, trouble=NOT_NEEDED)
    except NoSuchAddress as error:
        done.given_up += 1
        _note(engine, row, given_up_at=now, trouble=str(error))
        _mark_unreachable(engine, row)
    except Rejected as error:
        done.given_up += 1
        _note(engine, row, given_up_at=now, trouble=str(error))
    except NotSent as error:
        _fail(engine, row, now, str(error), done)
    except Exception as error:  # one message that cannot be made must not stop the others
        log.error("a message was not sent: %s", type(error).__name__)
        _fail(engine, row, now, f"it could not be made ({type(error).__name__})", done)
    else:
        done.sent += 1
        _note(engine, row, sent_at=now, trouble=None)


def _mark_unreachable(engine: Engine, row: Any) -> None:
    """Send a patient no more reminders to an address that nobody has, until it is changed."""
    if row.kind == REMINDER and row.channel == MAIL:
        with writing(engine) as connection:
            change_agreement(
                connection,
                WORKER,
                row.patient_id,
                MAIL_REFUSED,
                clock.now(),
                by=WORKER.name,
                event="address refused",
            )


def _fail(engine: Engine, row: Any, now: datetime, trouble: str, done: Sent) -> None:
    """Note when to try again: after 1, 5 and 30 minutes, then every 6 hours for a day."""
    wait = RETRIES[row.tries - 1] if row.tries <= len(RETRIES) else LATER
    if now + wait - row.made_at > GIVE_UP_AFTER:
        done.given_up += 1
        _note(engine, row, given_up_at=now, trouble=trouble)
    else:
        done.failed += 1
        _note(engine, row, due_at=now + wait, trouble=trouble)


def _note(engine: Engine, row: Any, **values: Any) -> None:
    here = OutgoingMessage.message_id == row.message_id
    with writing(engine) as connection:
        connection.execute(update(OutgoingMessage).where(here).values(**values))
