"""The worker: each message once, tried again for a day, and none lost when a process dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data import clock
from data.database import connect, writing
from data.doors.sealing import seal
from data.messages.outbox import MAIL, put
from data.messages.rounds import configured_senders, do_round, leading
from data.messages.senders import NotSent, Rejected
from data.messages.worker import Sent, send_due
from models.tables import OutgoingMessage
from tests.clinic import only_row, rows_of
from tests.data.messages.conftest import Kept
from tests.sinks import mail_sink


def post(clinic, key="a", **more):
    """Put a mail to the clinic into the outbox; the same key again is nothing."""
    with writing(clinic.engine) as connection:
        return put(
            connection,
            **{
                "key": key,
                "channel": MAIL,
                "kind": "flag",
                "address": seal("desk@example.org", "here"),
                "content": {"template": "flags", "people": 4, "sealed_for": "here"},
                "due_at": clock.now(),
                **more,
            },
        )


def send(clinic, kept):
    return send_due(clinic.engine, senders={MAIL: kept})


def test_the_same_key_is_one_message(clinic, kept):
    assert [post(clinic), post(clinic), post(clinic, "b")] == [True, False, True]
    assert send(clinic, kept).sent == 2
    assert send(clinic, kept).sent == 0
    assert [message.to for message in kept.messages] == ["desk@example.org"] * 2


def test_what_is_not_due_or_has_no_sender_waits(clinic, kept):
    post(clinic, due_at=clinic.now + timedelta(minutes=1))
    post(clinic, "b", channel="text")
    assert send(clinic, kept).sent == 0
    clinic.now += timedelta(minutes=1)
    assert send(clinic, kept).sent == 1


def test_it_is_tried_again_after_1_5_and_30_minutes_then_every_6_hours_for_a_day(clinic, kept):
    post(clinic)
    start, tried = clinic.now, []
    while only_row(clinic.engine, OutgoingMessage).given_up_at is None:
        due_at = only_row(clinic.engine, OutgoingMessage).due_at
        clinic.now = due_at - timedelta(seconds=1)
        assert send(clinic, kept) == Sent()
        clinic.now = due_at
        kept.troubles = [NotSent("the mail server could not be reached")]
        send(clinic, kept)
        tried.append((clinic.now - start) / timedelta(minutes=1))

    assert tried == [0, 1, 6, 36, 36 + 360, 36 + 720, 36 + 1080]
    row = only_row(clinic.engine, OutgoingMessage)
    assert (row.tries, row.sent_at) == (7, None)
    assert row.given_up_at is not None
    assert row.trouble == "the mail server could not be reached"


def test_a_server_that_comes_back_gets_it_once(clinic, kept):
    post(clinic)
    kept.troubles = [NotSent("down"), NotSent("down")]
    for minutes in (0, 1, 5, 30):
        clinic.now += timedelta(minutes=minutes)
        send(clinic, kept)

    assert len(kept.messages) == 1
    assert only_row(clinic.engine, OutgoingMessage).trouble is None


def test_what_is_refused_for_good_is_given_up_at_once(clinic, kept):
    post(clinic)
    kept.troubles = [Rejected("refused for good (550)")]
    assert send(clinic, kept).given_up == 1
    clinic.now += timedelta(days=1)
    assert send(clinic, kept).sent == 0


def test_one_that_cannot_be_made_does_not_stop_the_others(clinic, kept):
    post(clinic, content={"template": "flags", "people": 4, "sealed_for": "elsewhere"})
    post(clinic, "b")
    done = send(clinic, kept)

    assert (done.sent, done.failed) == (1, 1)
    [bad] = [row for row in rows_of(clinic.engine, OutgoingMessage) if row.sent_at is None]
    assert bad.trouble == "it could not be made (Unavailable)"


def test_many_workers_at_once_send_each_message_once(clinic, migrated_url, monkeypatch):
    monkeypatch.undo()  # a real clock: the workers are other processes in all but name
    for number in range(60):
        post(clinic, f"m-{number}", due_at=clock.now() - timedelta(seconds=1))
    senders = [Kept() for _ in range(4)]
    engines = [connect(migrated_url) for _ in senders]
    with ThreadPoolExecutor(4) as pool:
        done = list(
            pool.map(
                lambda pair: send_due(pair[0], senders={MAIL: pair[1]}),
                zip(engines, senders, strict=True),
            )
        )
    for engine in engines:
        engine.dispose()

    ids = [message.message_id for sender in senders for message in sender.messages]
    assert len(ids) == len(set(ids)) == 60
    assert sum(each.sent for each in done) == 60


DYING = """
import os, sys
from data.database import configured_engine
from data.messages.mail import MailSender
from data.messages.outbox import MAIL
from data.messages.rounds import configured_senders
from data.messages.worker import Sent, send_due

class Dying(MailSender):
    def send(self, message):
        if sys.argv[1] == "after":
            super().send(message)
        os.kill(os.getpid(), 9)

send_due(configured_engine(), senders={MAIL: Dying(configured_senders()[MAIL].settings)})
"""


@pytest.mark.parametrize(("when", "copies"), [("before", 1), ("after", 2)])
def test_a_worker_killed_at_the_worst_moment_loses_nothing_and_sends_twice_at_most(
    clinic, migrated_url, monkeypatch, when, copies
):
    post(clinic)
    with mail_sink() as sink:
        monkeypatch.setenv("DATABASE_URL", migrated_url)
        monkeypatch.setenv("AFTERGLOW_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("AFTERGLOW_SMTP_PORT", str(sink.port))
        monkeypatch.setenv("AFTERGLOW_SMTP_FROM", "clinic@example.org")
        killed = subprocess.run([sys.executable, "-c", DYING, when], check=False)
        assert killed.returncode == -signal.SIGKILL
        # The clock of that process is the real one, years from the clinic's.
        clinic.now = max(clinic.now, rows_of(clinic.engine, OutgoingMessage)[0].due_at)
        for _ in range(3):
            send_due(clinic.engine, senders=configured_senders())
            clinic.now += timedelta(hours=1)

    assert len(sink.mails) == copies
    assert len({mail["Message-ID"] for mail in sink.mails}) == 1
    assert only_row(clinic.engine, OutgoingMessage).sent_at is not None


def test_one_process_leads_and_a_dead_one_does_not(clinic, migrated_url, kept):
    other = connect(migrated_url)
    with leading(clinic.engine) as leads, leading(other) as leads_too:
        assert (leads, leads_too) == (True, False)
        assert do_round(other, {MAIL: kept}) is None
    with leading(other) as leads:
        assert leads
    other.dispose()


def test_the_command_sends_what_is_due_and_says_so(clinic, migrated_url):
    post(clinic)
    environment = {
        **os.environ,
        "DATABASE_URL": migrated_url,
        "AFTERGLOW_SMTP_HOST": "127.0.0.1",
        "AFTERGLOW_SMTP_FROM": "clinic@example.org",
    }
    command = [sys.executable, "-m", "data", "remind"]
    with mail_sink() as sink:
        there = environment | {"AFTERGLOW_SMTP_PORT": str(sink.port)}
        told = subprocess.run(command, env=there, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout == (
        "0 new; 1 sent, 0 to be tried again, 0 given up, 0 not needed any more.\n"
    )
    assert len(sink.mails) == 1

    nothing = {key: value for key, value in environment.items() if "SMTP" not in key}
    told = subprocess.run(command, env=nothing, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "Neither mail nor texts are set up" in told.stderr


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_loop_goes_on_until_it_is_stopped(clinic, migrated_url):
    post(clinic)
    with mail_sink() as sink:
        environment = {
            **os.environ,
            "DATABASE_URL": migrated_url,
            "AFTERGLOW_SMTP_HOST": "127.0.0.1",
            "AFTERGLOW_SMTP_PORT": str(sink.port),
            "AFTERGLOW_SMTP_FROM": "clinic@example.org",
        }
        command = [sys.executable, "-m", "data", "remind", "--loop"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while not sink.mails and time.monotonic() < deadline:
                time.sleep(0.05)
            assert process.poll() is None
        finally:
            process.terminate()
            process.wait(20)
    assert len(sink.mails) == 1
