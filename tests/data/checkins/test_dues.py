"""Due days are calendar days where the patient lives, whatever the clocks and the clinic say."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from data.actions.checkin_wishes import set_wishes
from data.actions.infusions import record_infusion
from data.actions.sites import open_site
from data.actions.withdrawals import withdraw_record
from data.checkins.forms import open_own, save_answer, submit
from data.queries.due import read_due
from models.checkins.schedule import open_today
from models.entries import InfusionEntry
from models.outcomes.history import Moment
from models.policy import OPERATOR
from models.tables import Assessment, Infusion
from tests.checkins import ask, patient_person
from tests.clinic import rows_of
from tests.histories import on

WEEK = timedelta(days=7)


def at(zone: str, day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone)).astimezone(UTC)


def open_on(clinic, patient):
    due = open_today(read_due(clinic.engine, OPERATOR, patient).dues)
    return due and due.due_on


@pytest.mark.parametrize(
    ("zone", "infusion"),
    [
        ("America/New_York", date(2026, 3, 1)),  # day 7 begins at midnight, and 02:30 is skipped
        ("America/New_York", date(2026, 10, 25)),  # on day 7 01:30 happens twice
        ("Australia/Lord_Howe", date(2026, 9, 27)),  # clocks move by half an hour on day 7
        ("Asia/Kathmandu", date(2026, 2, 1)),  # + 5:45
        ("Pacific/Kiritimati", date(2026, 2, 1)),  # + 14:00
        ("Pacific/Pago_Pago", date(2026, 2, 1)),  # - 11:00
        ("America/Havana", date(2026, 3, 1)),  # on day 7 midnight itself is skipped
    ],
)
def test_day_7_is_the_calendar_day_there_from_its_first_minute_to_the_last_of_day_13(
    clinic, zone, infusion
):
    site = open_site(clinic.engine, OPERATOR, name=zone, time_zone=zone)
    clinic.now = at(zone, infusion, "12:00")
    patient = clinic.register("P-1", site=site)
    record_infusion(
        clinic.engine, OPERATOR, patient_id=patient, entry=InfusionEntry(Moment(infusion))
    )

    due_on = infusion + WEEK
    for day, clock, expected in (
        (due_on - timedelta(1), "23:59", None),
        (due_on, "00:01", due_on),
        (due_on, "01:30", due_on),
        (due_on, "23:59", due_on),
        (due_on + timedelta(6), "23:59", due_on),
        (due_on + WEEK, "00:01", due_on + WEEK),
    ):
        clinic.now = at(zone, day, clock)
        assert open_on(clinic, patient) == expected, (day, clock)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Honolulu"])
def test_a_patient_elsewhere_has_their_own_midnight(clinic, zone):
    """Kathmandu is 12:45 ahead of Denver in January, Honolulu 3 hours behind."""
    asked = ask(clinic)
    set_wishes(
        clinic.engine,
        asked.person,
        patient_id=asked.patient_id,
        seen_version=0,
        changes={"time_zone": zone},
    )
    clinic.now = at(zone, on(6), "23:59")
    assert open_on(clinic, asked.patient_id) is None
    clinic.now = at(zone, on(7), "00:00")
    assert open_on(clinic, asked.patient_id) == on(7)


def test_a_form_submitted_late_at_night_counts_for_its_own_week(clinic):
    """23:30 on day 13 in Honolulu is day 14 at the clinic, where the next form is due."""
    asked = ask(clinic, indication="depression")
    set_wishes(
        clinic.engine,
        asked.person,
        patient_id=asked.patient_id,
        seen_version=0,
        changes={"time_zone": "Pacific/Honolulu"},
    )
    clinic.now = at("Pacific/Honolulu", on(13), "23:30")
    form = open_own(clinic.engine, asked.person)
    save_answer(clinic.engine, asked.person, key=form.key, question="PHQ-9:1", value=1)

    receipt = submit(clinic.engine, asked.person, key=form.key)

    assert (form.due_on, receipt.next_due_on) == (on(7), on(14))
    assert f"{receipt.saved_at:%a %H:%M}" == f"{on(13):%a} 23:30"
    [taken] = rows_of(clinic.engine, Assessment, mode="patient")
    assert taken.taken_on == on(14)  # the clinic's own day, as of every record
    states = {
        due.due_on: due.state for due in read_due(clinic.engine, OPERATOR, asked.patient_id).dues
    }
    assert (states[on(7)], states[on(14)]) == ("done", "upcoming")


def test_an_hour_that_happens_twice_keeps_the_order_of_its_forms(clinic):
    """On 1 November 01:30 comes twice: the second is recorded as the second."""
    clinic.now = at("America/Denver", date(2026, 10, 25), "12:00")
    patient = clinic.register("P-1")
    clinic.now = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)  # 01:30 for the second time
    person = patient_person(patient)
    form = open_own(clinic.engine, person)
    save_answer(clinic.engine, person, key=form.key, question="PHQ-9:1", value=1)

    receipt = submit(clinic.engine, person, key=form.key)

    [taken] = rows_of(clinic.engine, Assessment)
    assert taken.taken_at == clinic.now
    assert f"{receipt.saved_at:%H:%M %Z}" == "01:30 MST"


def test_who_registers_in_the_evening_is_asked_that_day(clinic):
    clinic.now = at("America/Denver", on(0), "20:00")  # tomorrow in UTC
    patient = clinic.register("P-1")

    assert open_on(clinic, patient) == on(0)


def test_what_staff_enter_counts_and_what_is_withdrawn_does_not(clinic):
    asked = ask(clinic, indication="depression")
    record_id = clinic.score(asked.patient_id, Moment(on(7)), 9)
    assert open_on(clinic, asked.patient_id) is None

    withdraw_record(
        clinic.engine,
        OPERATOR,
        "assessment",
        patient_id=asked.patient_id,
        record_id=record_id,
        seen_version=1,
        reason="another patient's",
    )
    assert open_on(clinic, asked.patient_id) == on(7)


def test_an_infusion_starts_the_count_and_one_withdrawn_never_was(clinic):
    asked = ask(clinic)
    clinic.set_day(9)
    record_infusion(
        clinic.engine,
        OPERATOR,
        patient_id=asked.patient_id,
        entry=InfusionEntry(Moment(on(8))),
    )
    assert open_on(clinic, asked.patient_id) == on(9)

    withdraw_record(
        clinic.engine,
        OPERATOR,
        "infusion",
        patient_id=asked.patient_id,
        record_id=rows_of(clinic.engine, Infusion)[-1].infusion_id,
        seen_version=1,
        reason="not given",
    )
    assert open_on(clinic, asked.patient_id) == on(7)
