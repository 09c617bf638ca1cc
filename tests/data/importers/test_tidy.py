"""Our own tidy CSV: every column of the three tables, and what makes a row refused."""

from __future__ import annotations

from datetime import date

import pytest

from data.importers.tidy import table_of
from models.entries import PLAUSIBLE
from models.errors import Refused

ONE_PATIENT = "patient_id,site\nP1,Denver\n"
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


TABLES = {
    "patient_id,site": "patients",
    "Patient ID;Site": "patients",
    "patient_id,date,route": "infusions",
    "PATIENT-ID,datetime": "infusions",
    "patient_id,date,instrument,score": "scores",
    "id,site": None,
    "record_id,phq9_1": None,
}


@pytest.mark.parametrize(("header", "table"), TABLES.items(), ids=TABLES)
def test_tables_are_told_by_their_columns(header, table, dialect):
    assert table_of("x.csv", header.replace(";", ",").split(",")) == table


def test_patients_every_column(clinic):
    clinic.bring({"patients.csv": (
        "patient_id,site,time_zone,name,date_of_birth,birth_year,age,sex,indication,left_on,smoker\n"
        "P1,Main Street,America/Denver,Ann Cole,1980-02-03,1980,46,F,TRD,2026-05-01,no\n"
        "P2,Main Street,,,,1975,,,chronic pain,,NA\n"
        "P3,Main Street,,,,,40,,,,yes\n"
    )})  # fmt: skip
    columns = ("name", "date_of_birth", "birth_year", "sex", "indication", "left_on", "covariates")
    born = date.today().year - 40  # noqa: DTZ011 - the importer counts an age back from today
    assert clinic.patients(*columns) == [
        ("P1", "Main Street", "Ann Cole", date(1980, 2, 3), 1980, "F", "depression",
         date(2026, 5, 1), {"smoker": "no"}),
        ("P2", "Main Street", None, None, 1975, None, "chronic_pain", None, {}),
        ("P3", "Main Street", None, None, born, None, None, None, {"smoker": "yes"}),
    ]  # fmt: skip
    assert clinic.sites() == [("Main Street", "America/Denver")]


BAD_PATIENTS = {
    "no number": (",Denver,,,,,", "patient_id", "the patient is missing"),
    "a formula": (
        "=1,Denver,,,,,",
        "patient_id",
        "'=1' cannot be a patient's number",
    ),
    "no site": ("P1,,,,,,", "site", "the site is missing"),
    "no such zone": ("P1,Moonbase,Mars/Phobos,,,,", "", "is not a time zone"),
    "born tomorrow": ("P1,Denver,,2999-01-01,,,", "date_of_birth", "from 1900 to today"),
    "born never": ("P1,Denver,,1980-02-30,,,", "date_of_birth", "is not a date"),
    "a year too early": ("P1,Denver,,,1850,,", "birth_year", "expected a year from 1900"),
    "too old": ("P1,Denver,,,,130,", "age", "expected 0 to 120"),
    "left at some time": ("P1,Denver,,,,,soon", "left_on", "is not a date"),
    "too short": ("P1,Denver", "", "has 2 cells, the header has 7"),
}


@pytest.mark.parametrize(("row", "column", "reason"), BAD_PATIENTS.values(), ids=BAD_PATIENTS)
def test_patients_refused(clinic, row, column, reason):
    header = "patient_id,site,time_zone,date_of_birth,birth_year,age,left_on\n"
    report = clinic.bring({"patients.csv": header + row + "\nP9,Denver,,,,,\n"})
    assert report.summary() == ["patients: added 1, unchanged 0, refused 1"]
    assert (report.refusals[0].row, report.refusals[0].column) == (2, column)
    assert reason in report.refusals[0].reason
    assert [code for code, *_ in clinic.patients()] == ["P9"]
    assert [name for name, _ in clinic.sites()] == ["Denver"]


def test_infusions_every_column(clinic):
    lows = {name: low for name, (low, _) in PLAUSIBLE.items()}
    header = ["patient_id", "datetime", "site", "drug", "route", *lows, "adverse_events", "note"]
    row = ["P1", "2026-03-04T10:30", "Boise", "Esketamine", "nasal",
           *(f"{low:g}" for low in lows.values()), "nausea; vertigo;", "slept well"]  # fmt: skip
    clinic.bring({
        "patients.csv": ONE_PATIENT, "infusions.csv": "\n".join([",".join(header), ",".join(row)]),
    })  # fmt: skip
    columns = ("given_on", "drug", "route", *lows, "adverse_events", "note")
    assert clinic.infusions(*columns) == [
        ("P1", date(2026, 3, 4), "esketamine", "IN", *lows.values(), ["nausea", "vertigo"],
         "slept well")
    ]  # fmt: skip
    assert clinic.sites() == [("Boise", "America/Boise"), ("Denver", "America/Denver")]


DOSES = {
    "40,,80": (40, 80, None),
    ",0.5,80": (40, 80, None),  # a dose per kilogram becomes milligrams
    ",0.5,": (None, None, 0.5),
    "40,0.5,80": (40, 80, None),  # milligrams stand
}


@pytest.mark.parametrize(("cells", "stored"), DOSES.items(), ids=DOSES)
def test_doses(clinic, cells, stored):
    header = "patient_id,date,dose_mg,dose_mg_kg,weight_kg,bp_before\n"
    clinic.bring({
        "patients.csv": ONE_PATIENT, "infusions.csv": f"{header}P1,2026-03-04,{cells},128/82\n",
    })  # fmt: skip
    columns = ("dose_mg", "weight_kg", "stated_mg_kg", "systolic_before", "diastolic_before")
    assert clinic.infusions(*columns) == [("P1", *stored, 128, 82)]


BAD_INFUSIONS = {
    "no date": (",,IV,40,,", "date", "the date is missing"),
    "another drug": ("2026-03-04,,IV,40,propofol,", "drug", "expected one of"),
    "another route": ("2026-03-04,,PO,40,,", "route", "'PO' is not a route: expected one of IV"),
    "a dose of nothing": ("2026-03-04,,IV,0,,", "dose_mg", "expected 0.1 to 5000"),
    "a dose in words": ("2026-03-04,,IV,forty,,", "dose_mg", "is not a number"),
    "half a pressure": ("2026-03-04,,IV,40,,128", "bp_before", "as in 128/82"),
    "tomorrow at a new site": ("2999-01-01,Boise,IV,40,,", "date", "in the future"),
}


@pytest.mark.parametrize(("cells", "column", "reason"), BAD_INFUSIONS.values(), ids=BAD_INFUSIONS)
def test_infusions_refused(clinic, cells, column, reason):
    header = "patient_id,date,site,route,dose_mg,drug,bp_before\n"
    report = clinic.bring({"patients.csv": ONE_PATIENT, "infusions.csv": f"{header}P1,{cells}\n"})
    assert report.counts["infusions"] == {"refused": 1}
    assert report.refusals[0].column == column
    assert reason in report.refusals[0].reason
    assert clinic.infusions("given_on") == []
    # A refused row leaves no trace, so it opens no site either.
    assert clinic.sites() == [("Denver", "America/Denver")]


def scores(*rows, header="patient_id,date,instrument,score,item9,mode,note"):
    return {"patients.csv": ONE_PATIENT, "scores.csv": "\n".join([header, *rows])}


def test_scores_every_column(clinic):
    items = ",".join(f"item_{n}" for n in range(1, 10))
    header = f"patient_id,date,instrument,score,{items},item9,mode,note"
    clinic.bring(scores("P1,2026-03-04,phq 9,11,2,1,0,3,1,2,0,1,1,1,Kiosk,tired", header=header))
    columns = ("taken_on", "instrument", "items", "total", "stated_total", "safety_answer", "mode",
               "note")  # fmt: skip
    assert clinic.scores(*columns) == [
        ("P1", date(2026, 3, 4), "PHQ-9", [2, 1, 0, 3, 1, 2, 0, 1, 1], 11, 11, 1, "kiosk", "tired")
    ]


ALIASES = {"PHQ9": "PHQ-9", "phq_9": "PHQ-9", "PAIN_NRS": "NRS-11", "NRS": "NRS-11",
           "pain": "NRS-11", "GAD 7": "GAD-7"}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), ALIASES.items(), ids=ALIASES)
def test_names_of_instruments(clinic, name, code):
    clinic.bring(scores(f"P1,2026-03-04,{name},5,,,"))
    assert clinic.scores("instrument") == [("P1", code)]


BAD_SCORES = {
    "unknown instrument": ("P1,2026-03-04,PHQ-8,5,,,", "instrument", "'PHQ-8' is not an"),
    "no instrument": ("P1,2026-03-04,,5,,,", "instrument", "the instrument is missing"),
    "above the range": ("P1,2026-03-04,PHQ-9,28,,,", "score", "expected 0 to 27"),
    "below the range": ("P1,2026-03-04,PHQ-9,-1,,,", "score", "expected 0 to 27"),
    "nothing": ("P1,2026-03-04,PHQ-9,,,,", "score", "neither a score nor any item"),
    "item 9 out of range": ("P1,2026-03-04,PHQ-9,5,4,,", "item9", "expected 0 to 3"),
    "unknown patient": ("P2,2026-03-04,PHQ-9,5,,,", "", "patient P2 is not known"),
    "too early": ("P1,1989-12-31,PHQ-9,5,,,", "date", "is before 1990"),
    "US order unsaid": ("P1,03/04/2026,PHQ-9,5,,,", "date", "say which order"),
    "a long note": (f"P1,2026-03-04,PHQ-9,5,,,{'x' * 4001}", "note", "at most 4000"),
}


@pytest.mark.parametrize(("row", "column", "reason"), BAD_SCORES.values(), ids=BAD_SCORES)
def test_scores_refused(clinic, row, column, reason):
    report = clinic.bring(scores(row, "P1,2026-03-05,PHQ-9,5,,,"))
    assert report.counts["scores"] == {"added": 1, "refused": 1}
    assert (report.refusals[0].row, report.refusals[0].column) == (2, column)
    assert reason in report.refusals[0].reason


def test_an_answer_beyond_the_last_item_is_refused(clinic):
    header = "patient_id,date,instrument,item_1,item_2,item_10"
    report = clinic.bring(scores("P1,2026-03-04,NRS-11,5,1,", "P1,2026-03-04,NRS-11,5,,",
                                 "P1,2026-03-04,PHQ-9,1,1,1", header=header))  # fmt: skip
    assert [(r.row, r.column) for r in report.refusals] == [(2, "item_2"), (4, "item_10")]


HEADERS = {
    "patient_id,date,instrument,score,score": "names score twice",
    "patient_id,instrument,score": None,
    "patient_id,date,instrument,score,,": None,  # empty columns a spreadsheet leaves behind
}


@pytest.mark.parametrize(("header", "problem"), HEADERS.items(), ids=HEADERS)
def test_headers(clinic, header, problem):
    cells = {"patient_id": "P1", "date": "2026-03-04", "instrument": "PHQ-9", "score": "5", "": ""}
    row = ",".join(cells[name] for name in header.split(","))
    report = clinic.bring(scores(row, header=header))
    if problem:
        assert problem in report.refusals[0].reason
    else:
        assert report.counts["scores"] == ({"added": 1} if "date" in header else {"refused": 1})


def test_unknown_columns_are_kept_with_the_import(clinic):
    header = "room,patient_id,date,instrument,score,nurse"
    report = clinic.bring(scores("7,P1,2026-03-04,PHQ-9,5,Bo", ",P1,2026-03-05,PHQ-9,5,",
                                 header=header))  # fmt: skip
    kept = {"columns": ["room", "nurse"], "rows": [[2, "7", "Bo"]]}
    assert report.notes == {"scores.csv": kept}


def test_one_bad_file_is_named_and_stops_no_other(clinic):
    report = clinic.bring({
        **scores("P1,2026-03-04,PHQ-9,5,,,"), "empty.csv": "", "notes.pdf": b"%PDF-1.7",
        "book.xlsx": b"PK\x03\x04rest", "a\x00b\x07.csv": "x,y\n1,2\n",
    })  # fmt: skip
    assert report.counts["scores"] == {"added": 1}
    left_out = {
        remark.file: remark.reason for remark in report.remarks if "left out" in remark.reason
    }
    assert set(left_out) == {"empty.csv", "notes.pdf", "book.xlsx", "a?b?.csv"}
    assert "save its sheets as CSV" in left_out["book.xlsx"]


def test_nothing_to_import(clinic):
    with pytest.raises(Refused, match=r"There is nothing to import \(x.csv: not a table we know\)"):
        clinic.bring({"x.csv": "a,b\n1,2\n"})
    with pytest.raises(Refused, match=r"nothing to import \(no file\)"):
        clinic.bring({})


def test_only_a_row_repeated_word_for_word_is_one_record(clinic):
    report = clinic.bring({
        "patients.csv": "patient_id,site\nP1,Denver\n",
        "infusions.csv": "patient_id,date,dose_mg,adverse_events,infusion_no\n"
        "P1,2026-03-04,40,,1\nP1,2026-03-04,40,,2\nP1,2026-03-04,40,nausea,1\n"
        "P1,2026-03-04,40,,1\n",
    })  # fmt: skip
    assert report.summary()[1] == "infusions: added 3, unchanged 1, refused 0"


def test_an_answer_to_the_safety_item_alone_is_kept_without_a_score(clinic):
    report = clinic.bring({
        "patients.csv": "patient_id,site\nP1,Denver\n",
        "scores.csv": "patient_id,date,instrument,item9\nP1,2026-03-04,PHQ-9,3\n",
    })  # fmt: skip
    assert report.summary()[1] == "scores: added 1, unchanged 0, refused 0"
    assert "only the safety item is given" in str(report.remarks[-1])
