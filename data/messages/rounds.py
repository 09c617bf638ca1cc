"""One round: put what is due into the outbox and send it, in one process at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from data.messages.digests import plan_digests
from data.messages.mail import MailSender
from data.messages.outbox import MAIL, TEXT
from data.messages.reminders import plan_reminders
from data.messages.senders import Sender
from data.messages.settings import mail_settings, text_settings
from data.messages.texts import text_sender
from data.messages.worker import Sent, send_due

try:
    import fcntl
except ImportError:  # Windows: every worker leads there, and claims alone keep them apart
    fcntl = None  # type: ignore[assignment]

# Any number will do that no other program on the same database takes: "afterglow" by its letters.
LOCK = 0x61667465726C
TRY_LOCK = text("SELECT pg_try_advisory_lock(:lock)")
UNLOCK = text("SELECT pg_advisory_unlock(:lock)")


def configured_senders() -> dict[str, Sender]:
    """Return a sender for each channel that is set up; none where nothing is."""
    senders: dict[str, Sender] = {}
    mail, texts = mail_settings(), text_settings()
    if mail is not None:
        senders[MAIL] = MailSender(mail)
    if texts is not None:
        senders[TEXT] = text_sender(texts)
    return senders


def do_round(engine: Engine, senders: Mapping[str, Sender]) -> tuple[int, Sent] | None:
    """Plan and send; return how many messages were new and what was sent. None: another leads."""
    with leading(engine) as leads:
        if not leads:
            return None
        new = plan_reminders(engine, channels=tuple(senders))
        new += plan_digests(engine) if MAIL in senders else 0
        return new, send_due(engine, senders=senders)


@contextmanager
def leading(engine: Engine) -> Iterator[bool]:
    """Yield whether this process leads. The lead ends with the process, however that ends."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            leads = bool(connection.scalar(TRY_LOCK, {"lock": LOCK}))
            try:
                yield leads
            finally:
                if leads:
                    connection.execute(UNLOCK, {"lock": LOCK})
        return
    descriptor = os.open(_lock_file(engine), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _lock_file(engine: Engine) -> Path:
    """Return the file beside the database that its one worker holds."""
    database = Path(engine.url.database or "")
    return database.with_name(f"{database.name}.worker.lock")


def _try_lock(descriptor: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
