"""Which chart of another site is open to somebody, why, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data import clock
from data.actions.emergencies import open_emergency
from data.queries.emergencies import find_emergency
from models.policy import Denied, Person, Role
from tests.clinic import LOST

REASON = "collapsed in our waiting room"


@pytest.fixture
def pia(clinic, monkeypatch):
    """A clinician of Phoenix who has signed in."""
    monkeypatch.setattr(clock, "now", lambda: clinic.now)
    user_id = clinic.user("pia", Role.CLINICIAN, clinic.phoenix)
    return Person(
        "Pia", frozenset({Role.CLINICIAN}), sites=frozenset({clinic.phoenix}), user_id=user_id
    )


def opened(clinic, pia, patient_id):
    assert open_emergency(clinic.engine, pia, code="DEN-1", reason=REASON) == patient_id
    return replace(pia, emergencies=frozenset({patient_id}))


def test_it_says_why_and_until_when_in_the_patients_time(clinic, pia):
    patient_id = clinic.register("DEN-1", records=LOST)
    now = opened(clinic, pia, patient_id)
    found = find_emergency(clinic.engine, now, patient_id)
    assert found.reason == REASON
    assert (found.until_at.hour, found.until_at.minute) == (12, 0), "noon at Denver: an hour later"
    clinic.now += timedelta(minutes=61)
    assert find_emergency(clinic.engine, now, patient_id) is None


def test_a_chart_of_ones_own_site_is_no_emergency(clinic, pia):
    patient_id = clinic.register("PHX-1", site=clinic.phoenix)
    assert find_emergency(clinic.engine, pia, patient_id) is None


def test_without_one_nothing_is_told_of_a_stranger(clinic, pia):
    patient_id = clinic.register("DEN-1")
    with pytest.raises(Denied):
        find_emergency(clinic.engine, pia, patient_id)
