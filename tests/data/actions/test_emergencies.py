"""A chart of another site in an emergency: with a reason, for an hour, seen by everybody after."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.actions.emergencies import open_emergency
from data.actions.infusions import record_infusion
from data.doors.sessions import find_presence
from data.queries.chart import read_chart
from data.queries.patients import PatientFilter, list_patients
from models.entries import InfusionEntry
from models.errors import NotFound, Refused
from models.outcomes.history import Moment
from models.policy import Denied, Role
from models.tables import Emergency
from tests.clinic import LOST, audit_of, everything, only_row, rows_of
from tests.histories import on

REASON = "collapsed in our waiting room"


@pytest.fixture
def patient_id(clinic):
    return clinic.register("P-1", site=clinic.phoenix, records=LOST)


@pytest.fixture
def token(clinic):
    return clinic.session_of(clinic.user("anna", Role.CLINICIAN, clinic.denver))


def present(clinic, token):
    return find_presence(clinic.engine, token, is_active=True).person


def open_it(clinic, token, code="P-1", reason=REASON):
    return open_emergency(clinic.engine, present(clinic, token), code=code, reason=reason)


def test_the_chart_is_open_for_an_hour_and_no_longer(clinic, token, patient_id):
    with pytest.raises(Denied):
        read_chart(clinic.engine, present(clinic, token), patient_id)
    assert open_it(clinic, token, code=" P-1 ") == patient_id

    start = clinic.now
    for minutes in (0, 14, 28, 42, 56, 59):
        clinic.now = start.replace(minute=minutes)
        assert read_chart(clinic.engine, present(clinic, token), patient_id)
    clinic.now = start.replace(hour=start.hour + 1)
    with pytest.raises(Denied):
        read_chart(clinic.engine, present(clinic, token), patient_id)


def test_it_opens_this_chart_to_this_person_for_reading_only(clinic, token, patient_id):
    neighbour = clinic.register("P-2", site=clinic.phoenix)
    bert = clinic.session_of(clinic.user("bert", Role.CLINICIAN, clinic.denver))
    open_it(clinic, token)
    anna = present(clinic, token)

    for person, wanted in ((present(clinic, bert), patient_id), (anna, neighbour)):
        with pytest.raises(Denied):
            read_chart(clinic.engine, person, wanted)
    entry = InfusionEntry(Moment(on(3)))
    with pytest.raises(Denied):
        record_infusion(clinic.engine, anna, patient_id=patient_id, entry=entry)
    listed = list_patients(clinic.engine, anna, PatientFilter(), today=on(60))
    assert [row.code for row in listed.rows] == []


def test_the_line_is_in_the_chain_of_the_patients_site_and_holds_no_reason(
    clinic, token, patient_id
):
    open_it(clinic, token)

    [line] = [line for line in audit_of(clinic.engine) if line.operation == "open_emergency"]
    row = only_row(clinic.engine, Emergency)
    assert (line.chain_id, line.patient_id, line.record_id) == (
        clinic.phoenix,
        patient_id,
        row.emergency_id,
    )
    assert line.detail == {"minutes": 60}
    assert (row.reason, row.user_id) == (REASON, line.user_id)


@pytest.mark.parametrize("reason", ["", "   ", "urgent", "1234567890!", "a b c d e f g"])
def test_a_reason_is_more_than_a_word(clinic, token, patient_id, reason):
    with pytest.raises(Refused, match="say in a few words why"):
        open_it(clinic, token, reason=reason)
    assert rows_of(clinic.engine, Emergency) == []


def test_a_number_nobody_has_leaves_a_line_and_opens_nothing(clinic, token, patient_id):
    with pytest.raises(NotFound, match="no patient with this number"):
        open_it(clinic, token, code="P-9")

    [line] = audit_of(clinic.engine, outcome="failed")
    assert (line.operation, line.person, line.detail) == ("open_emergency", "Anna", {})
    assert rows_of(clinic.engine, Emergency) == []


def test_at_ones_own_site_there_is_nothing_to_open(clinic, token):
    clinic.register("D-1")
    with pytest.raises(Refused, match="open the chart as usual"):
        open_it(clinic, token, code="D-1")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLINICIAN])
def test_nobody_but_a_clinician_opens_one(clinic, token, patient_id, role):
    person = replace(present(clinic, token), roles=frozenset({role}))
    before = everything(clinic.engine)

    with pytest.raises(Denied):
        open_emergency(clinic.engine, person, code="P-1", reason=REASON)
    assert everything(clinic.engine) == before


def test_it_belongs_to_somebody_who_has_signed_in(clinic, patient_id):
    with pytest.raises(Refused, match="signed in"):
        open_emergency(clinic.engine, clinic.anna, code="P-1", reason=REASON)
