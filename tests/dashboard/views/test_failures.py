"""When a page breaks, the reader gets a sentence and a reference; the words of the error nobody."""

from __future__ import annotations

import re

from dashboard.views import patients
from models.errors import Refused
from tests.dashboard.views.screens import open_screen

CANARY = "Jane Doe, born 1 May 1970"


def fail():
    raise RuntimeError(CANARY)


def refuse():
    raise Refused("You may not list patients here.")


def test_a_bug_shows_a_reference_that_stands_in_the_log_and_not_a_word_more(
    clinic, monkeypatch, caplog, capfd
):
    monkeypatch.setattr(patients, "render", fail)
    screen = open_screen("patients")
    [sentence] = [it.value for it in screen.at.error]
    [reference] = re.findall(r"Reference ([0-9a-f]{8})\.$", sentence)
    assert sentence.startswith("Something went wrong on our side. Nothing you had saved is lost.")
    assert f"bug {reference}: RuntimeError at test_failures.py:" in caplog.text
    assert "Nobody watches this live." in screen.said, "the foot stands all the same"
    everything = [screen.said, *screen.html, caplog.text, *capfd.readouterr()]
    assert not [text for text in everything if "Jane" in text or "1970" in text]


def test_a_bug_in_the_part_that_reruns_by_itself_is_told_in_its_place(clinic, monkeypatch, caplog):
    clinic.register("DEN-1")
    monkeypatch.setattr(patients.loaders, "patients", lambda *_: fail())
    screen = open_screen("patients")
    [sentence] = [it.value for it in screen.at.error]
    [reference] = re.findall(r"Reference ([0-9a-f]{8})\.$", sentence)
    assert f"bug {reference}: RuntimeError at test_failures.py:" in caplog.text
    assert screen.field("text_input", "Name"), "the filters stand all the same"
    assert CANARY not in screen.said


def test_a_refusal_is_a_sentence_without_a_reference(clinic, monkeypatch, caplog):
    monkeypatch.setattr(patients, "render", refuse)
    screen = open_screen("patients")
    assert [it.value for it in screen.at.error] == ["You may not list patients here."]
    assert "bug" not in caplog.text
