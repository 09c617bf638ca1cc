"""The check-ins of one patient: what is due and done, ways to the form, how they are asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.wording import asking
from dashboard.wording import checkin_tab as words
from data.actions.checkin_wishes import set_wishes
from data.checkins.forms import save_extras, submit
from data.checkins.links import open_by_code
from data.database import writing
from data.messages.agreements import MAIL_REFUSED, change_agreement
from data.messages.replies import take_reply
from data.messages.unsubscribing import unsubscribe, unsubscribe_token
from data.queries.checkin_stops import Stops, read_stops
from data.queries.checkin_wishes import read_wishes
from models.policy import OPERATOR, Denied
from models.tables import CheckInLink, CheckInWishes
from tests.checkins import ask
from tests.clinic import only_row, rows_of
from tests.dashboard.views.people import clinician_at
from tests.dashboard.views.screens import open_screen
from tests.histories import on


@pytest.fixture
def asked(clinic):
    """A form was due on day 7, which is today."""
    return ask(clinic, name="Pat Moss")


def open_tab(asked, **query):
    screen = open_screen(
        "patient",
        person=clinician_at(asked.clinic.denver),
        id=asked.patient_id,
        **query,
    )
    return screen.open_tab(f"tabs-{asked.patient_id}", words.TAB)


def wish(asked, person=None, seen=0, **changes):
    return set_wishes(
        asked.engine,
        person or asked.person,
        patient_id=asked.patient_id,
        seen_version=seen,
        changes=changes,
    )


def table(screen):
    [body] = [body for body in screen.html if "What became of it" in body and "<td" in body]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", body)
    return [tuple(cells[at : at + 4]) for at in range(0, len(cells), 4)]


def test_what_is_open_comes_next_and_was_done_stands_in_words_and_in_a_calm_list(asked):
    screen = open_tab(asked)
    assert (
        "Open until Sun 18 Jan: PHQ-9 and NRS-11, due Mon 12 Jan. The next comes on Mon 19 Jan. "
        "0 of 4 expected were done (0\u00a0%). The last 2 full forms in a row were missed."
    ) in screen.said
    rows = table(screen)
    assert rows[:3] == [
        ("19 Jan – 25 Jan", "weekly", "PHQ-9 and NRS-11", "to come"),
        ("12 Jan – 18 Jan", "weekly", "PHQ-9 and NRS-11", "open"),
        ("8 Jan – 9 Jan", "pulse", "NRS-11", "missed"),
    ]


def test_a_code_for_the_tablet_is_shown_once_large_and_as_a_square_and_opens_the_form(asked):
    screen = open_tab(asked).press(words.TABLET)
    [way] = [body for body in screen.html if "class='ag-code'" in body]
    [code] = re.findall(r"ag-code'[^>]*>(\d{3} \d{3})<", way)
    assert f"alt='{words.QR}' src=\"data:image/svg+xml" in way
    token = open_by_code(asked.engine, code, "10.0.0.1")
    assert asked.form(token).due_on == on(7)
    assert {row.mode for row in rows_of(asked.engine, CheckInLink)} == {"kiosk"}
    assert "<img class='ag-square'" not in "".join(
        screen.run().html
    )  # the next click takes it off the page


def test_a_link_lasts_three_days_and_leads_to_the_open_form(asked):
    screen = open_tab(asked).press(words.LINK)
    [code] = screen.at.code
    asked.form(code.value.rpartition("/c/")[2])
    row = only_row(asked.engine, CheckInLink)
    assert row.expires_at - row.made_at == timedelta(hours=72)
    assert "open until Thu 15 Jan 11:00" in screen.said


def test_a_form_that_was_sent_is_done_and_what_was_said_besides_is_read(asked):
    token = asked.link().token
    asked.answer(token, *[1] * 10)
    save_extras(asked.engine, token, chips=["poor_sleep"], note="a <b>cold</b>")
    submit(asked.engine, token)
    screen = open_tab(asked)
    assert "1 of 5 expected were done" in screen.said
    assert "12 Jan 2026: poor sleep; “a <b>cold</b>”" in screen.said
    screen.press(words.LINK)
    assert "submitted already" in screen.at.error[0].value


def test_how_they_are_asked_is_changed_with_who_and_when(asked):
    screen = open_tab(asked)
    assert "No reminders: no address with a consent is known." in screen.said
    screen.field("selectbox", "Day of the week").set_value(2)
    screen.field("selectbox", "Hour").set_value(9)
    screen.field("text_input", "E-mail").set_value("pat@example.org")
    screen.field("checkbox", asking.TO_STAFF.mail_agreed).check()
    screen.press(asking.SAVE)
    assert "Reminders by e-mail at 09:00, America/Denver." in screen.said
    assert (
        "12 Jan 2026, 11:00, Anna Kent: day of the week Wednesday; hour 09:00; e-mail changed; "
        "agreed to e-mails"
    ) in screen.said
    wishes = read_wishes(asked.engine, asked.clinic.anna, asked.patient_id)
    assert (wishes.wishes.weekday, wishes.email) == (2, "pat@example.org")


def test_only_what_differs_is_changed(asked):
    wish(asked, email="pat@example.org", mail_agreed=True)
    screen = open_tab(asked)
    screen.press(asking.SAVE)
    assert screen.at.info[0].value == asking.SAME
    screen.field("selectbox", "Hour").set_value(9)
    screen.press(asking.SAVE)
    assert "Anna Kent: hour 09:00" in screen.said
    assert only_row(asked.engine, CheckInWishes).version == 2


def test_a_wish_changed_by_somebody_else_meanwhile_is_not_overwritten(asked):
    screen = open_tab(asked)
    wish(asked, hour=18)
    screen.field("selectbox", "Hour").set_value(9)
    screen.press(asking.SAVE)
    assert "changed by somebody else" in screen.at.warning[0].value
    assert only_row(asked.engine, CheckInWishes).hour == 18
    screen.press(asking.AS_IT_IS_NOW)
    assert screen.field("selectbox", "Hour").value == 18


def test_a_pause_that_has_begun_can_be_cut_short(asked):
    wish(asked, paused_from=on(7), paused_until=on(20))
    asked.clinic.set_day(10)
    screen = open_tab(asked)
    screen.field("date_input", "Pause until").set_value(on(12))
    screen.press(asking.SAVE)
    row = only_row(asked.engine, CheckInWishes)
    assert (row.paused_from, row.paused_until) == (on(10), on(12))
    assert "Check-ins are paused until 17 Jan 2026." in screen.said


def test_a_stop_by_the_patient_stands_on_the_head_and_by_whom_below(asked):
    wish(asked, stopped=True)
    screen = open_tab(asked)
    assert "Asked for no more check-ins on 12 Jan 2026." in screen.said
    assert "the patient: asked for no more check-ins" in screen.said


def test_a_consent_taken_back_by_the_link_in_a_mail_stands_on_the_head(asked):
    wish(asked, email="pat@example.org", mail_agreed=True)
    read = lambda: read_stops(asked.engine, asked.clinic.anna, asked.patient_id)  # noqa: E731
    assert read() == Stops()
    asked.clinic.set_day(9)
    unsubscribe(asked.engine, unsubscribe_token(asked.patient_id))
    assert read().mail_ended_on == on(9)
    screen = open_tab(asked)
    assert "Took back the consent to reminders by e-mail on 14 Jan 2026." in screen.said
    assert "the patient: no more e-mails" in screen.said
    wish(asked, seen=2, mail_agreed=True)
    assert read() == Stops()


def test_an_address_that_does_not_exist_is_told_to_both_until_it_is_changed(asked):
    wish(asked, email="pat@example.org", mail_agreed=True)
    told = {"by": "mail server", "event": "address refused"}
    with writing(asked.engine) as connection:
        change_agreement(
            connection, OPERATOR, asked.patient_id, MAIL_REFUSED, asked.clinic.now, **told
        )
    screen = open_tab(asked)
    assert "No reminders: their e-mail address does not exist." in screen.said
    assert "On 12 Jan 2026 the mail server said that this e-mail address" in screen.said
    assert "mail server: no such e-mail address" in screen.said
    now = read_wishes(asked.engine, asked.person, asked.patient_id)
    assert asking.refused(now, asking.TO_PATIENT).startswith("On 12 Jan 2026 we were told")
    wish(asked, seen=2, email="pat2@example.org")
    now = read_wishes(asked.engine, asked.person, asked.patient_id)
    assert (now.mail_refused_at, asking.refused(now, asking.TO_STAFF)) == (None, "")
    assert "Reminders by e-mail" in asking.reached(now)


def test_a_stop_by_text_is_the_patients_own(asked):
    wish(asked, phone="+13035550100", text_agreed=True)
    take_reply(asked.engine, sender="+1 303 555 0100", words="STOP")
    screen = open_tab(asked)
    assert "Took back the consent to reminders by text message on 12 Jan 2026." in screen.said
    assert "the patient: no more text messages" in screen.said


def test_stops_are_read_by_whoever_may_read_the_chart(asked):
    with pytest.raises(Denied):
        read_stops(asked.engine, asked.clinic.pia, asked.patient_id)


def test_before_anything_is_recorded_the_check_ins_are_there_already(clinic):
    clinic.set_day(0)
    patient_id = clinic.register("P-1")
    screen = open_screen("patient", person=clinician_at(clinic.denver), id=patient_id)
    assert "Open until Sun 11 Jan: PHQ-9, due Mon 5 Jan." in screen.said
    screen.press(words.LINK)
    assert len(rows_of(clinic.engine, CheckInLink)) == 1


def test_the_tablet_is_sent_to_an_address_somebody_can_type():
    said = words.about_link(
        datetime(2026, 1, 12, 18, tzinfo=UTC), "UTC", tablet_at="https://a.example/c"
    )
    assert said.startswith("Open until 18:00. On the tablet open https://a.example/c and type")
