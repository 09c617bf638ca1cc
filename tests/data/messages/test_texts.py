"""Texts are handed to a service as JSON, or shown on the console."""

from __future__ import annotations

from uuid import UUID

import pytest

from data.messages.senders import Message, NotSent, Rejected
from data.messages.settings import TextSettings, text_settings
from data.messages.texts import ConsoleTexts, WebhookTexts, text_sender
from models.errors import Refused
from tests.sinks import text_sink

MESSAGE = Message(UUID(int=7), "+15551234567", "", "You have a form to fill in: x")


def test_a_service_gets_the_number_the_words_and_a_key():
    with text_sink() as sink:
        sender = text_sender(TextSettings(f"http://127.0.0.1:{sink.port}/send?x=1", "hush"))
        sender.send(MESSAGE)

    [(headers, said)] = sink.taken
    assert said == {"id": str(UUID(int=7)), "to": MESSAGE.to, "text": MESSAGE.body}
    assert headers["Idempotency-Key"] == str(UUID(int=7))
    assert headers["Authorization"] == "Bearer hush"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (500, NotSent),
        (503, NotSent),
        (429, NotSent),
        (302, NotSent),
        (400, Rejected),
        (410, Rejected),
    ],
)
def test_its_answer_decides_whether_to_try_again(code, kind):
    with text_sink() as sink:
        sink.code = code
        with pytest.raises(NotSent) as caught:
            WebhookTexts(f"http://127.0.0.1:{sink.port}/").send(MESSAGE)

    assert type(caught.value) is kind
    assert len(sink.taken) == 1


def test_a_service_that_is_down_may_come_back():
    with pytest.raises(NotSent, match="could not be reached"):
        WebhookTexts("http://127.0.0.1:1/").send(MESSAGE)


def test_the_console_shows_it(capsys):
    ConsoleTexts().send(MESSAGE)
    assert capsys.readouterr().err == "Text to +15551234567: You have a form to fill in: x\n"


@pytest.mark.parametrize("target", ["http://texts.example.org/", "ftp://x", "nonsense", "https://"])
def test_an_address_anybody_on_the_way_can_read_is_refused(monkeypatch, target):
    monkeypatch.setenv("AFTERGLOW_TEXTS", target)
    with pytest.raises(Refused):
        text_settings()


def test_settings_come_from_the_environment(monkeypatch):
    assert text_settings() is None
    monkeypatch.setenv("AFTERGLOW_TEXTS", "https://texts.example.org/send")
    assert text_settings() == TextSettings("https://texts.example.org/send")
    monkeypatch.setenv("AFTERGLOW_TEXTS", "console")
    assert isinstance(text_sender(text_settings()), ConsoleTexts)
