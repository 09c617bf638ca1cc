"""STOP and START by text, and an address that nobody has: neither is written to again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from data import clock
from data.actions.checkin_wishes import set_wishes
from data.database import writing
from data.messages.mail import MailSender
from data.messages.outbox import MAIL, TEXT
from data.messages.reminders import plan_reminders
from data.messages.replies import (
    Unsigned,
    check_reply,
    note_numbers,
    phone_hashes,
    sign_reply,
    take_reply,
)
from data.messages.senders import NoSuchAddress, NotSent, Rejected
from data.messages.settings import MailSettings, reply_secret
from data.messages.worker import send_due
from data.queries.checkin_wishes import read_wishes
from data.queries.messages import read_undelivered
from models.errors import Refused
from models.policy import OPERATOR
from models.tables import CheckInWishChange, CheckInWishes
from tests.clinic import audit_of, only_row, rows_of
from tests.data.messages.conftest import at, remind
from tests.data.messages.test_mail import MESSAGE
from tests.sinks import mail_sink

PHONE = "+13035550100"
SECRET = "s" * 32
TEXTS = {"email": None, "mail_agreed": None, "phone": PHONE, "text_agreed": True}


def agreed(clinic, patient=None):
    rows = rows_of(clinic.engine, CheckInWishes)
    return [row.text_agreed_at is not None for row in rows if patient in (None, row.patient_id)]


@pytest.mark.parametrize("words", ["STOP", " stop. ", "Stop all", "ALTO", "Cancelar!"])
def test_stop_ends_the_texts_and_is_audited(clinic, kept, words):
    patient = remind(clinic, **TEXTS)

    assert take_reply(clinic.engine, sender=PHONE, words=words, client="10.0.0.1") == 1
    assert take_reply(clinic.engine, sender=PHONE, words=words) == 0

    assert agreed(clinic) == [False]
    [line] = [line for line in audit_of(clinic.engine) if line.detail.get("event") == "texts ended"]
    assert (line.patient_id, line.operation, line.client) == (patient, "plan_checkins", "10.0.0.1")
    latest = read_wishes(clinic.engine, OPERATOR, patient).changes[0]
    assert (latest.what, latest.by_patient) == ({"text_agreed_at": None}, True)
    clinic.now = at("2026-03-02 17:05")
    assert plan_reminders(clinic.engine, channels=(MAIL, TEXT)) == 0


def test_stop_between_planning_and_sending_comes_in_time(clinic, kept):
    remind(clinic, **TEXTS)
    clinic.now = at("2026-03-02 17:05")
    assert plan_reminders(clinic.engine, channels=(TEXT,)) == 1
    take_reply(clinic.engine, sender=PHONE, words="STOP")
    send_due(clinic.engine, senders={TEXT: kept})
    assert kept.messages == []


def test_start_gives_back_what_a_text_has_ended_and_nothing_else(clinic):
    patient = remind(clinic, **TEXTS)
    take_reply(clinic.engine, sender=PHONE, words="STOP")
    assert take_reply(clinic.engine, sender=PHONE, words="Start") == 1
    assert agreed(clinic) == [True]
    version = only_row(clinic.engine, CheckInWishes).version
    change = {"patient_id": patient, "seen_version": version, "changes": {"text_agreed": False}}
    set_wishes(clinic.engine, OPERATOR, **change)
    assert take_reply(clinic.engine, sender=PHONE, words="START") == 0
    assert agreed(clinic) == [False]


@pytest.mark.parametrize("words", ["I feel like I want to stop", "thanks", "", "🙂", "STOP" * 99])
def test_any_other_answer_changes_nothing_and_is_not_kept(clinic, words):
    remind(clinic, **TEXTS)
    assert take_reply(clinic.engine, sender=PHONE, words=words) == 0
    assert agreed(clinic) == [True]
    assert len(rows_of(clinic.engine, CheckInWishChange)) == 1


def test_a_number_shared_by_two_stops_both_and_a_strangers_nobodys(clinic):
    remind(clinic, **TEXTS)
    remind(clinic, "P-2", **{**TEXTS, "phone": "3035550100"})
    remind(clinic, "P-3", **{**TEXTS, "phone": "+443035550100"})
    assert take_reply(clinic.engine, sender="+19995550100", words="STOP") == 0
    assert take_reply(clinic.engine, sender="(303) 555-0100", words="STOP") == 2
    assert sorted(agreed(clinic)) == [False, False, True]


def test_a_number_is_found_by_a_keyed_hash_also_one_kept_before_there_were_any(clinic):
    remind(clinic, **TEXTS)
    [kept_hash] = phone_hashes(PHONE)
    assert only_row(clinic.engine, CheckInWishes).phone_hash == kept_hash
    assert "5550100" not in repr(rows_of(clinic.engine, CheckInWishes))
    with writing(clinic.engine) as connection:
        connection.execute(update(CheckInWishes).values(phone_hash=None))
        note_numbers(connection)
    assert only_row(clinic.engine, CheckInWishes).phone_hash == kept_hash


def test_only_what_was_signed_with_the_secret_minutes_ago_is_from_the_service(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))
    now, body = int(clock.now().timestamp()), b'{"from": "x"}'

    def check(at=now, *, secret=SECRET, said=body):
        signature = sign_reply(secret, str(at), body)
        check_reply(SECRET, str(at), signature, said)

    check()
    check(now - 290)
    for wrong in (
        lambda: check(now - 310),
        lambda: check(now + 310),
        lambda: check("soon"),
        lambda: check(10**30),
        lambda: check(secret="t" * 32),
        lambda: check(said=b"{}"),
        lambda: check_reply(SECRET, "", "", b""),
        lambda: check_reply(SECRET, str(now), "ÿ", body),
    ):
        with pytest.raises(Unsigned):
            wrong()


def test_a_secret_that_could_be_guessed_is_refused(monkeypatch, tmp_path):
    assert reply_secret() is None
    file = tmp_path / "secret"
    monkeypatch.setenv("AFTERGLOW_TEXTS_SECRET_FILE", str(file))
    file.write_text("short\n")
    with pytest.raises(Refused, match="32 characters"):
        reply_secret()
    file.write_text(f"{SECRET}\n")
    assert reply_secret() == SECRET


# An address that nobody has


def test_a_mail_to_nobody_is_the_last_and_the_clinic_is_told(clinic):
    patient = remind(clinic, email="nobody@example.org")
    clinic.now = at("2026-03-02 17:05")
    with mail_sink() as sink:
        sender = MailSender(MailSettings("127.0.0.1", sink.port, "clinic@example.org"))
        plan_reminders(clinic.engine)
        assert send_due(clinic.engine, senders={MAIL: sender}).given_up == 1
        clinic.now = at("2026-03-04 17:05")
        assert plan_reminders(clinic.engine) == 0

    wishes = read_wishes(clinic.engine, clinic.anna, patient)
    assert wishes.mail_refused_at == at("2026-03-02 17:05")
    assert wishes.mail_agreed_at is not None  # it is not they who have ended it
    assert wishes.changes[0].changed_by == "mail server"
    [told] = read_undelivered(clinic.engine, clinic.anna)
    assert (told.patient_id, told.trouble) == (
        patient,
        "the mail server knows no such address (550)",
    )
    assert [it.detail.get("event") for it in audit_of(clinic.engine)][-3:].count("address refused")


@pytest.mark.parametrize("changes", [{"email": "pat@example.org"}, {"mail_agreed": True}])
def test_a_new_address_or_a_new_consent_is_written_to_again(clinic, kept, changes):
    patient = remind(clinic)
    with writing(clinic.engine) as connection:
        connection.execute(update(CheckInWishes).values(mail_refused_at=clinic.now))
    set_wishes(clinic.engine, OPERATOR, patient_id=patient, seen_version=1, changes=changes)
    clinic.now = at("2026-03-02 17:05")
    assert plan_reminders(clinic.engine) == 1
    send_due(clinic.engine, senders={MAIL: kept})
    assert len(kept.messages) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.1.1 no such user", NoSuchAddress),
        ("550 no such user", NoSuchAddress),
        ("553 5.1.3 bad address", NoSuchAddress),
        ("550 5.2.1 disabled", NoSuchAddress),
        ("550 5.7.1 blocked as spam", Rejected),
        ("552 5.2.2 mailbox full", Rejected),
        ("450 4.2.1 later", NotSent),
    ],
)
def test_only_an_address_that_does_not_exist_is_given_up(answer, kind, monkeypatch):
    with mail_sink() as sink:

        async def refuse(*_):
            return answer

        monkeypatch.setattr(sink, "handle_RCPT", refuse)
        with pytest.raises(NotSent) as raised:
            MailSender(MailSettings("127.0.0.1", sink.port, "clinic@example.org")).send(MESSAGE)
    assert type(raised.value) is kind
