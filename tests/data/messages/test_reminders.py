"""Who is reminded when: on their own clock, three times at most, and only while it is wanted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.actions.checkin_wishes import set_wishes
from data.checkins.links import LINK
from data.doors.refusals import DeadLink
from data.doors.secrets import hash_token
from data.messages.outbox import MAIL, TEXT
from data.messages.reminders import latest_slot, plan_reminders
from data.messages.unsubscribing import (
    Subscriber,
    find_subscriber,
    unsubscribe,
    unsubscribe_token,
)
from data.messages.worker import send_due
from models.checkins.schedule import Due, State
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.quiet_hours import instant, is_quiet, wait_out_quiet
from models.tables import CheckInLink, CheckInWishChange, CheckInWishes, OutgoingMessage
from tests.clinic import audit_of, only_row, rows_of
from tests.data.messages.conftest import at, remind

WEEK = [f"2026-03-0{day} 17:05" for day in range(2, 9)]


def go_on(clinic, kept, moments, zone="America/Denver", channels=(MAIL, TEXT)):
    """Let time pass; return on which of the moments how many messages left."""
    left = []
    for moment in moments:
        clinic.now = at(moment, zone)
        before = len(kept.messages)
        plan_reminders(clinic.engine, channels=channels)
        plan_reminders(clinic.engine, channels=channels)
        send_due(clinic.engine, senders=dict.fromkeys(channels, kept))
        left.append(len(kept.messages) - before)
    return left


def change(clinic, patient, version=1, **changes):
    set_wishes(clinic.engine, OPERATOR, patient_id=patient, seen_version=version, changes=changes)


def test_a_form_is_announced_on_its_day_reminded_of_twice_and_then_not_again(clinic, kept):
    remind(clinic)
    assert go_on(clinic, kept, ["2026-03-02 16:59", *WEEK]) == [0, 1, 0, 1, 0, 1, 0, 0]


def test_each_has_a_fresh_link_of_which_only_the_hash_is_kept(clinic, kept):
    patient = remind(clinic)
    go_on(clinic, kept, WEEK)
    tokens = [message.body.split("/c/")[1].split()[0] for message in kept.messages]
    links = rows_of(clinic.engine, CheckInLink)

    assert len(set(tokens)) == 3
    assert {link.token_hash for link in links} == {hash_token(token) for token in tokens}
    assert {(link.mode, link.due_on, link.made_by, link.patient_id) for link in links} == {
        (LINK, date(2026, 3, 2), "reminders", patient)
    }
    stored = repr([tuple(row) for row in rows_of(clinic.engine, OutgoingMessage)])
    assert not any(token in stored for token in tokens)
    assert "example.org" not in stored


def test_who_has_answered_is_left_alone(clinic, kept):
    patient = remind(clinic)
    assert go_on(clinic, kept, WEEK[:1]) == [1]
    clinic.now = at("2026-03-03 12:00")
    clinic.score(patient, Moment(date(2026, 3, 3)), 9)
    assert go_on(clinic, kept, WEEK[1:6]) == [0] * 5


def test_an_answer_between_planning_and_sending_stops_the_message(clinic, kept):
    patient = remind(clinic)
    clinic.now = at("2026-03-02 17:05")
    assert plan_reminders(clinic.engine) == 1
    clinic.score(patient, Moment(date(2026, 3, 2)), 9)

    assert send_due(clinic.engine, senders={MAIL: kept}).dropped == 1
    assert kept.messages == []
    assert only_row(clinic.engine, OutgoingMessage).trouble == "not needed any more"


@pytest.mark.parametrize(
    "changes",
    [
        {"stopped": True},
        {"paused_from": date(2026, 3, 2), "paused_until": date(2026, 3, 20)},
        {"mail_agreed": False},
        {"email": None, "mail_agreed": False},
    ],
)
@pytest.mark.parametrize("is_late", [False, True])
def test_who_pauses_stops_or_takes_consent_back_gets_nothing(clinic, kept, changes, is_late):
    patient = remind(clinic)
    clinic.now = at("2026-03-02 17:05")
    if is_late:  # the message is in the outbox already
        assert plan_reminders(clinic.engine) == 1
    change(clinic, patient, **changes)

    assert go_on(clinic, kept, WEEK) == [0] * 7


def test_who_never_agreed_or_has_left_gets_nothing(clinic, kept):
    remind(clinic, "P-1", mail_agreed=None)
    clinic.register("P-2")
    assert go_on(clinic, kept, WEEK) == [0] * 7


def test_texts_go_to_whoever_agreed_to_them_and_never_both(clinic, kept):
    remind(clinic, phone="+13035550100", text_agreed=True)
    assert go_on(clinic, kept, WEEK[:1]) == [1]
    [text] = kept.messages
    assert text.to == "+13035550100"
    assert text.body.startswith("You have a form to fill in: http://127.0.0.1:8501/c/")


def test_without_texts_set_up_a_mail_is_sent_instead(clinic, kept):
    remind(clinic, phone="+13035550100", text_agreed=True)
    assert go_on(clinic, kept, WEEK[:1], channels=(MAIL,)) == [1]
    assert kept.messages[0].to == "p-1@example.org"


def test_the_patients_own_clock_counts(clinic, kept):
    remind(clinic, time_zone="Asia/Kathmandu", hour=9)
    # Ten on Monday in Denver is 22:45 in Kathmandu; the form is due on Monday there as well.
    assert go_on(clinic, kept, ["2026-03-02 23:30"], "Asia/Kathmandu") == [0]
    assert go_on(clinic, kept, ["2026-03-03 07:59"], "Asia/Kathmandu") == [0]
    assert go_on(clinic, kept, ["2026-03-03 08:00"], "Asia/Kathmandu") == [1]


def test_a_message_held_up_until_the_night_waits_for_the_morning(clinic, kept):
    remind(clinic, hour=20)
    clinic.now = at("2026-03-02 20:30")
    assert plan_reminders(clinic.engine) == 1
    assert go_on(clinic, kept, ["2026-03-02 21:00", "2026-03-03 07:59", "2026-03-03 08:00"]) == [
        0,
        0,
        1,
    ]
    row = only_row(clinic.engine, OutgoingMessage)
    assert row.tries == 1  # waiting is no failed try


def test_after_days_of_silence_of_this_program_only_the_last_one_is_sent(clinic, kept):
    remind(clinic)
    assert go_on(clinic, kept, ["2026-03-06 18:00"]) == [1]
    assert len(rows_of(clinic.engine, OutgoingMessage)) == 1


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Europe/London"])
def test_no_instant_of_the_year_is_sent_at_night(zone):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year == 2026:
        allowed = wait_out_quiet(moment, zone)
        assert not is_quiet(allowed, zone)
        assert timedelta(0) <= allowed - moment <= timedelta(hours=12)
        moment += timedelta(minutes=47)


def test_the_hour_holds_across_both_changes_of_the_clocks():
    zone = "America/New_York"
    for day in (date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1)):
        local = instant(day, 17, zone).astimezone(ZoneInfo(zone))
        assert (local.date(), local.hour) == (day, 17)
    # 21:30 on the eve of the change: eight in the morning is 9.5 hours away, not 10.5.
    eve = datetime(2026, 3, 7, 21, 30, tzinfo=ZoneInfo(zone))
    assert wait_out_quiet(eve, zone) - eve.astimezone(UTC) == timedelta(hours=9, minutes=30)


def test_a_pulse_that_is_open_for_two_days_is_announced_once():
    due = Due(
        date(2026, 3, 3), date(2026, 3, 3), date(2026, 3, 4), "pulse", ("MOOD-11",), State.OPEN
    )
    found = [latest_slot(due, 17, "America/Denver", at(f"2026-03-0{day} 17:00")) for day in (3, 4)]
    assert [slot[0] for slot in found] == [1, 1]


def test_leaving_by_the_link_takes_one_step_and_is_noted(clinic, kept):
    patient = remind(clinic)
    go_on(clinic, kept, WEEK[:1])
    [mail] = kept.messages
    address = mail.headers["List-Unsubscribe"].strip("<>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.body
    token = address.rsplit("/", 1)[1]
    assert str(patient) not in token

    assert find_subscriber(clinic.engine, token) == Subscriber(patient, "en", True)
    assert only_row(clinic.engine, CheckInWishes).mail_agreed_at is not None  # looking is nothing
    unsubscribe(clinic.engine, token, client="10.0.0.1")
    unsubscribe(clinic.engine, token)

    wishes = only_row(clinic.engine, CheckInWishes)
    assert (wishes.mail_agreed_at, wishes.version) == (None, 2)
    changes = [row.what for row in rows_of(clinic.engine, CheckInWishChange)]
    assert changes[1:] == [{"mail_agreed_at": None}]
    lines = [line for line in audit_of(clinic.engine) if line.detail.get("event")]
    assert [(line.detail["event"], line.client) for line in lines] == [("unsubscribed", "10.0.0.1")]
    assert go_on(clinic, kept, WEEK[1:]) == [0] * 6


SPOILT = {
    "cut": lambda token: token[:-2],
    "longer": lambda token: f"x{token}",
    "empty": lambda token: "",
    "loud": str.upper,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_link_that_is_none_leaves_nothing(clinic, spoil):
    patient = remind(clinic)
    token = spoil(unsubscribe_token(patient))
    with pytest.raises(DeadLink):
        unsubscribe(clinic.engine, token)
    with pytest.raises(DeadLink):
        find_subscriber(clinic.engine, token)
    assert only_row(clinic.engine, CheckInWishes).version == 1
