"""After a check-in: the support card, the receipt, signed in, and on the tablet."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from dashboard.wording.checkin import EN, ES
from data.actions.crisis_texts import set_crisis_text
from data.actions.site_contacts import set_site_contact
from models.flags import FlagRule
from models.policy import OPERATOR, Role
from models.tables import Assessment, CheckIn, Flag
from tests.clinic import only_row, rows_of
from tests.dashboard.web.answering import (
    QUIET,
    WORRYING,
    address_of,
    complete,
    heading,
    look,
    new_phone,
    only_key,
    place,
    recorded,
    send,
    sign_in,
    text_of,
)

# Support


@pytest.mark.parametrize("ninth", [1, 2, 3, ""], ids=["1", "2", "3", "blank"])
def test_an_answer_about_suicide_above_zero_or_left_out_shows_the_card_first(asked, phone, ninth):
    address = address_of(asked)
    page = complete(phone, address, (*QUIET[:8], ninth, 4))
    assert heading(page) == EN.support_title
    said = text_of(page.text)
    assert EN.crisis in said
    assert EN.support_saved in said
    assert EN.not_watched in said
    assert 'href="tel:988"' in page.text
    assert 'href="sms:988"' in page.text
    assert "Saved at" not in said
    assert recorded(asked)["PHQ-9"][8] == (ninth if ninth != "" else None)
    [onward] = re.findall(rf'href="([^"]+)">{EN.go_on}', page.text)
    receipt = look(phone, onward)
    assert heading(receipt) == "Saved at 11:00"
    assert 'href="tel:988"' in receipt.text
    assert heading(look(phone, address)) == EN.support_title  # opened again, it comes again


def test_a_zero_shows_no_card_and_is_not_called_safe(asked, phone):
    page = complete(phone, address_of(asked))
    assert heading(page) == "Saved at 11:00"
    assert "tel:" not in page.text
    assert "safe" not in text_of(page.text).lower()


def test_a_clinics_own_rule_shows_the_card_too(asked, phone):
    add_rule(asked)
    page = complete(phone, address_of(asked), (*QUIET[:9], 9))
    assert heading(page) == EN.support_title
    assert len(rows_of(asked.engine, Flag)) == 1


def test_a_sites_own_words_and_number_are_shown_as_text(asked, phone):
    body = 'Call the desk.\n<script>alert(1)</script> & "us" {{ 7*7 }}'
    own_text(asked, body, "(303) 555-0100 <b>day</b>")
    page = complete(phone, address_of(asked), WORRYING)
    assert "<script" not in page.text
    assert "<b>day" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;us&#34; {{ 7*7 }}" in page.text
    assert "Call (303) 555-0100 <b>day</b>" in unescape(page.text)
    assert 'href="tel:3035550100"' in page.text
    assert "sms:" not in page.text  # nobody has said that this number takes texts


def test_beside_a_sites_own_words_the_general_ones_stand_in_spanish(asked, phone):
    own_text(asked, "Call the desk.", "303 555 0100")
    page = complete(phone, address_of(asked), WORRYING)
    assert EN.crisis not in unescape(page.text)
    spanish = unescape(look(phone, f"{page.url.path}?lang=es").text)
    assert spanish.index("Call the desk.") < spanish.index(ES.crisis)


def test_a_site_without_a_number_has_its_words_alone(asked, phone):
    own_text(asked, "Come to the desk.", None)
    page = complete(phone, address_of(asked), WORRYING)
    assert "Come to the desk." in page.text
    assert "tel:" not in page.text
    look(phone, f"{page.url.path}?seen=1")


def test_a_text_line_is_texted_and_not_rung_up(asked, phone):
    own_text(asked, "Write to us.", "Text HOME to 741741")
    page = complete(phone, address_of(asked), WORRYING)
    assert 'href="sms:741741">Text HOME to 741741<' in page.text
    assert "tel:" not in page.text
    receipt = look(phone, f"{page.url.path}?seen=1")
    assert 'href="sms:741741"' in receipt.text


def test_a_hostile_note_stays_text(asked, phone):
    address = address_of(asked)
    note = "</textarea><script>alert(1)</script>"
    look(phone, address)
    refused = send(phone, look(phone, f"{address}?q=11"), note=note)
    assert "<script" not in refused.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in refused.text
    complete(phone, address, note=note)
    assert only_row(asked.engine, CheckIn).note == note


# Signed in


def test_a_patient_signed_in_fills_in_the_same_form_and_sees_their_course(asked):
    phone = sign_in(asked)
    page = complete(phone, "/check-in")
    assert heading(page) == "Saved at 11:00"
    assert f'href="/">{EN.to_start}' in page.text
    assert page.text.count("<circle") == 3  # the score before the infusion as well
    assert {row.mode for row in rows_of(asked.engine, Assessment, recorded_by="check-in")} == {
        "patient"
    }
    assert heading(look(phone, "/check-in")) == EN.nothing_due_title
    assert heading(look(phone, "/check-in?extra=1")) == "Saved at 11:00"  # one a day


def test_where_nothing_is_due_they_may_begin_an_extra_one(asked):
    asked.clinic.set_day(5)
    phone = sign_in(asked)
    page = look(phone, "/check-in")
    assert heading(page) == EN.nothing_due_title
    [extra] = re.findall(rf'href="([^"]+)">{EN.extra}', page.text)
    assert rows_of(asked.engine, CheckIn) == []
    done = complete(phone, extra)
    assert heading(done).startswith("Saved at")


def test_nobody_reaches_anothers_form(asked):
    mine = only_key(asked)
    other = asked.clinic.register("P-2", indication="chronic_pain", name="Otto")
    phone = sign_in(asked, other)
    tries = [
        phone.post(f"/check-in/{mine}", data={"question": "PHQ-9:1", "value": "3"}),
        phone.post(f"/check-in/{mine}", data={"send": "1"}),
        phone.get(f"/check-in/{mine}/done"),
        phone.get("/check-in/not-a-key/done"),
    ]
    assert [page.status_code for page in tries] == [404] * 4
    assert len({text_of(page.text) for page in tries}) == 1
    assert only_row(asked.engine, CheckIn).answers == {}


def test_staff_have_no_check_in_and_strangers_sign_in_first(asked, phone):
    for role in (Role.CLINICIAN, Role.ADMINISTRATOR):
        user = asked.clinic.user(role.value.lower(), role, asked.clinic.denver)
        staff = new_phone(asked.clinic.session_of(user))
        page = staff.get("/check-in")
        assert page.status_code == 403
        assert "Traceback" not in page.text
        assert page.headers["cache-control"] == "no-store"
    led = phone.get("/check-in")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/check-in")
    assert phone.post("/check-in/x", data={"send": "1"}).status_code == 401


# The tablet


def type_code(phone, code, **query):
    return phone.post("/c", data={"code": code}, params=query)


def test_six_digits_open_the_form_once_however_they_are_typed(asked, phone):
    code = asked.link(mode="kiosk").short_code
    led = type_code(phone, f" {code[:3]} {code[3:]} ")
    assert led.status_code == 303
    assert place(look(phone, led.headers["location"])) == "1 of 10"
    again = type_code(new_phone(), code)
    assert (again.status_code, EN.code_wrong in again.text) == (400, True)


def test_wrong_codes_are_slowed_down_in_the_readers_language(asked, phone):
    code = asked.link(mode="kiosk").short_code
    wrong = "000000" if code != "000000" else "111111"
    answers = [type_code(phone, wrong, lang="es") for _ in range(7)]
    assert [page.status_code for page in answers[:5]] == [400] * 5
    assert ES.code_wrong in answers[0].text
    last = answers[-1]
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1
    assert ES.code_later.format(minutes=1) in last.text
    asked.clinic.now += timedelta(minutes=20)
    assert type_code(phone, wrong).status_code == 400
    asked.clinic.now += timedelta(minutes=20)
    fresh = asked.link(mode="kiosk").short_code
    assert type_code(phone, fresh).status_code == 303


def test_a_code_is_over_after_half_an_hour(asked, phone):
    code = asked.link(mode="kiosk").short_code
    asked.clinic.now += timedelta(minutes=31)
    assert type_code(phone, code).status_code == 400


def test_the_tablet_is_handed_back_and_back_shows_nothing_of_whoever_had_it(asked, phone):
    led = type_code(phone, asked.link(mode="kiosk").short_code)
    address = led.headers["location"]
    card = complete(phone, address, WORRYING)
    assert heading(card) == EN.support_title
    receipt = look(phone, f"{address}/done?seen=1")
    assert EN.hand_back in receipt.text
    [onward] = re.findall(rf'href="([^"]+)">{EN.next_person}', receipt.text)
    assert heading(look(phone, onward)) == EN.code_title
    for again in (f"{address}/done", f"{address}/done?seen=1", address):
        page = look(phone, again)
        assert heading(page) == EN.done_bare
        assert "<svg" not in page.text
        assert "tel:" not in page.text
    assert {row.mode for row in rows_of(asked.engine, Assessment, recorded_by="check-in")} == {
        "kiosk"
    }


def test_the_next_person_on_the_tablet_does_not_get_the_language_of_the_one_before(asked, phone):
    code = asked.link(mode="kiosk").short_code
    page = look(phone, "/c?lang=es")
    [action] = re.findall(r'action="([^"]+)"', page.text)
    led = phone.post(action, data={"code": code})
    assert '<html lang="es">' in look(phone, led.headers["location"]).text
    address = led.headers["location"].partition("?")[0]
    assert '<html lang="es">' in look(phone, f"{address}?q=2").text  # kept for this form
    assert '<html lang="en">' in look(phone, "/c").text


def own_text(asked, body, phone):
    set_crisis_text(
        asked.engine, OPERATOR, site_id=asked.clinic.denver, seen_revision=0, body=body, phone=phone
    )


def add_rule(asked):
    rule = FlagRule(name="strong pain", instrument="NRS-11", total_at_least=8)
    set_site_contact(
        asked.engine,
        OPERATOR,
        site_id=asked.clinic.denver,
        seen_revision=0,
        flag_mail="flags@example.org",
        rules=[rule],
    )
