"""Registering patients and opening sites."""

from __future__ import annotations

from uuid import UUID

import pytest

from data.actions.patients import PatientEntry, register_patient
from data.actions.sites import open_site
from models.errors import NotFound, Refused
from models.policy import OPERATOR
from models.tables import AuditLine, Patient, PatientSite, Site, Standing
from tests.clinic import everything, only_row, rows_of
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
