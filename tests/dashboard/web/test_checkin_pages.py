"""The check-in over HTTP: every page and state of a link, of the tablet, and for whoever signs in.

The clinic's clock stands still on day 7, when a form of ten questions is due: PHQ-9 and pain.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.web import checkin_pages
from dashboard.web.checkin_receipts import dialled
from dashboard.web.middleware import MIDDLEWARE
from dashboard.wording.checkin import EN, ES
from data import clock
from data.actions.crisis_texts import set_crisis_text
from data.actions.site_contacts import set_site_contact
from data.database import writing
from models.checkins.forms import CHIPS, Support
from models.flags import FlagRule
from models.policy import OPERATOR, Role
from models.tables import Assessment, CheckIn, CheckInLink, Flag, User
from tests.checkins import ask
from tests.clinic import only_row, rows_of

HERE = "http://127.0.0.1:8501"
APP = Starlette(routes=checkin_pages.ROUTES, middleware=list(MIDDLEWARE))
QUESTIONS = 10
AT_ONCE = 20
QUIET = (0, 1, 1, 0, 1, 1, 0, 1, 0, 4)
WORRYING = (*QUIET[:8], 2, 4)


@pytest.fixture
def asked(doors, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: doors.now)
    return ask(doors, name="Mara Kent")


@pytest.fixture
def phone():
    return new_phone()


def new_phone(session=None, app=APP, here=HERE):
    """Return a browser that has never been here, or somebody's who is signed in."""
    phone = TestClient(app, base_url=here, client=("127.0.0.1", 40000), follow_redirects=False)
    phone.headers.update({"accept": "text/html,*/*", "origin": here})
    if session is not None:
        phone.cookies.set("afterglow", session, domain="127.0.0.1", path="/")
    return phone


def sign_in(asked, patient_id=None):
    user = asked.clinic.user("pat", Role.PATIENT)
    with writing(asked.engine) as connection:
        mine = update(User).where(User.user_id == user)
        connection.execute(mine.values(patient_id=patient_id or asked.patient_id))
    return new_phone(asked.clinic.session_of(user))


def look(phone, address, status=200):
    """Open a page as a browser does, and see that nothing keeps a copy of it."""
    page = phone.get(address, follow_redirects=True)
    assert page.status_code == status, page.text
    assert page.headers["cache-control"] == "no-store"
    return page


def heading(page):
    return text_of(re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.S).group(1))


def text_of(html):
    """Return what somebody reads, without the picture."""
    html = re.sub(r"<head>.*?</head>|<svg.*?</svg>", "", html, flags=re.S)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))).strip()


def place(page):
    return re.search(r'class="place">([^<]+)', page.text).group(1)


def press(phone, page, answer, **changed):
    """Press the button of an answer, as the form in the page sends it; return where it leads."""
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert f'name="value" value="{answer}"' in page.text
    return phone.post(unescape(action), data=hidden | {"value": str(answer)} | changed)


def answer(phone, address, values):
    """Answer one question after the other from the page a link opens; return the last page."""
    page = look(phone, address)
    for value in values:
        page = look(phone, press(phone, page, value).headers["location"])
    return page


def send(phone, page, **fields):
    [action] = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    return phone.post(unescape(action), data={"send": "1", **fields})


def complete(phone, address, values=QUIET, **fields):
    """Fill in a whole form and return the page it ends on."""
    done = send(phone, answer(phone, address, values), **fields)
    assert done.status_code == 303, done.text
    return look(phone, done.headers["location"])


def recorded(asked):
    rows = rows_of(asked.engine, Assessment, recorded_by="check-in")
    return {row.instrument: row.items for row in rows}


def address_of(asked, mode="link"):
    return f"/c/{asked.link(mode=mode).token}"


# One question a screen


def test_a_form_opens_at_its_first_question_with_nothing_chosen(asked, phone):
    page = look(phone, address_of(asked))
    assert place(page) == "1 of 10"
    assert heading(page) == "Little interest or pleasure in doing things?"
    assert re.findall(r'name="value" value="(\d)"', page.text) == ["0", "1", "2", "3"]
    assert "chosen" not in page.text
    assert "checked" not in page.text
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


def test_a_site_without_a_number_has_its_words_alone(asked, phone):
    own_text(asked, "Come to the desk.", None)
    page = complete(phone, address_of(asked), WORRYING)
    assert "Come to the desk." in page.text
    assert "tel:" not in page.text
    look(phone, f"{page.url.path}?seen=1")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("988", "988"),
        ("988 (24 hours)", "988"),
        ("988 or 911", "988"),
        ("(303) 555-0100", "3035550100"),
        ("+1 (303) 555-0100", "+13035550100"),
        ("call 303.555.0100, day or night", "3035550100"),
        ("Ask at the desk", ""),
        ("javascript:alert(1)", "1"),
        (None, ""),
    ],
)
def test_a_telephone_dials_the_first_number_that_is_written(written, number):
    assert dialled(Support("Call.", written)) == number


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


def test_questions_stay_english_and_say_so(asked, phone):
    page = look(phone, f"{address_of(asked)}?lang=es")
    assert ES.in_english in page.text
    assert re.search(r'<fieldset lang="en">\s*<legend>.*?Little interest', page.text, re.S)
    assert ES.rather_not in page.text.partition("</fieldset>")[2]


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


def test_no_page_needs_more_than_itself_and_two_style_sheets(asked, phone):
    page = phone.get(address_of(asked))
    fetched = re.findall(r'(?:src|href)="(/[^"]*|data:[^"]*)"', page.text.partition("</head>")[0])
    assert [one.partition("?")[0] for one in fetched] == [
        "data:,",
        "/door/doors.css",
        "/door/checkin.css",
    ]
    assert page.headers["content-encoding"] == "gzip"


def test_the_pages_address_goes_to_nobody(asked, phone):
    page = phone.get(address_of(asked))
    assert page.headers["referrer-policy"] == "same-origin"
    assert "http" not in re.sub(r"www\.\S+", "", page.text).replace("http-equiv", "")


def only_key(asked):
    asked.form(asked.link().token)
    return only_row(asked.engine, CheckIn).checkin_id


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
