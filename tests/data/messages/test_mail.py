"""Mail leaves encrypted, or only to this computer; what a server answers is told apart."""

from __future__ import annotations

import smtplib
import socket
from uuid import UUID

import pytest

from data.messages.mail import MailSender
from data.messages.senders import Message, NotSent, Rejected
from data.messages.settings import MailSettings, mail_settings
from models.addresses import NoAddress, read_mail, read_phone
from models.errors import Refused
from tests.sinks import mail_sink, make_certificate

MESSAGE = Message(
    UUID(int=7), "pat@example.org", "You have a form to fill in", "Hola, ñandú.\n", {"X-Own": "1"}
)


def settings(sink, **more):
    return MailSettings("127.0.0.1", sink.port, "clinic@example.org", **more)


@pytest.fixture
def mail_test(monkeypatch):
    """Let the name mail.test lead to this computer, as if it were another one."""

    def connect(_self, _host, port, timeout):
        return socket.create_connection(("127.0.0.1", port), timeout)

    monkeypatch.setattr(smtplib.SMTP, "_get_socket", connect)


def test_a_mail_arrives_as_it_was_written():
    with mail_sink() as sink:
        MailSender(settings(sink)).send(MESSAGE)
        MailSender(settings(sink)).send(MESSAGE)

    first, second = sink.mails
    assert sink.recipients == ["pat@example.org"] * 2
    assert first.get_content().splitlines() == ["Hola, ñandú."]
    assert (first["Subject"], first["X-Own"]) == ("You have a form to fill in", "1")
    assert first["From"] == "Check-in <clinic@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] == second["Message-ID"]
    assert sink.encrypted == [False, False]  # to this very computer


def test_to_another_computer_it_goes_by_starttls_and_so_does_the_password(tmp_path, mail_test):
    tls = make_certificate(tmp_path / "tls")
    with mail_sink(tls) as sink:
        there = MailSettings(
            "mail.test",
            sink.port,
            "clinic@example.org",
            user="clinic",
            password="right",
            ca_file=str(tls / "cert.pem"),
        )
        MailSender(there).send(MESSAGE)

    assert sink.encrypted == [True]
    assert sink.logins == [(b"clinic", b"right", True)]


def test_a_server_elsewhere_that_cannot_encrypt_is_told_nothing(mail_test):
    with mail_sink(auth_require_tls=False) as sink:
        there = MailSettings("mail.test", sink.port, "c@example.org", user="u", password="right")
        with pytest.raises(NotSent, match="no encryption"):
            MailSender(there).send(MESSAGE)

    assert (sink.mails, sink.logins) == ([], [])


@pytest.mark.parametrize("name", ["mail.test", "other.test"])
def test_a_certificate_nobody_vouches_for_or_of_another_name_is_refused(tmp_path, mail_test, name):
    tls = make_certificate(tmp_path / "tls", name)
    trusted = str(tls / "cert.pem") if name == "other.test" else None
    with mail_sink(tls) as sink:
        there = MailSettings("mail.test", sink.port, "c@example.org", ca_file=trusted)
        with pytest.raises(NotSent, match="certificate is not trusted"):
            MailSender(there).send(MESSAGE)

    assert sink.mails == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("451 try later", NotSent), ("452 full", NotSent), ("550 no", Rejected), ("554 no", Rejected)],
)
def test_what_a_server_says_decides_whether_to_try_again(answer, kind):
    with mail_sink() as sink:
        sink.answers.append(answer)
        with pytest.raises(NotSent) as caught:
            MailSender(settings(sink)).send(MESSAGE)

    assert type(caught.value) is kind
    assert answer[:3] in str(caught.value)


def test_a_mailbox_that_is_not_there_is_refused_for_good_without_being_named():
    with mail_sink() as sink, pytest.raises(Rejected) as caught:
        MailSender(settings(sink)).send(Message(UUID(int=1), "nobody@example.org", "s", "b"))

    assert "nobody" not in str(caught.value)


def test_a_wrong_password_may_be_put_right_later():
    with mail_sink(auth_require_tls=False) as sink, pytest.raises(NotSent) as caught:
        MailSender(settings(sink, user="clinic", password="wrong")).send(MESSAGE)

    assert not isinstance(caught.value, Rejected)
    assert sink.mails == []


def test_a_server_that_is_down_may_come_back():
    with pytest.raises(NotSent, match="could not be reached"):
        MailSender(MailSettings("127.0.0.1", 1, "c@example.org")).send(MESSAGE)


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("where", ["subject", "header", "to"])
def test_a_line_break_never_becomes_a_header(line, where):
    evil = f"x{line}Bcc: everybody@example.org"
    message = Message(
        UUID(int=1),
        evil if where == "to" else "pat@example.org",
        evil if where == "subject" else "s",
        "b",
        {"X-Own": evil} if where == "header" else {},
    )
    with mail_sink() as sink:
        with pytest.raises(ValueError, match=r"(?i)line|newline|invalid|linefeed|CR|domain"):
            MailSender(settings(sink)).send(message)
    assert sink.mails == []


@pytest.mark.parametrize(
    "text",
    ["", "a", "a@", "@b.c", "a b@c.d", "a@b.c, d@e.f", "a@b.c\nBcc: x@y.z", "a@b..c", "<a@b.c>"],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(NoAddress):
        read_mail(text)


def test_what_is_an_address_is_taken():
    assert read_mail(" Jo.O'Neil+x@mail.example.org ") == "Jo.O'Neil+x@mail.example.org"
    assert read_phone("+1 (555) 123-4567") == "+15551234567"
    with pytest.raises(NoAddress):
        read_phone("555 123 4567")


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    assert mail_settings() is None
    monkeypatch.setenv("AFTERGLOW_SMTP_HOST", "mail.test")
    with pytest.raises(Refused, match="FROM"):
        mail_settings()
    monkeypatch.setenv("AFTERGLOW_SMTP_FROM", "clinic@example.org")
    secret = tmp_path / "secret"
    secret.write_text("hush hush\n")
    monkeypatch.setenv("AFTERGLOW_SMTP_PASSWORD_FILE", str(secret))
    found = mail_settings()
    assert (found.host, found.port, found.password) == ("mail.test", 587, "hush hush")
    assert found.wants_tls
    assert "hush" not in repr(found)
    monkeypatch.setenv("AFTERGLOW_SMTP_PASSWORD_FILE", str(tmp_path / "absent"))
    with pytest.raises(Refused, match="PASSWORD_FILE"):
        mail_settings()
