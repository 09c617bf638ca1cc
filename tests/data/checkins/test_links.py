"""Links and short codes: to the form that is open, once, for a while, and not to be guessed."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from data.actions.checkin_links import make_link
from data.checkins import links
from data.checkins.forms import open_link, submit
from data.checkins.links import open_by_code
from data.doors.refusals import DeadLink, TryLater
from data.doors.secrets import hash_token
from models.checkins.forms import Receipt
from models.errors import Refused
from models.policy import Denied
from models.tables import CheckInLink, Throttle
from tests.checkins import patient_person
from tests.clinic import audit_of, everything, only_row, rows_of
from tests.histories import on

HERE = "203.0.113.7"


def test_only_hashes_are_kept_and_nothing_prints_a_token(asked):
    made = asked.link(mode="kiosk")

    row = only_row(asked.engine, CheckInLink)
    assert row.token_hash == hash_token(made.token)
    assert len(made.token) >= 43
    for secret in (made.token, made.short_code):
        assert secret not in repr(everything(asked.engine))
        assert secret not in repr(audit_of(asked.engine))
        assert secret not in repr(made)


def test_a_link_lasts_72_hours_and_a_tablets_code_30_minutes(asked):
    assert asked.link().expires_at - asked.clinic.now == timedelta(hours=72)
    assert asked.link(mode="kiosk").expires_at - asked.clinic.now == timedelta(minutes=30)


def test_no_link_outlives_its_form(asked):
    """The form of day 7 closes at the patient's midnight after day 13."""
    asked.clinic.set_day(12)

    expires_at = asked.link(7).expires_at.astimezone(ZoneInfo("America/Denver"))

    assert f"{expires_at:%a %d %H:%M}" == f"{on(14):%a %d} 00:00"


def test_a_link_leads_to_the_open_form_only(asked):
    for day in (0, 8, 14):
        with pytest.raises(Refused, match="not open now"):
            asked.link(day)
    with pytest.raises(Refused, match="one of link, kiosk"):
        asked.link(mode="fax")
    asked.answer(token := asked.link().token, 1)
    submit(asked.engine, token)
    with pytest.raises(Refused, match="submitted already"):
        asked.link(7)
    asked.clinic.set_day(8)
    assert asked.form(asked.link(8).token).is_extra


def test_the_patient_may_make_one_and_nobody_elses_clinician(asked):
    mine = make_link(asked.engine, asked.person, patient_id=asked.patient_id, due_on=on(7))
    assert asked.form(mine.token).due_on == on(7)

    other = asked.clinic.register("P-2")
    for person in (asked.clinic.pia, patient_person(other)):
        with pytest.raises(Denied):
            make_link(asked.engine, person, patient_id=asked.patient_id, due_on=on(7))


def test_a_short_code_opens_the_form_once_and_leaves_its_own_link_open(asked):
    made = asked.link(mode="kiosk")
    assert made.short_code.isdigit()
    assert len(made.short_code) == 6

    token = open_by_code(asked.engine, f" {made.short_code[:3]} {made.short_code[3:]} ", HERE)

    assert asked.form(token) == asked.form(made.token)
    assert asked.form(token).mode == "kiosk"
    with pytest.raises(DeadLink):
        open_by_code(asked.engine, made.short_code, HERE)
    asked.answer(token, 1)
    submit(asked.engine, token)
    assert isinstance(open_link(asked.engine, made.token), Receipt)


@pytest.mark.parametrize("what", ["expired", "submitted", "wrong", "empty"])
def test_a_code_that_opens_nothing_says_so_in_the_same_words(asked, what):
    made = asked.link(mode="kiosk")
    code = made.short_code
    if what == "expired":
        asked.clinic.now += timedelta(minutes=30)
    elif what == "submitted":
        asked.answer(made.token, 1)
        submit(asked.engine, made.token)
    else:
        code = "" if what == "empty" else f"{(int(code) + 1) % 10**6:06}"

    with pytest.raises(DeadLink, match=r"has been used, replaced or is too old"):
        open_by_code(asked.engine, code, HERE)

    [line] = audit_of(asked.engine, outcome="failed")
    assert (line.person, line.operation, line.client) == ("unknown", "answer_checkin", HERE)
    assert line.detail == {"event": "short_code"}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_codes_cannot_be_tried_one_after_the_other(asked):
    """In an hour somebody gets a handful of tries; a right code after the wait still opens."""
    made = 0
    wrong = f"{(int(asked.link(mode='kiosk').short_code) + 1) % 10**6:06}"
    for _ in range(3600):
        asked.clinic.now += timedelta(seconds=1)
        try:
            open_by_code(asked.engine, wrong, HERE)
        except TryLater:
            continue
        except DeadLink:
            made += 1

    assert 5 <= made <= 25
    [line] = audit_of(asked.engine, outcome="denied")
    assert (line.operation, line.client) == ("lockout", HERE)
    assert line.detail == {"guessed": "check-in code", "failures": 5}
    asked.clinic.now += timedelta(minutes=15)
    code = asked.link(mode="kiosk").short_code
    assert asked.form(open_by_code(asked.engine, code, HERE)).due_on == on(7)
    assert {row.failures for row in rows_of(asked.engine, Throttle)} <= {1}


def test_no_two_open_codes_are_the_same(asked, monkeypatch):
    drawn = iter([7, 7, 7, 8])
    monkeypatch.setattr(links.secrets, "randbelow", lambda _: next(drawn))

    assert [asked.link(mode="kiosk").short_code for _ in range(2)] == ["000007", "000008"]


def test_a_code_is_free_again_once_it_is_too_old(asked, monkeypatch):
    monkeypatch.setattr(links.secrets, "randbelow", lambda _: 7)
    asked.link(mode="kiosk")
    with pytest.raises(Refused, match="too many open codes"):
        asked.link(mode="kiosk")
    asked.clinic.now += timedelta(minutes=30)

    assert asked.link(mode="kiosk").short_code == "000007"


def test_whoever_comes_with_a_link_that_is_over_leaves_one_line(asked):
    used, old = asked.link().token, asked.link(mode="kiosk").token
    asked.clinic.now += timedelta(minutes=31)
    asked.answer(used, 1)
    assert audit_of(asked.engine, outcome="failed") == []
    for token, is_open in ((old, False), (used, True), ("never was one", False)):
        if is_open:
            submit(asked.engine, used)
        for _ in range(3):
            open_link(asked.engine, token, client="192.0.2.9")

    lines = audit_of(asked.engine, outcome="failed")
    assert [(line.person, line.client, line.detail) for line in lines] == [
        ("check-in", "192.0.2.9", {"link": "too old"}),
        ("check-in", "192.0.2.9", {"link": "used"}),
    ]
    assert {line.patient_id for line in lines} == {asked.patient_id}
