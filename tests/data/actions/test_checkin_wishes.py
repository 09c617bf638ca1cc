"""Wishes: theirs to change, checked, kept with every change, and addresses under seal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.actions.checkin_wishes import set_wishes
from data.messages.unsubscribing import unsubscribe, unsubscribe_token
from data.queries.checkin_wishes import read_wishes
from data.queries.due import read_due
from models.checkins.schedule import State, open_today
from models.errors import Conflict, NotFound, Refused
from models.policy import OPERATOR, Denied
from models.tables import CheckInWishes
from tests.checkins import ask, patient_person
from tests.clinic import audit_of, everything, only_row, rows_of
from tests.histories import on

MAIL = "ada@example.org"


@pytest.fixture
def asked(clinic):
    return ask(clinic)


def wish(asked, version=0, person=None, **changes):
    return set_wishes(
        asked.engine,
        person or asked.person,
        patient_id=asked.patient_id,
        seen_version=version,
        changes=changes,
    )


def read(asked, person=None):
    return read_wishes(asked.engine, person or asked.person, asked.patient_id)


def test_until_somebody_wishes_something_there_is_a_quiet_default(asked):
    found = read(asked)

    assert (found.version, found.zone, found.changes) == (0, "America/Denver", ())
    assert (found.wishes.hour, found.wishes.language, found.wishes.weekday) == (17, "en", None)
    assert (found.email, found.mail_agreed_at, found.stopped_on) == (None, None, None)


def test_wishes_are_read_as_they_were_set_by_either_of_the_two(asked):
    wish(asked, weekday=3, hour=9, time_zone="Asia/Kathmandu", language="es")
    wish(asked, 1, asked.clinic.anna, email=MAIL, phone="+13035550100", mail_agreed=True)

    for person in (asked.person, asked.clinic.anna):
        found = read(asked, person)
        assert (found.version, found.zone) == (2, "Asia/Kathmandu")
        wishes = found.wishes
        assert (wishes.weekday, wishes.hour, wishes.language) == (3, 9, "es")
        assert (found.email, found.phone) == (MAIL, "+13035550100")
        assert found.mail_agreed_at == asked.clinic.now
        assert found.text_agreed_at is None


def test_every_change_is_kept_and_an_address_only_as_changed(asked):
    wish(asked, hour=9, email=MAIL, mail_agreed=True)
    asked.clinic.set_day(8)
    wish(asked, 1, asked.clinic.anna, email=None, mail_agreed=False, paused_from=on(9),
         paused_until=on(20))  # fmt: skip

    second, first = read(asked).changes
    assert (first.day, first.changed_by, first.what["hour"]) == (on(7), "Pat", 9)
    assert first.what["email"] == "changed"
    assert (second.day, second.changed_by) == (on(8), "Anna")
    assert second.what == {
        "email": "removed",
        "mail_agreed_at": None,
        "paused_from": on(9).isoformat(),
        "paused_until": on(20).isoformat(),
    }
    lines = [line for line in audit_of(asked.engine) if line.operation == "plan_checkins"]
    assert lines[0].detail == {"fields": ["email", "hour", "mail_agreed_at"]}
    assert MAIL not in repr(everything(asked.engine, but=()))


def test_a_change_by_an_unsubscribe_link_is_read_with_its_day(asked):
    wish(asked, email=MAIL, mail_agreed=True)
    asked.clinic.set_day(9)
    unsubscribe(asked.engine, unsubscribe_token(asked.patient_id), client=None)

    found = read(asked)

    assert found.mail_agreed_at is None
    assert (found.changes[0].day, found.changes[0].what) == (on(9), {"mail_agreed_at": None})
    assert found.wishes.pauses == ()


def test_an_address_is_sealed_for_this_patient_alone(asked):
    wish(asked, email=MAIL)
    sealed = only_row(asked.engine, CheckInWishes).email
    other = asked.clinic.register("P-2")
    set_wishes(asked.engine, OPERATOR, patient_id=other, seen_version=0, changes={"email": MAIL})

    theirs = only_row(asked.engine, CheckInWishes, patient_id=other).email
    assert MAIL not in sealed
    assert sealed != theirs


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weekday": 7}, "day of the week"),
        ({"weekday": True}, "day of the week"),
        ({"hour": 7}, "an hour from 8 to 20"),
        ({"hour": 21}, "an hour from 8 to 20"),
        ({"time_zone": "Mars/Olympus"}, "time zone from the list"),
        ({"language": "de"}, "language from the list"),
        ({"email": "ada@example"}, "e-mail address"),
        ({"email": "ada@example.org\r\nBcc: eve@example.org"}, "e-mail address"),
        ({"email": "a@b.org,c@d.org"}, "e-mail address"),
        ({"phone": "call me"}, "7 to 15 digits"),
        ({"mail_agreed": "yes"}, "yes or no"),
        ({"mail_agreed": True}, "give an address"),
        ({"text_agreed": True, "email": MAIL}, "give an address"),
        ({"paused_from": on(8)}, "first day and its last day"),
        ({"paused_from": on(6), "paused_until": on(9)}, "begins today or later"),
        ({"paused_from": on(9), "paused_until": on(8)}, "up to 92 days later"),
        ({"paused_from": on(9), "paused_until": on(102)}, "up to 92 days later"),
        ({"paused_from": "tomorrow", "paused_until": on(9)}, "from a day to a day"),
        ({"stopped": None}, "yes or no"),
        ({"colour": "teal"}, "no wish colour"),
        ({"recorded_by": "Eve"}, "no wish recorded_by"),
        ({"hour": 17}, "how it is already"),
        ({}, "how it is already"),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_what_makes_no_sense_is_refused_and_changes_nothing(asked, changes, said):
    before = everything(asked.engine)
    with pytest.raises(Refused, match=said):
        wish(asked, **changes)
    assert everything(asked.engine) == before


def test_of_two_who_change_them_at_once_the_later_hears_of_it(asked):
    wish(asked, hour=9)
    wish(asked, 1, hour=10)
    for seen in (0, 1, 3):
        with pytest.raises(Conflict):
            wish(asked, seen, hour=11)
    assert only_row(asked.engine, CheckInWishes).hour == 10


def test_nobody_else_may_wish_for_a_patient_or_read_what_they_wish(asked):
    wish(asked, email=MAIL)
    other = patient_person(asked.clinic.register("P-2"), "Eve")
    for person in (other, asked.clinic.pia):
        with pytest.raises(Denied):
            wish(asked, 1, person, hour=9)
        with pytest.raises(Denied):
            read(asked, person)
    with pytest.raises(NotFound):
        read_wishes(asked.engine, OPERATOR, asked.clinic.denver)


def test_a_pause_takes_the_open_form_away_and_its_end_brings_the_next(asked):
    wish(asked, paused_from=on(7), paused_until=on(20))
    due = read_due(asked.engine, asked.person, asked.patient_id)
    assert open_today(due.dues) is None
    assert due.dues[-1].due_on == on(21)

    asked.clinic.set_day(16)
    wish(asked, 1, paused_from=None, paused_until=None)
    states = {d.due_on: d.state for d in read_due(asked.engine, OPERATOR, asked.patient_id).dues}
    assert states[on(7)] is State.PAUSED
    assert states[on(14)] is State.PAUSED
    assert states[on(21)] is State.UPCOMING


def test_a_stop_holds_until_it_is_taken_back(asked):
    wish(asked, stopped=True)
    asked.clinic.set_day(40)
    due = read_due(asked.engine, asked.person, asked.patient_id)
    assert {d.state for d in due.dues if d.due_on >= on(7)} == {State.PAUSED}
    assert read(asked).stopped_on == on(7)

    wish(asked, 1, stopped=False)

    due = read_due(asked.engine, asked.person, asked.patient_id)
    assert due.dues[-1].state is State.UPCOMING
    assert due.missed_in_a_row == 2  # both before the infusion; none of those in the stop


def test_a_wish_is_all_or_nothing(asked):
    with pytest.raises(Refused):
        wish(asked, hour=9, weekday=9)
    assert rows_of(asked.engine, CheckInWishes) == []
    asked.clinic.now += timedelta(seconds=1)
    assert wish(asked, hour=9) == 1
