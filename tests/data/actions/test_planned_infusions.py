"""Booking the next infusion: one stands, everything that was said is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.actions.infusions import record_infusion
from data.actions.planned_infusions import plan_infusion, withdraw_planned
from data.actions.withdrawals import withdraw_record
from data.database import reading
from data.queries.planned_infusions import planned_of, read_planned
from models.entries import InfusionEntry, InvalidEntry
from models.errors import Conflict, Refused
from models.outcomes.booking import Booked
from models.outcomes.history import Moment
from models.tables import PlannedInfusion
from tests.clinic import audit_of, rows_of
from tests.histories import on


def book(clinic, patient, day, seen=0, person=None):
    return plan_infusion(
        clinic.engine,
        person or clinic.anna,
        patient_id=patient,
        planned_on=on(day),
        seen_version=seen,
    )


def read(clinic, patient):
    return read_planned(clinic.engine, clinic.bert, patient)


def ahead(clinic, *patients):
    with reading(clinic.engine) as connection:
        return planned_of(connection, patients)


def give(clinic, patient, day):
    entry = InfusionEntry(Moment(on(day)))
    return record_infusion(clinic.engine, clinic.anna, patient_id=patient, entry=entry)


def test_what_is_booked_stands_until_it_is_moved_or_taken_back(clinic):
    clinic.set_day(30)
    patient = clinic.register("P-1")
    assert read(clinic, patient).booking is None

    assert book(clinic, patient, 40) == 1
    assert book(clinic, patient, 44, seen=1, person=clinic.bert) == 2

    found = read(clinic, patient)
    assert [(it.version, it.planned_on, it.recorded_by) for it in found.history] == [
        (2, on(44), "Bert"), (1, on(40), "Anna"),
    ]  # fmt: skip
    assert found.booking.state is Booked.AWAITED
    assert ahead(clinic, patient) == {patient: on(44)}

    taken_back = {"patient_id": patient, "seen_version": 2, "reason": " travelling "}
    withdraw_planned(clinic.engine, clinic.anna, **taken_back)

    found = read(clinic, patient)
    assert (found.booking, found.latest.reason, found.version) == (None, "travelling", 3)
    assert ahead(clinic, patient) == {}
    lines = [line.detail for line in audit_of(clinic.engine) if line.operation == "plan_infusion"]
    assert lines == [
        {"version": 1, "what": "booked"},
        {"version": 2, "what": "booked"},
        {"version": 3, "what": "withdrawn"},
    ]


def test_an_infusion_near_the_day_fulfils_it_and_taken_out_no_longer_does(clinic):
    clinic.set_day(30)
    patient = clinic.register("P-1")
    book(clinic, patient, 40)
    clinic.set_day(38)

    record_id = give(clinic, patient, 38)

    assert read(clinic, patient).booking.given_on == on(38)
    assert ahead(clinic, patient) == {}
    withdraw_record(
        clinic.engine, clinic.anna, "infusion", patient_id=patient, record_id=record_id,
        seen_version=1, reason="another patient's",
    )  # fmt: skip
    assert ahead(clinic, patient) == {patient: on(40)}


def test_a_day_that_has_gone_by_is_not_ahead_of_anybody(clinic):
    clinic.set_day(30)
    late, ready, nobody = clinic.register("P-1"), clinic.register("P-2"), clinic.register("P-3")
    give(clinic, late, 30)
    book(clinic, late, 33)
    book(clinic, ready, 41)
    clinic.set_day(41)

    assert ahead(clinic, late, ready, nobody) == {ready: on(41)}
    assert read(clinic, late).booking.state is Booked.GONE_BY


def test_two_who_book_at_once_hear_of_each_other_and_a_double_click_is_one(clinic):
    clinic.set_day(30)
    patient = clinic.register("P-1")

    assert [book(clinic, patient, 40), book(clinic, patient, 40)] == [1, 1]
    assert book(clinic, patient, 40, seen=1, person=clinic.bert) == 1  # says nothing new
    with pytest.raises(Conflict, match="somebody else"):
        book(clinic, patient, 41, person=clinic.bert)
    assert [row.planned_on for row in rows_of(clinic.engine, PlannedInfusion)] == [on(40)]


def test_what_cannot_be_is_refused(clinic):
    clinic.set_day(30)
    patient = clinic.register("P-1")

    with pytest.raises(InvalidEntry, match="has gone by"):
        book(clinic, patient, 29)
    with pytest.raises(InvalidEntry, match="over a year ahead"):
        book(clinic, patient, 30 + 367)
    with pytest.raises(Refused, match="Nothing is booked"):
        withdraw_planned(
            clinic.engine, clinic.anna, patient_id=patient, seen_version=0, reason="why not"
        )
    book(clinic, patient, 30)
    with pytest.raises(Refused, match="needs a reason"):
        withdraw_planned(clinic.engine, clinic.anna, patient_id=patient, seen_version=1, reason=" ")
    assert len(rows_of(clinic.engine, PlannedInfusion)) == 1


def test_today_is_the_sites_own_day(clinic):
    clinic.set_day(30)
    clinic.now += timedelta(hours=8)  # 02:00 of day 31 in UTC
    patient = clinic.register("P-1")

    book(clinic, patient, 30)

    assert read(clinic, patient).latest.made_on == on(30)
    assert ahead(clinic, patient) == {patient: on(30)}
