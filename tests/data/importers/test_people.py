"""Patients and sites: found, made when new, updated, never blanked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from data import clock
from data.importers.sites import guess_zone
from models.errors import Refused
from models.policy import Person, Role
from models.tables import EarlierVersion, Patient, PatientSite

FULL = "patient_id,site,name,sex,smoker\nP1,Denver,Ann Cole,F,no\n"


def test_a_blank_never_erases(clinic):
    clinic.bring({"patients.csv": FULL})
    report = clinic.bring({"patients.csv": "patient_id,site,name,sex,smoker\nP1,Denver,,NA,\n"})
    assert report.summary() == ["patients: added 0, unchanged 1, refused 0"]
    assert clinic.patients("name", "covariates") == [("P1", "Denver", "Ann Cole", {"smoker": "no"})]


def test_a_new_value_is_taken_and_the_old_one_kept(clinic):
    clinic.bring({"patients.csv": FULL})
    report = clinic.bring({"patients.csv": "patient_id,site,left_on,bmi\nP1,Boise,2026-05-01,31\n"})
    assert report.summary() == ["patients: added 0, unchanged 0, refused 0, updated 1"]
    assert clinic.patients("name", "left_on", "covariates", "version") == [
        ("P1", "Boise", "Ann Cole", date(2026, 5, 1), {"smoker": "no", "bmi": "31"}, 2)
    ]
    kept = clinic.rows(select(EarlierVersion.version, EarlierVersion.reason))
    assert [tuple(row) for row in kept] == [(1, "import of patients.csv")]
    assert len(clinic.rows(select(PatientSite.site_id))) == 1  # moved twice on one day


def test_two_rows_of_one_patient(clinic):
    report = clinic.bring({"patients.csv": FULL + "P1,Denver,Ann Cole,F,no\nP1,Boise,,,\n"})
    assert report.summary() == ["patients: added 1, unchanged 1, refused 1"]
    assert "already in row 2, otherwise" in report.refusals[0].reason
    assert clinic.patients() == [("P1", "Denver")]
    assert clinic.sites() == [("Denver", "America/Denver")]


def test_a_refused_patient_takes_their_records_along_each_with_a_reason(clinic):
    report = clinic.bring({
        "patients.csv": "patient_id,site,time_zone\nP1,Moonbase,Mars/Phobos\nP2,Denver,\n",
        "infusions.csv": "patient_id,date\nP1,2026-03-04\nP2,2026-03-04\n",
        "scores.csv": "patient_id,date,instrument,score\nP1,2026-03-04,PHQ-9,5\n",
    })  # fmt: skip
    assert report.summary() == [
        "patients: added 1, unchanged 0, refused 1",
        "infusions: added 1, unchanged 0, refused 1",
        "scores: added 0, unchanged 0, refused 1",
    ]
    assert [r.reason for r in report.refusals if r.file != "patients.csv"] == [
        "patient P1 was refused: see patients.csv"
    ] * 2


def test_sites_are_one_whatever_their_case(clinic):
    report = clinic.bring({"patients.csv": "patient_id,site\nP1,Denver\nP2,DENVER\nP3,denver\n"})
    assert clinic.sites() == [("Denver", "America/Denver")]
    assert [str(remark) for remark in report.remarks] == [
        "patients.csv, row 2, site: site Denver is new; its time zone is America/Denver"
    ]


ZONES = {
    "Denver": "America/Denver", " salt lake city ": "America/Denver",
    "New York": "America/New_York", "Main Street": None, "": None, "../../etc": None,
}  # fmt: skip


@pytest.mark.parametrize(("site", "zone"), ZONES.items(), ids=repr)
def test_zones(site, zone):
    assert guess_zone(site) == zone


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_default_zone_is_said_and_can_be_set(clinic, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_TIME_ZONE", "Europe/Berlin")
    report = clinic.bring({"patients.csv": "patient_id,site\nP1,Main Street\n"})
    assert clinic.sites() == [("Main Street", "Europe/Berlin")]
    assert "(not stated: the default)" in report.remarks[0].reason


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.SITE_MANAGER, Role.PATIENT])
def test_who_may_not_import(clinic, role):
    clinic.person = Person("Bo", frozenset({role}), frozenset())
    with pytest.raises(Refused, match="Bo may not import here"):
        clinic.bring({"patients.csv": FULL})
    assert clinic.patients() == []


def test_a_new_patient_belongs_to_the_site_from_their_first_record_on(clinic):
    files = {
        "patients.csv": "patient_id,site\nP1,Denver\nP2,Denver\nP3,Denver\n",
        "infusions.csv": "patient_id,date\nP1,2026-03-04\nP2,2026-03-04\n",
        "scores.csv": "patient_id,date,instrument,score\nP1,2026-03-01,PHQ-9,5\n"
        "P2,2026-03-09,PHQ-9,5\nP2,2026-01-01,PHQ-9,99\n",  # the last is refused
    }
    clinic.bring(files)
    clinic.bring({**files, "infusions.csv": "patient_id,date\nP1,2020-01-01\n"})
    query = select(Patient.code, PatientSite.from_on).join(
        Patient, Patient.patient_id == PatientSite.patient_id
    )
    assert {code: day for code, day in clinic.rows(query)} == {
        "P1": date(2026, 3, 1),  # what was known when they were added
        "P2": date(2026, 3, 4),
        "P3": clock.today("America/Denver"),  # nothing recorded: the day of the import
    }


@pytest.fixture
def set_year(monkeypatch):
    def set_year(year):
        monkeypatch.setattr(clock, "now", lambda: datetime(year, 6, 1, 12, tzinfo=UTC))

    set_year(2026)
    return set_year


AGES = "patient_id,site,date_of_birth,age\nP1,Denver,,40\nP2,Denver,1985-12-31,40\n"


@pytest.mark.parametrize("years", [1, 2, 20])
def test_the_same_ages_in_a_later_year_change_nothing(clinic, set_year, years):
    clinic.bring({"patients.csv": AGES})
    before = clinic.patients("birth_year", "version")
    set_year(2026 + years)
    report = clinic.bring({"patients.csv": AGES})
    assert report.summary() == ["patients: added 0, unchanged 2, refused 0"]
    assert before == [("P1", "Denver", 1986, 1), ("P2", "Denver", 1985, 1)]
    assert clinic.patients("birth_year", "version") == before
    assert clinic.rows(select(EarlierVersion.version)) == []


# What is known; the row brought in 2026; the birth year after it; whether a remark is made.
KNOWN_THEN_AGE = {
    "nothing known: filled in": ("", "P1,Denver,,,40", 1986, False),
    "nothing known, age beside a birthday": ("", "P1,Denver,1985-12-31,,40", 1985, False),
    "the same year": ("P1,Denver,,1986,", "P1,Denver,,,40", 1986, False),
    "birthday still to come": ("P1,Denver,,1985,", "P1,Denver,,,40", 1985, False),
    "age of last year": ("P1,Denver,,1985,", "P1,Denver,,,41", 1985, False),
    "older than can be": ("P1,Denver,,1986,", "P1,Denver,,,53", 1986, True),
    "age of long ago": ("P1,Denver,,1986,", "P1,Denver,,,30", 1986, True),
    "a birthday is known": ("P1,Denver,1986-05-01,,", "P1,Denver,,,40", None, False),
    "a birthday is known, far off": ("P1,Denver,1986-05-01,,", "P1,Denver,,,20", None, True),
    "a stated year beats an age": ("P1,Denver,,1986,", "P1,Denver,,1973,53", 1973, False),
    "a stated year beats a counted one": ("P1,Denver,,,40", "P1,Denver,,1985,", 1985, False),
}


@pytest.mark.parametrize(
    ("known", "row", "year", "remarked"), KNOWN_THEN_AGE.values(), ids=KNOWN_THEN_AGE
)
def test_an_age_fills_in_and_never_overrules(clinic, set_year, known, row, year, remarked):
    header = "patient_id,site,date_of_birth,birth_year,age\n"
    clinic.bring({"patients.csv": f"{header}{known or 'P1,Denver,,,'}\n"})
    report = clinic.bring({"patients.csv": f"{header}{row}\n"})
    assert clinic.patients("birth_year") == [("P1", "Denver", year)]
    assert [remark.column for remark in report.remarks] == ["age"] * remarked
    assert all("which stays: 1;" in remark.reason for remark in report.remarks)


def test_two_ages_in_one_file_are_a_contradiction(clinic):
    rows = "patient_id,site,age\nP1,Denver,40\nP1,Denver,40\nP1,Denver,41\n"
    report = clinic.bring({"patients.csv": rows})
    assert report.summary() == ["patients: added 1, unchanged 1, refused 1"]
