"""REDCap: a project of our own with everything in it, and genuine exports made by others."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from data.importers.redcap_dictionary import Field, plain
from data.importers.redcap_layout import lay_out, recognise
from data.instruments import catalogue
from models.errors import Refused
from tests.data.importers.conftest import SAMPLES

HEADINGS = [
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note",
    "Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max",
    "Identifier?", "Branching Logic (Show field only if...)", "Required Field?",
    "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
]  # fmt: skip
FROM_0 = "0, Not at all | 1, Several days | 2, More than half the days | 3, Nearly every day"
FROM_1 = "1, Not at all | 2, Several days | 3, More than half the days | 4, Nearly every day"


def dictionary(choices=FROM_0):
    """Return the dictionary of our project as REDCap writes it."""
    fields = [
        ("record_id", "enrolment", "text", "Record", "", ""),
        ("dob", "enrolment", "text", "Born", "", "date_mdy"),
        ("sex", "enrolment", "radio", "Sex", "1, Female | 2, Male", ""),
        ("why", "enrolment", "checkbox", "Reasons", "1, Mood | 2, Pain", ""),
        *((f"phq9_{n}", "phq9", "radio", f"Question {n}", choices, "") for n in range(1, 10)),
        ("phq9_10", "phq9", "radio", "How difficult", "0, Not | 1, Somewhat", ""),
        ("phq9_total", "phq9", "calc", "Total", "sum([phq9_1],[phq9_2])", ""),
        *((f"gad7_{n}", "gad7", "radio", f"Question {n}", choices, "") for n in range(1, 8)),
        ("gad7_date", "gad7", "text", "When", "", "date_ymd"),
        ("pain_nrs", "pain", "slider", "Pain", "none | worst", "number"),
        ("pain_date", "pain", "text", "When", "", "date_dmy"),
        ("infusion_date", "infusion", "text", "Day", "", "date_ymd"),
        ("infusion_route", "infusion", "radio", "Route",
         "1, Intravenous (IV) | 2, Intramuscular (IM)", ""),
        ("dose_mg", "infusion", "text", "Dose", "", "number_1dp_comma_decimal"),
        ("weight_kg", "infusion", "text", "Weight", "", "number_1dp"),
    ]  # fmt: skip
    rows = []
    for name, form, kind, label, chosen, validation in fields:
        rows.append([name, form, "", kind, label, chosen, "", validation, *[""] * 10])
    return table(HEADINGS, rows)


def table(header, rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([header, *rows])
    return file.getvalue()


COLUMNS = [
    "record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance",
    "redcap_data_access_group", "redcap_survey_identifier", "dob", "sex", "why___1", "why___2",
    "enrolment_complete", "phq9_timestamp", *(f"phq9_{n}" for n in range(1, 11)), "phq9_total",
    "phq9_complete", *(f"gad7_{n}" for n in range(1, 8)), "gad7_date", "gad7_complete",
    "pain_nrs", "pain_date", "pain_complete", "infusion_date", "infusion_route", "dose_mg",
    "weight_kg", "infusion_complete",
]  # fmt: skip


def export(*rows):
    """Return a flat export; a row is a dict of its filled cells."""
    return table(COLUMNS, [[row.get(name, "") for name in COLUMNS] for row in rows])


def phq9(values, **more):
    return {f"phq9_{n}": str(v) for n, v in enumerate(values, start=1)} | more


ENROLLED = {
    "record_id": "K-1", "redcap_event_name": "enrolment_arm_1",
    "redcap_data_access_group": "Denver",
    "dob": "1980-02-03", "sex": "1", "why___1": "1", "why___2": "0", "enrolment_complete": "2",
}  # fmt: skip
WEEK_1 = {
    "record_id": "K-1", "redcap_event_name": "week_1_arm_1",
    **phq9([2, 1, 0, 3, 1, 2, 0, 1, 1], phq9_total="11", phq9_10="1"),
    "phq9_timestamp": "2026-03-04 10:15:30", "phq9_complete": "2",
    **{f"gad7_{n}": "2" for n in range(1, 8)}, "gad7_date": "2026-03-05", "gad7_complete": "2",
    "pain_nrs": "6", "pain_date": "2026-03-06",
}  # fmt: skip
INFUSION = {
    "record_id": "K-1", "redcap_repeat_instrument": "infusion", "redcap_repeat_instance": "1",
    "infusion_date": "2026-03-01", "infusion_route": "1", "dose_mg": "42,5", "weight_kg": "85",
}  # fmt: skip


def test_a_project_with_its_dictionary(clinic):
    files = {"data.csv": export(ENROLLED, WEEK_1, INFUSION), "dictionary.csv": dictionary()}
    report = clinic.bring(files)

    assert report.summary() == [
        "patients: added 1, unchanged 0, refused 0",
        "infusions: added 1, unchanged 0, refused 0",
        "scores: added 3, unchanged 0, refused 0",
    ]
    assert clinic.patients("date_of_birth", "sex") == [
        ("K-1", "Denver", date(1980, 2, 3), "Female")
    ]
    assert clinic.scores("taken_on", "instrument", "items", "total", "stated_total") == [
        ("K-1", date(2026, 3, 4), "PHQ-9", [2, 1, 0, 3, 1, 2, 0, 1, 1], 11, 11),
        ("K-1", date(2026, 3, 5), "GAD-7", [2] * 7, 14, None),
        ("K-1", date(2026, 3, 6), "NRS-11", None, 6, 6),
    ]
    assert clinic.infusions("given_on", "route", "dose_mg", "weight_kg") == [
        ("K-1", date(2026, 3, 1), "IV", 42.5, 85)
    ]
    again = clinic.bring(files)
    assert again.total("added") == 0
    assert again.total("unchanged") == 5


LABELS = ["Not at all", "Several days", "More than half the days", "Nearly every day"]


@pytest.mark.parametrize(
    ("choices", "answers"),
    [
        (FROM_0, "012301230"),
        (FROM_1, "123412341"),  # counted from 1: the labels decide
        (FROM_0, LABELS + LABELS + LABELS[:1]),  # exported as labels
        (FROM_0.replace("0, Not", "0, 0 - <b>Not</b>"), "012301230"),
        ("0, Nunca | 1, Varios | 2, Mitad | 3, Siempre", "012301230"),  # in Spanish, from 0
        ("0, Nunca | 1, Varios | 2, Mitad | 3, Siempre",
         ["Nunca", "Varios", "Mitad", "Siempre"] * 2 + ["Nunca"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_choices(clinic, choices, answers):
    row = phq9(answers, record_id="1", phq9_timestamp="2026-03-04")
    clinic.bring({"d.csv": export(row), "dict.csv": dictionary(choices)})
    assert clinic.scores("items") == [("1", [0, 1, 2, 3, 0, 1, 2, 3, 0])]


@pytest.mark.parametrize(
    ("choices", "answer"),
    [
        ("1, Nunca | 2, Varios | 3, Mitad | 4, Siempre", "2"),  # from 1 or not: who knows
        (FROM_0, "4"),
        (FROM_0, "sometimes"),
        ("0, Yes | 1, No", "1"),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_choices_that_cannot_be_matched_are_refused(clinic, choices, answer):
    row = phq9([answer] * 9, record_id="1", phq9_timestamp="2026-03-04")
    report = clinic.bring({"d.csv": export(row), "dict.csv": dictionary(choices)})
    assert [(r.row, r.column) for r in report.refusals] == [(2, "phq9_1")]
    assert "cannot be matched to an answer of PHQ-9" in report.refusals[0].reason


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_without_a_date_a_form_is_refused(clinic):
    full = phq9([1] * 9, record_id="1")
    rows = [
        full,
        full | {"phq9_timestamp": "[not completed]"},
        full | {"phq9_timestamp": "2026-02-30 10:00"},
        {"record_id": "1", "gad7_1": "1"},
    ]
    report = clinic.bring({"d.csv": export(*rows), "dict.csv": dictionary()})
    assert report.counts["scores"] == {"refused": 4}
    assert [(r.row, r.column) for r in report.refusals] == [
        (2, "phq9_timestamp"), (3, "phq9_timestamp"), (4, "datetime"), (5, "gad7_date"),
    ]  # fmt: skip


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_blank_never_overwrites(clinic):
    clinic.bring({"d.csv": export(ENROLLED, WEEK_1), "dict.csv": dictionary()})
    bare = {"record_id": "K-1", "redcap_event_name": "week_2_arm_1"}
    week_2 = bare | phq9([0] * 9, phq9_timestamp="2026-03-11")
    report = clinic.bring({"d.csv": export(bare, week_2), "dict.csv": dictionary()})
    assert report.counts["patients"] == {"unchanged": 1}
    assert clinic.patients("date_of_birth", "sex") == [
        ("K-1", "Denver", date(1980, 2, 3), "Female")
    ]
    assert len(clinic.scores()) == 4


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_odd_rows(clinic):
    rows = [
        {},
        {"record_id": "=1+1", **phq9([1] * 9)},
        {"record_id": "\u0436-7", **phq9([1] * 9, phq9_timestamp="2026-03-04")},
        {"record_id": "100-a/b", **phq9(["NA"] * 9)},
        {"record_id": "7", "dob": "31/02/1980", **phq9([1] * 9, phq9_timestamp="2026-03-05")},
    ]
    text = export(*rows) + "8,ragged\r\n"
    report = clinic.bring({"d.csv": "\ufeff" + text, "dict.csv": dictionary()})
    assert report.counts["scores"] == {"added": 2, "refused": 3}
    assert [r.row for r in report.refusals] == [2, 3, 7]
    assert [code for code, *_ in clinic.patients()] == ["100-a/b", "7", "\u0436-7"]
    assert any("is not a date" in remark.reason for remark in report.remarks)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_without_a_dictionary_the_conventions_decide(clinic):
    header = ["study_id", "visit_date", *(f"phq{n}" for n in range(1, 10)), "phq9_complete",
              "date_of_gad7", "gad7_total", "gad7_complete"]  # fmt: skip
    rows = [["a", "2026-03-04", *"111111112", "2", "2026-03-05", "12", "2"]]
    clinic.bring({"export.csv": table(header, rows)})
    assert clinic.scores("taken_on", "instrument", "total") == [
        ("a", date(2026, 3, 4), "PHQ-9", 10), ("a", date(2026, 3, 5), "GAD-7", 12),
    ]  # fmt: skip


NAMES = {
    "phq9_1": ("PHQ-9", 1, ""), "PHQ9_9": ("PHQ-9", 9, ""), "phq_9_q3": ("PHQ-9", 3, ""),
    "phq9_item4": ("PHQ-9", 4, ""), "phq9q5": ("PHQ-9", 5, ""), "phq9_01": ("PHQ-9", 1, ""),
    "phq9_2_v3": ("PHQ-9", 2, "v3"), "phq9_total": ("PHQ-9", 0, ""), "phq9": ("PHQ-9", 0, ""),
    "phq9_totalscore": ("PHQ-9", 0, ""), "phq9_score": ("PHQ-9", 0, ""), "gad7_7": ("GAD-7", 7, ""),
    "phq9_total_v2": ("PHQ-9", 0, "v2"), "pcl5_20": ("PCL-5", 20, ""), "pcl_5_1": ("PCL-5", 1, ""),
    "phq9_10": None, "phq9_complete": None, "phq9_timestamp": None, "phq9_1___1": None,
    "phq8_1": None, "phq_1": None, "gad7_difficulty": None, "record_id": None, "pain": None,
    "pcl5_21": None, "aphq9_1": None,
}  # fmt: skip


@pytest.mark.parametrize(("name", "place"), NAMES.items(), ids=NAMES)
def test_names_of_fields(name, place):
    found = recognise(name)
    assert (found and (found[0].code, *found[1:])) == place


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        ([f"phq_{n}" for n in range(1, 10)], ["PHQ-9"]),
        ([f"phq_{n}" for n in range(1, 16)], []),  # the PHQ-15
        ([f"phq{n}" for n in range(1, 11)], []),  # phq9 is one of ten here, not the PHQ-9
        (["phq1", "phq2"], []),
        (["gad7"], ["GAD-7"]),
        ([f"gad{n}" for n in range(1, 8)], ["GAD-7"]),
        ([f"isi_{n}" for n in range(1, 8)], ["ISI"]),
    ],
)
def test_series_of_fields(names, codes):
    layout = lay_out(["record_id", *names], None)
    forms = layout.scores if layout else []
    assert [form.instrument.code for form in forms] == codes
    assert all(len(form.items) in (0, form.instrument.items_count) for form in forms)


@pytest.mark.parametrize(
    "folder",
    ["dag", "checkboxes-1", "decimal-comma", "empty-rows", "survey", "longitudinal",
     "nonnumeric-record-id", "repeating-instruments-sparse"],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_genuine_exports_without_an_instrument_of_ours_are_refused_clearly(clinic, folder):
    files = {p.name: p.read_bytes() for p in (SAMPLES / "redcapr" / folder).iterdir()}
    before = clinic.counts()
    with pytest.raises(Refused, match=r"There is nothing to import \(.*data\.csv: "):
        clinic.bring(files)
    assert clinic.counts() == before


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_genuine_exports_with_a_form_of_ours_joined_on(clinic):
    """Others' projects, with our PHQ-9 form beside their own forms."""
    for folder, name in [("longitudinal", "study_id"), ("dag", "record_id"),
                         ("nonnumeric-record-id", "record_id")]:  # fmt: skip
        data = list(
            csv.reader(io.StringIO((SAMPLES / "redcapr" / folder / "data.csv").read_text()))
        )
        assert data[0][0] == name
        header = [*data[0], "phq9_timestamp", *(f"phq9_{n}" for n in range(1, 10)), "phq9_complete"]
        rows = [
            [*row, f"2026-01-{n:02} 09:00", *"111111111", "2"] for n, row in enumerate(data[1:], 1)
        ]
        report = clinic.bring({"data.csv": table(header, rows)})
        assert report.counts["scores"] == {"added": len(rows)}
        assert report.refusals == []
    places = dict(clinic.patients())
    assert (places["331-1"], places["332-3"], places["a"]) == ("daga", "dagb", "Imported")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_cyrillic_export_written_by_r_with_a_column_without_a_name(clinic):
    report = clinic.bring_sample("redcapr/russian/data.csv")
    assert report.summary() == ["patients: added 3, unchanged 0, refused 0"]
    assert [code for code, *_ in clinic.patients()] == ["AAAA", "BBBB", "CCCC"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_long_export_is_refused_with_what_to_do(clinic):
    with pytest.raises(Refused, match="please export it flat"):
        clinic.bring({"d.csv": "record,field_name,value\n1,phq9_1,2\n"})


def test_a_label_loses_its_markup_and_its_number():
    cases = {"<b>Several</b> days": "several days", "1 - Several days": "several days",
             "Several days (1)": "several days", "7": "7", "": ""}  # fmt: skip
    assert {label: plain(label) for label in cases} == cases


def test_a_number_field_keeps_its_number():
    field = Field("phq9_1")
    assert field.answer("2", catalogue()["PHQ-9"], 1) == "2"
    assert field.answer("Several days", catalogue()["PHQ-9"], 1) == "1"
