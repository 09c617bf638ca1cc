"""The check-in over HTTP: its questions one by one, sending it, and what a link is not."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update

from dashboard.wording.checkin import EN, ES
from data.database import writing
from models.checkins.forms import CHIPS
from models.tables import Assessment, CheckIn, CheckInLink, Flag, Session
from tests.clinic import only_row, rows_of
from tests.dashboard.web.answering import (
    AT_ONCE,
    QUESTIONS,
    QUIET,
    WORRYING,
    address_of,
    answer,
    complete,
    heading,
    look,
    new_phone,
    place,
    press,
    recorded,
    send,
    sign_in,
    text_of,
)
from tests.histories import on

# One question a screen


def test_a_form_opens_at_its_first_question_with_nothing_chosen(asked, phone):
    page = look(phone, address_of(asked))
    assert place(page) == "1 of 10"
    assert heading(page) == "Little interest or pleasure in doing things?"
    assert re.findall(r'name="value" value="(\d)"', page.text) == ["0", "1", "2", "3"]
    body = page.text.partition("<body")[2]
    assert "chosen" not in body
    assert "checked" not in body
    assert ">Back<" not in page.text
    assert EN.rather_not in page.text
    assert EN.saved_as_you_go in page.text
    assert "<script" not in page.text


def test_it_goes_on_at_the_first_unanswered_question_on_any_device(asked, phone):
    address = address_of(asked)
    answer(phone, address, QUIET[:3])
    assert place(look(new_phone(), address)) == "4 of 10"
    another_link = address_of(asked)
    assert place(look(new_phone(), another_link)) == "4 of 10"
    signed_in = sign_in(asked)
    assert place(look(signed_in, "/check-in")) == "4 of 10"
    answer(signed_in, "/check-in", QUIET[3:5])
    assert place(look(phone, address)) == "6 of 10"


def let_time_pass(asked, **length):
    """Turn the clock on; whoever is signed in stays so."""
    asked.clinic.now += timedelta(**length)
    with writing(asked.engine) as connection:
        now = asked.clinic.now
        stays = {"created_at": now, "seen_at": now, "expires_at": now + timedelta(hours=1)}
        connection.execute(update(Session).values(**stays))


def test_over_midnight_the_answers_go_to_the_form_they_were_shown_for(asked):
    """A window closes on day 13; on day 14 another form is due, with the same questions."""
    asked.clinic.set_day(13)
    signed_in = sign_in(asked)
    page = answer(signed_in, "/check-in", QUIET[:2])
    let_time_pass(asked, hours=13)
    page = look(signed_in, press(signed_in, page, 3).headers["location"])
    assert place(page) == "4 of 10"
    for value in QUIET[3:]:
        page = look(signed_in, press(signed_in, page, value).headers["location"])
    assert "Saved at" in look(signed_in, send(signed_in, page).headers["location"]).text
    assert only_row(asked.engine, CheckIn).due_on == on(7)
    assert recorded(asked)["PHQ-9"][:3] == [*QUIET[:2], 3]
    assert place(look(signed_in, "/check-in")) == "1 of 10"


def test_an_answer_to_a_form_left_for_days_is_refused_and_goes_nowhere(asked):
    signed_in = sign_in(asked)
    page = answer(signed_in, "/check-in", QUIET[:2])
    let_time_pass(asked, hours=72)
    refused = press(signed_in, page, 3)
    assert refused.status_code == 400
    assert EN.too_late in text_of(refused.text)
    assert only_row(asked.engine, CheckIn).answers == {"PHQ-9": {"1": 0, "2": 1}}


def test_a_skipped_question_is_where_it_goes_on(asked, phone):
    address = address_of(asked)
    page = look(phone, f"{address}?q=3")
    assert press(phone, page, 1).headers["location"] == f"{address}?q=4"
    assert place(look(phone, address)) == "1 of 10"


def test_back_shows_the_answer_and_another_replaces_it(asked, phone):
    address = address_of(asked)
    page = answer(phone, address, (1, 2))
    [back] = re.findall(r'href="([^"]+)">Back<', page.text)
    page = look(phone, unescape(back))
    assert place(page) == "2 of 10"
    chosen = re.findall(r'class="answer chosen" name="value" value="(\d)"', page.text)
    assert chosen == ["2"]
    assert EN.chosen in page.text
    press(phone, page, 3)
    assert only_row(asked.engine, CheckIn).answers == {"PHQ-9": {"1": 1, "2": 3}}


def test_rather_not_say_is_an_answer_and_no_number(asked, phone):
    address = address_of(asked)
    page = answer(phone, address, ("",))
    assert place(page) == "2 of 10"
    assert only_row(asked.engine, CheckIn).answers == {"PHQ-9": {"1": None}}
    assert "not say ✓" in text_of(look(phone, f"{address}?q=1").text)


def test_a_scale_shows_its_numbers_and_says_its_ends_to_a_screen_reader(asked, phone):
    page = look(phone, f"{address_of(asked)}?q=10")
    assert re.findall(r'value="(\d+)"[^>]*>(\d+)</button>', page.text) == [
        (str(number), str(number)) for number in range(11)
    ]
    assert 'aria-label="0 (no pain)"' in page.text


@pytest.mark.parametrize("wanted", ["0", "11", "99999", "9" * 5000, "-1", "x", "²", "\u0661", ""])
def test_any_number_in_the_address_is_a_page(asked, phone, wanted):
    page = look(phone, f"{address_of(asked)}?q={wanted}")
    shows_first = wanted in ("9" * 5000, "-1", "x", "²", "\u0661", "")
    assert (("1 of 10" if shows_first else EN.more_title) in page.text) is True


@pytest.mark.parametrize(
    "sent",
    [
        {"value": "4"},
        {"value": "-1"},
        {"value": "1.5"},
        {"value": "³"},
        {"value": "9" * 5000},
        {"question": "PHQ-9:10"},
        {"question": "GAD-7:1"},
        {"question": "PHQ-9:1' OR 1=1"},
        {"question": ""},
    ],
)
def test_what_no_page_of_ours_sends_is_refused_and_the_way_back_shown(asked, phone, sent):
    address = address_of(asked)
    refused = press(phone, look(phone, address), "0", **sent)
    assert (refused.status_code, heading(refused)) == (400, EN.problem)
    assert refused.headers["cache-control"] == "no-store"
    assert f'href="{address}">{EN.to_form}' in refused.text
    assert "Afterglow" not in refused.text
    assert only_row(asked.engine, CheckIn).answers == {}


def test_a_form_without_a_pressed_button_is_no_answer(asked, phone):
    address = address_of(asked)
    look(phone, address)
    refused = phone.post(address, data={"question": "PHQ-9:1", "position": "1"})
    assert refused.status_code == 400
    assert only_row(asked.engine, CheckIn).answers == {}


@pytest.mark.parametrize("position", ["", "²", "9" * 5000, "-3"])
def test_an_answer_counts_wherever_its_page_said_it_stood(asked, phone, position):
    address = address_of(asked)
    led = press(phone, look(phone, address), 2, position=position)
    assert (led.status_code, led.headers["location"]) == (303, address)
    assert only_row(asked.engine, CheckIn).answers == {"PHQ-9": {"1": 2}}


def test_another_sites_page_can_answer_nothing(asked, phone):
    address = address_of(asked)
    look(phone, address)
    elsewhere = {"origin": "https://evil.example"}
    sent = phone.post(address, data={"question": "PHQ-9:1", "value": "0"}, headers=elsewhere)
    assert sent.status_code == 403
    assert only_row(asked.engine, CheckIn).answers == {}


# Sending


def test_a_whole_form_becomes_one_set_of_records_and_a_receipt(asked, phone):
    address = address_of(asked)
    page = complete(phone, address, chip_poor_sleep="on", chip_good_news="on", note=" Slept. ")
    assert heading(page) == "Saved at 11:00"
    said = text_of(page.text)
    assert "10 of 10 questions answered, on Monday 12 January." in said
    assert "Your answers add up to 5 of 27. A lower number means fewer complaints." in said
    assert "You answered 4 of 10." in said
    assert "The next check-in comes on Monday 19 January." in said
    assert EN.close in said
    assert page.text.count('<svg class="points"') == 2
    assert page.text.count("<circle") == 2  # only what was sent now, no history
    assert recorded(asked) == {"PHQ-9": list(QUIET[:9]), "NRS-11": [4]}
    row = only_row(asked.engine, CheckIn)
    assert (row.chips, row.note) == (["poor_sleep", "good_news"], "Slept.")


def test_what_was_not_reached_is_a_blank(asked, phone):
    address = address_of(asked)
    answer(phone, address, (1, 1))
    done = send(phone, look(phone, f"{address}?q=11"))
    assert done.status_code == 303
    assert recorded(asked)["PHQ-9"] == [1, 1, *[None] * 7]


@pytest.mark.parametrize("words", [EN, ES], ids=["en", "es"])
def test_an_empty_form_is_not_sent_and_nothing_typed_is_lost(asked, phone, words):
    address = address_of(asked)
    page = look(phone, f"{address}?q=11&lang={words.language}")
    refused = send(phone, page, note="My note", chip_unwell="on")
    assert refused.status_code == 400
    assert words.nothing_yet in unescape(refused.text)
    assert f"{words.problem}: " in refused.text.partition("</title>")[0]
    assert ">My note</textarea>" in refused.text
    assert 'name="chip_unwell" checked' in refused.text
    [other] = re.findall(r'class="tongue" href="([^"]+)"', refused.text)
    assert f'<html lang="{words.other}">' in look(phone, unescape(other)).text
    assert rows_of(asked.engine, Assessment, recorded_by="check-in") == []


def test_a_note_that_is_too_long_is_refused_whole_and_lines_count_once(asked, phone):
    page = answer(phone, address_of(asked), QUIET)
    lines = "\r\n".join(["1234"] * 100)  # 499 characters as a browser counts them
    refused = send(phone, page, note=lines + "\r\n567")
    assert refused.status_code == 400
    assert EN.note_too_long in refused.text
    assert "567</textarea>" in refused.text
    assert send(phone, page, note=lines).status_code == 303
    assert only_row(asked.engine, CheckIn).note == lines.replace("\r\n", "\n")


def test_unknown_chips_are_left_out(asked, phone):
    page = answer(phone, address_of(asked), QUIET)
    assert set(re.findall(r'name="chip_(\w+)"', page.text)) == set(CHIPS)
    assert send(phone, page, chip_hacked="on").status_code == 303
    assert only_row(asked.engine, CheckIn).chips == []


def test_a_double_tap_is_one_answer_and_one_record(asked, phone):
    address = address_of(asked)
    page = look(phone, address)
    taps = [press(phone, page, 1), press(phone, page, 1)]
    assert {tap.headers["location"] for tap in taps} == {f"{address}?q=2"}
    page = answer(phone, address, QUIET[1:])
    sent = [send(phone, page), send(phone, page)]
    assert {tap.headers["location"] for tap in sent} == {f"{address}/done"}
    assert len(rows_of(asked.engine, Assessment, recorded_by="check-in")) == 2


def test_twenty_who_send_at_once_leave_one_set_of_records_and_get_twenty_receipts(asked, phone):
    address = address_of(asked)
    page = answer(phone, address, WORRYING)
    phones = [new_phone() for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = list(pool.map(lambda one: send(one, page), phones))
    assert {it.status_code for it in sent} == {303}
    receipts = [look(one, f"{address}/done?seen=1") for one in phones]
    assert {heading(receipt) for receipt in receipts} == {"Saved at 11:00"}
    assert len({receipt.text for receipt in receipts}) == 1
    assert len(rows_of(asked.engine, Assessment, recorded_by="check-in")) == 2
    assert len(rows_of(asked.engine, Flag)) == 1
    assert only_row(asked.engine, CheckInLink).used_at is not None


# What a link is not


def test_after_sending_every_address_of_the_form_leads_to_the_receipt(asked, phone):
    address = address_of(asked)
    page = look(phone, address)
    complete(phone, address)
    for again in (phone.get(address), phone.get(f"{address}?q=3"), press(phone, page, 3)):
        assert (again.status_code, again.headers["location"]) == (303, f"{address}/done")
    assert recorded(asked)["PHQ-9"][0] == QUIET[0]


def test_seen_again_later_a_link_says_only_that_it_was_sent(asked, phone):
    address = address_of(asked)
    complete(phone, address, WORRYING)
    asked.clinic.now += timedelta(hours=1)
    page = look(phone, address)
    assert heading(page) == EN.done_bare
    assert "<svg" not in page.text
    assert "tel:" not in page.text
    assert "answered" not in text_of(page.text)


def test_a_link_that_is_over_and_one_that_never_was_get_the_same_words(asked, phone):
    address = address_of(asked)
    form = look(phone, address)
    asked.clinic.now += timedelta(hours=73)
    for method in ("GET", "POST"):
        told = []
        for one in (address, "/c/never-was-one", "/c/%0A%3Cb%3E", f"{address}x"):
            data = {"question": "PHQ-9:1", "position": "1", "value": "0"}
            page = phone.request(method, one, data=data if method == "POST" else None)
            assert (page.status_code, heading(page)) == (410, EN.over_title)
            assert page.headers["cache-control"] == "no-store"
            told.append(text_of(page.text))
        assert set(told) == {text_of(page.text)}
    assert phone.get(f"{address}/done").status_code == 410
    assert press(phone, form, 0).status_code == 410


def test_looking_uses_nothing_up(asked, phone):
    address = address_of(asked)
    for _ in range(3):
        assert phone.head(address).status_code == 200
        look(phone, address)
        look(phone, f"{address}/done")  # leads back to the question
    assert only_row(asked.engine, CheckInLink).used_at is None
    complete(phone, address)


def test_no_page_of_a_link_says_who_where_or_what_for(asked, phone):
    address = address_of(asked)
    pages = [look(phone, f"{address}?q={number}") for number in range(1, QUESTIONS + 2)]
    pages += [complete(phone, address, WORRYING), look(phone, f"{address}/done?seen=1")]
    pages += [look(phone, "/c"), look(phone, "/c/none", 410)]
    private = ("Mara", "Kent", "P-1", "Denver", "Anna", "Afterglow", "4 January", "20 (")
    kind = ("ketamine", "infusion", "psychiat", "clinic type", "depressi")
    for page in pages:
        assert [word for word in private if word in page.text] == []
        said = page.text.lower().replace("feeling down, depressed, or hopeless", "")
        assert [word for word in kind if word in said] == []
    # A title stands in a browser's list of tabs and its history: it says no more than a place.
    titles = {re.search("<title>(.*?)</title>", page.text).group(1) for page in pages}
    assert not [title for title in titles if re.search("PHQ|suicid|score|pain", title)]


def test_enter_on_a_box_keeps_what_was_said_and_sends_nothing_off(asked, phone):
    address = address_of(asked)
    page = answer(phone, address, QUIET)
    [action] = re.findall(r'action="([^"]+)"', page.text)
    led = phone.post(action, data={"keep": "1", "chip_unwell": "on", "note": "So far"})
    assert (led.status_code, led.headers["location"]) == (303, address)
    page = look(phone, address)
    assert heading(page) == EN.more_title
    assert 'name="chip_unwell" checked' in page.text
    assert ">So far</textarea>" in page.text
    assert only_row(asked.engine, CheckIn).submitted_at is None
