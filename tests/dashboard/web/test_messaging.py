"""The server sends messages by itself where mail is set up, and says at its start what is not."""

from __future__ import annotations

import asyncio

import pytest

from dashboard.web import messaging
from data import clock
from data.database import configured_engine, writing
from data.doors.sealing import seal
from data.messages.outbox import MAIL, put
from models.errors import Refused
from models.tables import OutgoingMessage
from tests.clinic import only_row
from tests.sinks import mail_sink


def post(engine):
    with writing(engine) as connection:
        put(
            connection,
            key="a",
            channel=MAIL,
            kind="flag",
            address=seal("desk@example.org", "here"),
            content={"template": "flags", "people": 4, "sealed_for": "here"},
            due_at=clock.now(),
        )


async def run_until(is_done, seconds=20.0):
    async with messaging.sending_messages():
        async with asyncio.timeout(seconds):
            while not is_done():
                await asyncio.sleep(0.01)


@pytest.fixture
def sink(doors, monkeypatch):
    with mail_sink() as sink:
        monkeypatch.setenv("AFTERGLOW_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("AFTERGLOW_SMTP_PORT", str(sink.port))
        monkeypatch.setenv("AFTERGLOW_SMTP_FROM", "clinic@example.org")
        monkeypatch.setattr(messaging, "LOOKED_EVERY", 0.01)
        yield sink


def is_sent():
    return only_row(configured_engine(), OutgoingMessage).sent_at is not None


def test_what_is_due_leaves_while_the_server_runs(doors, sink):
    post(doors.engine)
    asyncio.run(run_until(is_sent))
    assert len(sink.mails) == 1


def test_a_round_that_fails_ends_nothing(doors, sink, monkeypatch, caplog):
    post(doors.engine)
    real, failures = messaging.do_round, []

    def fail_once(*args):
        if not failures:
            failures.append(1)
            raise RuntimeError("mara@example.org")
        return real(*args)

    monkeypatch.setattr(messaging, "do_round", fail_once)
    asyncio.run(run_until(is_sent))
    assert len(sink.mails) == 1
    assert "sending messages failed: RuntimeError" in caplog.text
    assert "mara@" not in caplog.text


def test_without_mail_or_texts_nothing_runs(doors, monkeypatch):
    monkeypatch.setattr(messaging, "do_round", lambda *_: pytest.fail("nothing is set up"))
    asyncio.run(run_until(lambda: True))


def test_half_a_setting_is_refused_at_the_start(doors, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_SMTP_HOST", "mail.test")
    with pytest.raises(Refused, match="AFTERGLOW_SMTP_FROM"):
        asyncio.run(run_until(lambda: True))
