"""Registering patients and opening sites."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from data.actions.patients import correct_patient, register_patient
from data.actions.sites import open_site
from data.checkins.standings import refresh_all_standings
from data.database import writing
from data.queries.due import read_due
from data.results import recompute_all
from models.errors import Conflict, NotFound, Refused
from models.policy import OPERATOR, Denied
from models.registration import PatientEntry
from models.tables import AuditLine, EarlierVersion, Patient, PatientSite, Site, Standing
from tests.clinic import LOST, everything, only_row, rows_of
from tests.histories import on


def register(clinic, code, person=OPERATOR, site=None):
    return register_patient(
        clinic.engine, person, entry=PatientEntry(code, site or clinic.denver, sex="f")
    )


def test_a_new_patient_belongs_to_a_site_since_today_and_is_untreated(clinic):
    patient = register(clinic, "  P-1 ", clinic.anna)

    row = only_row(clinic.engine, Patient)
    assert (row.code, row.site_id, row.sex) == ("P-1", clinic.denver, "f")
    assert (row.version, row.recorded_by, row.recorded_at) == (1, "Anna", clinic.now)
    history = only_row(clinic.engine, PatientSite)
    assert (history.site_id, history.from_on) == (clinic.denver, on(60))
    assert only_row(clinic.engine, Standing).situation == "untreated"
    line = rows_of(clinic.engine, AuditLine, patient_id=patient)
    assert [each.operation for each in line] == ["register_patient"]


@pytest.mark.parametrize("code", ["", "   ", "x" * 81, "=1+1", "P-1", " P-1 "])
def test_a_number_that_is_none_or_in_use_is_refused(clinic, code):
    register(clinic, "P-1")
    before = everything(clinic.engine)

    with pytest.raises(Refused, match=r"number of 1 to 80 characters|already in use"):
        register(clinic, code)

    assert everything(clinic.engine) == before


def test_a_site_that_does_not_exist_is_said_so_only_to_who_may_see_all(clinic):
    with pytest.raises(NotFound, match=r"There is no such site\."):
        register(clinic, "P-1", OPERATOR, UUID(int=0))
    said = set()
    for site in (UUID(int=0), clinic.phoenix):
        with pytest.raises(Refused) as refused:
            register(clinic, "P-1", clinic.anna, site)
        said.add(str(refused.value))

    assert said == {"Anna may not register patient here."}
    assert rows_of(clinic.engine, Patient) == []


SITES = {
    "no name": (" ", "America/Denver", "1 to 80 characters"),
    "a name without end": ("x" * 81, "America/Denver", "1 to 80 characters"),
    "a name in use": (" Denver", "America/Denver", "already a site called Denver"),
    "a zone that does not exist": ("Reno", "America/Reno", "not a time zone"),
    "a path for a zone": ("Reno", "../../etc/passwd", "not a time zone"),
}


@pytest.mark.parametrize(("name", "zone", "words"), SITES.values(), ids=SITES)
def test_a_site_is_refused_for(clinic, name, zone, words):
    before = everything(clinic.engine)

    with pytest.raises(Refused, match=words):
        open_site(clinic.engine, OPERATOR, name=name, time_zone=zone)

    assert everything(clinic.engine) == before


def test_only_an_administrator_opens_a_site(clinic):
    with pytest.raises(Refused, match="Anna may not manage sites here"):
        open_site(clinic.engine, clinic.anna, name="Reno", time_zone="America/Los_Angeles")

    assert len(rows_of(clinic.engine, Site)) == 2


def correct(clinic, patient, person, reason="misheard", seen=1, **changes):
    known = {"code": "P-1", "site_id": clinic.denver, "sex": "f"}
    correct_patient(
        clinic.engine,
        person,
        patient_id=patient,
        seen_version=seen,
        entry=PatientEntry(**(known | changes)),
        reason=reason,
    )


def test_a_correction_keeps_what_it_said_and_tells_which_fields(clinic):
    patient = register(clinic, "P-1")
    correct(clinic, patient, clinic.anna, name="Mara", indication="ocd", code=" P-2 ")

    row = only_row(clinic.engine, Patient)
    assert (row.code, row.name, row.indication, row.sex) == ("P-2", "Mara", "ocd", "f")
    assert (row.version, row.recorded_by) == (2, "Anna")
    old = only_row(clinic.engine, EarlierVersion)
    assert (old.kind, old.record_id, old.version) == ("patient", patient, 1)
    assert (old.body["code"], old.reason, old.replaced_by) == ("P-1", "misheard", "Anna")
    line = rows_of(clinic.engine, AuditLine, operation="correct_record")[0]
    assert line.detail == {
        "kind": "patient",
        "version": 2,
        "fields": ["code", "indication", "name"],
    }


def test_the_complaint_decides_what_is_asked_from_then_on(clinic):
    patient = register(clinic, "P-1")

    def asked():
        dues = read_due(clinic.engine, OPERATOR, patient).dues
        return {code for due in dues for code in due.instruments}

    assert "GAD-7" not in asked()
    correct(clinic, patient, clinic.anna, indication="anxiety")
    assert "GAD-7" in asked()


def test_who_has_left_has_left_and_comes_back_when_it_was_a_slip(clinic):
    patient = register(clinic, "P-1")
    correct(clinic, patient, clinic.anna, left_on=on(60))
    assert only_row(clinic.engine, Patient).left_on == on(60)
    with pytest.raises(Refused, match="has not come yet"):
        correct(clinic, patient, clinic.anna, seen=2, left_on=on(61))
    correct(clinic, patient, clinic.anna, seen=2, left_on=None)
    assert only_row(clinic.engine, Patient).left_on is None


def test_a_move_is_noted_once_a_day_and_needs_both_sites(clinic):
    patient = register(clinic, "P-1")
    before = everything(clinic.engine)
    for person in (clinic.anna, clinic.pia):
        with pytest.raises(Denied):
            correct(clinic, patient, person, site_id=clinic.phoenix)
    assert everything(clinic.engine) == before

    clinic.set_day(61)
    both = replace(clinic.anna, sites=frozenset({clinic.denver, clinic.phoenix}))
    correct(clinic, patient, both, site_id=clinic.phoenix)
    assert only_row(clinic.engine, Patient).site_id == clinic.phoenix
    history = [(row.from_on, row.site_id) for row in rows_of(clinic.engine, PatientSite)]
    assert sorted(history) == [(on(60), clinic.denver), (on(61), clinic.phoenix)]
    correct(clinic, patient, both, seen=2)
    history = [(row.from_on, row.site_id) for row in rows_of(clinic.engine, PatientSite)]
    assert sorted(history) == [(on(60), clinic.denver), (on(61), clinic.denver)]


def test_after_a_move_what_is_counted_is_what_would_be_counted_anew(clinic):
    patient = clinic.register("P-1", records=LOST, indication="depression")
    clinic.register("P-2", records=LOST, site=clinic.phoenix)
    correct(clinic, patient, OPERATOR, site_id=clinic.phoenix, indication="ptsd")
    before = everything(clinic.engine)

    with writing(clinic.engine) as connection:
        assert recompute_all(connection) == 0
        assert refresh_all_standings(connection) == 0
    assert everything(clinic.engine) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "P-9"}, "already in use"),
        ({"code": " "}, "number of 1 to 80 characters"),
        ({"birth_year": 1899}, "expected 1900 to"),
        ({"birth_year": 2100}, "expected 1900 to"),
        ({}, "Nothing is different"),
        ({"name": "Mara", "reason": " "}, "needs a reason"),
    ],
)
def test_what_cannot_be_right_is_refused(clinic, changes, said):
    patient = register(clinic, "P-1")
    register(clinic, "P-9")
    before = everything(clinic.engine)
    with pytest.raises(Refused, match=said):
        correct(clinic, patient, clinic.anna, **changes)
    assert everything(clinic.engine) == before


def test_of_two_editors_the_second_is_told(clinic):
    patient = register(clinic, "P-1")
    correct(clinic, patient, clinic.anna, name="Mara")
    with pytest.raises(Conflict, match="changed by Anna in the meantime"):
        correct(clinic, patient, clinic.bert, name="Nora")
    assert only_row(clinic.engine, Patient).name == "Mara"


def test_a_year_nobody_was_born_in_is_refused_at_once(clinic):
    entry = PatientEntry("P-1", clinic.denver, birth_year=2100)
    with pytest.raises(Refused, match="expected 1900 to"):
        register_patient(clinic.engine, OPERATOR, entry=entry)
