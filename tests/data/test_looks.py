"""A page that runs again at every click is one look; a minute later it is another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from data import looks
from data.database import connect
from data.looks import note_look
from models.policy import Operation
from tests.clinic import audit_of

READ, LIST = Operation.READ_CHART, Operation.LIST_PATIENTS


def look(clinic, *, person=None, operation=READ, **where):
    note_look(clinic.engine, person or clinic.anna, operation, **where)


def count(clinic):
    return len([line for line in audit_of(clinic.engine) if line.operation in (READ, LIST)])


def test_within_a_minute_it_is_one_look_and_after_it_another(clinic):
    patient = clinic.register("P-1")
    begin = clinic.now
    counts = []
    for second in (0, 1, 30, 59.999, 60, 61, 119.999, 120):
        clinic.now = begin + timedelta(seconds=second)
        look(clinic, patient_id=patient, site_id=clinic.denver)
        counts.append(count(clinic))

    assert counts == [1, 1, 1, 1, 2, 2, 2, 3]


def test_another_person_patient_site_page_or_kind_of_look_is_another_look(clinic):
    one, other = clinic.register("P-1"), clinic.register("P-2")
    looks_made = [
        {"patient_id": one, "site_id": clinic.denver},
        {"patient_id": other, "site_id": clinic.denver},
        {"patient_id": one, "site_id": clinic.phoenix},
        {"patient_id": one, "site_id": clinic.denver, "person": clinic.bert},
        {"patient_id": one, "site_id": clinic.denver, "emergency": True},
        {"operation": LIST, "page": "patients 1"},
        {"operation": LIST, "page": "patients 2"},
    ]
    for _ in range(3):
        for each in looks_made:
            look(clinic, **each)

    assert count(clinic) == len(looks_made)


def test_two_people_of_one_name_are_two(clinic):
    for user in (clinic.denver, clinic.phoenix):  # any two ids
        look(clinic, person=replace(clinic.anna, user_id=user))

    assert count(clinic) == 2


def test_a_clock_set_back_does_not_silence_the_audit(clinic):
    look(clinic)
    clinic.now -= timedelta(hours=1)
    look(clinic)

    assert count(clinic) == 2


def test_a_look_that_could_not_be_written_is_not_taken_as_written(clinic, monkeypatch):
    def fail(*_given, **_detail):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(looks, "write_line", fail)
        with pytest.raises(RuntimeError):
            look(clinic)
    look(clinic)

    assert count(clinic) == 1


def test_what_is_remembered_is_bounded_and_forgetting_writes_a_line_too_many(clinic, monkeypatch):
    monkeypatch.setattr(looks, "MOST_KEPT", 3)
    for page in range(4):
        look(clinic, operation=LIST, page=f"patients {page}")
    look(clinic, operation=LIST, page="patients 0")

    assert count(clinic) == 5
    assert len(looks._seen[clinic.engine]) <= 3


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_another_database_has_looks_of_its_own(clinic):
    look(clinic)
    other = connect(clinic.engine.url)
    note_look(other, clinic.anna, READ)
    other.dispose()

    assert count(clinic) == 2
