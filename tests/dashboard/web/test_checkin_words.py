"""The check-in in two languages: each page, the choice between them, and the sentences."""

from __future__ import annotations

import inspect
import re
from base64 import b64encode
from dataclasses import fields
from hashlib import sha256
from html import unescape
from pathlib import Path
from string import Formatter

import pytest

from dashboard.web import checkin_pages
from dashboard.web.middleware import POLICY
from dashboard.wording.checkin import EN, ES, SPANISH_TITLES, name_instrument, say_day
from data import clock
from data.instruments import catalogue
from models.checkins.forms import CHIPS
from tests.checkins import ask
from tests.dashboard.web.answering import (
    WORRYING,
    address_of,
    complete,
    heading,
    look,
    new_phone,
)

# Two languages


def test_every_page_is_there_in_both_languages_and_leads_to_the_other(asked, phone):
    address = address_of(asked)
    looks = [f"{address}?q={number}" for number in (1, 10, 11)] + ["/c"]
    for one in looks:
        assert_in_both(phone, one)
    complete(phone, address, WORRYING)
    for one in (f"{address}/done", f"{address}/done?seen=1"):
        assert_in_both(phone, one)
    assert_in_both(phone, "/c/none", 410)


def assert_in_both(phone, address, status=200):
    glue = "&" if "?" in address else "?"
    english = look(phone, f"{address}{glue}lang=en", status)
    [other] = re.findall(r'class="tongue" href="([^"]+)" lang="es"', english.text)
    spanish = look(phone, unescape(other), status)
    assert '<html lang="es">' in spanish.text
    assert heading(english) != heading(spanish) or 'lang="en"' in spanish.text
    assert ES.title in spanish.text
    assert spanish.url.path == english.url.path
    [back] = re.findall(r'class="tongue" href="([^"]+)" lang="en"', spanish.text)
    assert look(phone, unescape(back), status).text == english.text


def test_a_receipt_names_every_form_in_its_own_language(asked, phone):
    done = complete(phone, address_of(asked), WORRYING).url.path
    spanish = look(phone, f"{done}?seen=1&lang=es").text
    for code in ("PHQ-9", "NRS-11"):
        assert f"<h2>{SPANISH_TITLES[code]}</h2>" in spanish
        assert catalogue()[code].title not in spanish
        assert f"<h2>{catalogue()[code].title}</h2>" in look(phone, f"{done}?seen=1&lang=en").text


@pytest.mark.parametrize("code", [code for code, it in catalogue().items() if it.in_language("es")])
def test_what_is_asked_in_spanish_has_a_spanish_name(code):
    assert SPANISH_TITLES[code] != catalogue()[code].title
    assert name_instrument(ES, catalogue()[code]) == SPANISH_TITLES[code]


def test_a_form_nobody_has_named_in_spanish_goes_by_its_code():
    assert name_instrument(ES, catalogue()["OCI-R"]) == "OCI-R"


def test_questions_are_in_spanish_where_their_official_words_are_known(asked, phone):
    page = look(phone, f"{address_of(asked)}?lang=es")
    assert ES.in_english not in page.text
    assert re.search(r'<fieldset lang="es">\s*<legend>.*?Poco interés o placer', page.text, re.S)
    assert re.findall(r'class="answer" name="value" value="\d">([^<]+)<', page.text) == [
        *("Ningún día", "Varios días", "Más de la mitad de los días", "Casi todos los días")
    ]
    assert re.search(r'class="notice-of" lang="es">Elaborado por los doctores', page.text)
    pain = look(phone, f"{address_of(asked)}?q=10&lang=es")
    assert 'aria-label="10 (el peor dolor que pueda imaginar)"' in pain.text


def test_other_questions_stay_english_and_say_so_once(doors, phone, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: doors.now)
    asked = ask(doors, indication="ptsd")
    page = look(phone, f"{address_of(asked)}?q=10&lang=es")
    assert ES.in_english in page.text
    assert re.search(r'<fieldset lang="en">\s*<legend>.*?Below is a list', page.text, re.S)
    assert ES.rather_not in page.text.partition("</fieldset>")[2]
    assert "Not copyrighted." in page.text
    assert "must not be entered" not in page.text  # that is for staff
    assert ES.in_english not in look(phone, f"{address_of(asked)}?q=11&lang=es").text


def test_a_browser_that_asks_for_spanish_gets_it_where_nobody_has_chosen(asked, phone):
    phone.headers["accept-language"] = "es-MX,es;q=0.9,en;q=0.5"
    assert ES.over_title in look(phone, "/c/none", 410).text
    assert '<html lang="en">' in look(phone, address_of(asked)).text  # what they told the clinic


@pytest.mark.parametrize("wanted", ["fr", "<b>", "es'", ""])
def test_an_unknown_language_changes_nothing(asked, phone, wanted):
    page = phone.get(address_of(asked), params={"lang": wanted})
    assert '<html lang="en">' in page.text
    assert "set-cookie" not in page.headers


def test_the_choice_is_kept_for_this_form_alone_and_securely_where_encrypted(
    asked, phone, monkeypatch
):
    address = address_of(asked)
    kept = phone.get(f"{address}?lang=es").headers["set-cookie"]
    assert f"path={address};" in kept.lower().replace(address.lower(), address)
    assert "httponly" in kept.lower()
    assert "secure" not in kept.lower()
    monkeypatch.setenv("AFTERGLOW_ADDRESS", "https://clinic.example")
    outside = new_phone(here="https://clinic.example")
    assert "; secure" in outside.get(f"{address}?lang=es").headers["set-cookie"].lower()


def test_no_page_needs_more_than_itself(asked, phone):
    page = phone.get(address_of(asked))
    fetched = re.findall(r'(?:src|href)="(/[^"]*|data:[^"]*)"', page.text.partition("</head>")[0])
    assert fetched == ["data:,"]
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < 6_000


def test_only_the_style_in_the_page_is_let_in(asked, phone):
    for page in (phone.get(address_of(asked)), phone.get("/c"), phone.get("/c/nobodys")):
        [written] = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
        digest = b64encode(sha256(written.encode()).digest()).decode()
        own, everywhere = page.headers.get_list("content-security-policy")
        assert f"style-src 'sha256-{digest}';" in own
        assert "unsafe" not in own
        assert everywhere == POLICY
        assert " style=" not in page.text


def test_the_pages_address_goes_to_nobody(asked, phone):
    page = phone.get(address_of(asked))
    assert page.headers["referrer-policy"] == "same-origin"
    assert "http" not in re.sub(r"www\.\S+", "", page.text).replace("http-equiv", "")


# The sentences themselves

WEB = Path(checkin_pages.__file__).parent
PARTS = (*WEB.glob("checkin_*.py"), *(WEB / "templates").glob("checkin_*.html"))
SPOKEN = [field.name for field in fields(EN)]


@pytest.mark.parametrize("name", SPOKEN)
def test_every_sentence_is_said_somewhere_and_in_both_languages(name):
    places = "\n".join(path.read_text(encoding="utf-8") for path in PARTS)
    places += inspect.getsource(say_day)
    assert re.search(rf"\b(said|words)\.{name}\b", places), f"{name} is said nowhere"
    english, spanish = getattr(EN, name), getattr(ES, name)
    assert type(english) is type(spanish)
    assert placeholders(english) == placeholders(spanish)
    if name != "in_english":
        assert english
        assert spanish


def placeholders(said):
    texts = [said] if isinstance(said, str) else list(said)
    return sorted({it for text in texts for _, it, _, _ in Formatter().parse(text) if it})


def test_the_two_languages_lead_to_each_other_and_say_different_things():
    assert (EN.other, ES.other) == (ES.language, EN.language)
    assert set(EN.chips) == set(ES.chips) == set(CHIPS)
    assert [len(set(words.weekdays)) for words in (EN, ES)] == [7, 7]
    assert [len(set(words.months)) for words in (EN, ES)] == [12, 12]
    alike = [name for name in SPOKEN if getattr(EN, name) == getattr(ES, name)]
    assert alike == ["picture"]  # nothing but what is filled in


@pytest.mark.parametrize("words", [EN, ES], ids=["en", "es"])
def test_no_sentence_tells_what_is_treated_or_what_will_come(words):
    told = " ".join(str(getattr(words, name)) for name in SPOKEN).lower()
    forbidden = "ketamin|infusi|psiqui|psychi|depresi|depressi|predict|pronóstic|afterglow|score"
    assert re.findall(forbidden, told) == []
    assert re.findall(r"\b(safe|segur[oa]|will (get|feel|be))\b", told) == []
