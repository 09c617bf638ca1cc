"""FHIR of every version against genuine files and against small ones of our own."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import UTC, date

import pytest

from data.importers.rows import BadCell
from models.errors import Refused
from tests.data.importers.conftest import SAMPLES

BUNDLE = "ahrq_om1_stu3/ahrq-depression-patient-phq9.json"
PHQ9 = ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
        "44260-8"]  # fmt: skip
LA = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]


def expected_responses():
    with (SAMPLES / "ahrq_om1_stu3/EXPECTED.csv").open() as file:
        for row in csv.DictReader(file):
            code = "TEST-4" if row["patient"] == "362" else row["patient"]
            items = [int(item) for item in row["items_1_9"].split()]
            yield row["authored"][:19], code, items, int(row["sum_of_items"]), row


def test_the_45_responses_of_ahrq(clinic):
    report = clinic.bring_sample(BUNDLE)

    assert report.summary() == [
        "patients: added 19, unchanged 0, refused 0",
        "scores: added 45, unchanged 0, refused 0",
    ]
    stored = clinic.scores("taken_at", "items", "total", "stated_total", "safety_answer")
    found = sorted(
        (at.astimezone(UTC).isoformat()[:19], code, items, total, stated, nine)
        for code, at, items, total, stated, nine in stored
    )
    assert found == sorted(
        (authored, code, items, total, float(row["stated_total"]), items[8])
        for authored, code, items, total, row in expected_responses()
    )
    assert sum(nine > 0 for *_, nine in found) == 25
    disagreements = [remark for remark in report.remarks if "stated total" in remark.reason]
    assert len(disagreements) == 7
    assert len([r for r in disagreements if "impossible" in r.reason]) == 5  # 34, 35, 35, 36, 36
    assert len([r for r in report.remarks if "ordinal values" in r.reason]) == 44


def test_bundles_of_one_patient_each_add_nothing_after_the_bundle_of_all(clinic):
    clinic.bring_sample(BUNDLE)
    again = clinic.bring_sample(BUNDLE)
    assert again.summary() == [
        "patients: added 0, unchanged 19, refused 0",
        "scores: added 0, unchanged 45, refused 0",
    ]
    single = clinic.bring_sample(*(f"ahrq_om1_stu3/pat-{number}.json" for number in (4, 9, 12)))
    assert single.summary() == [
        "patients: added 0, unchanged 3, refused 0",
        "scores: added 0, unchanged 7, refused 1",
    ]
    # The source itself misspells one reference: "Pateint/TEST-9".
    assert str(single.refusals[0]) == "pat-9.json, row 2, subject: refers to no patient"
    assert len(clinic.scores()) == 45


def test_a_dstu2_bundle_with_totals_only(clinic):
    report = clinic.bring_sample("ahrq_om1_stu3/ahrq-pain-mgmt-summary.dstu2.json")

    code = "5c41cecf-cf81-434f-9da7-e24e5a99dbc2"
    # Midnight in UTC would be the evening before in Chicago.
    assert clinic.scores("taken_on", "taken_at", "total", "items") == [
        (code, date(2016, 12, 2), None, 18, None),
        (code, date(2017, 11, 15), None, 15, None),
        (code, date(2018, 9, 15), None, 8, None),
    ]
    assert clinic.patients("name", "sex", "date_of_birth") == [
        (code, "Imported", "Brenda Jackson", "female", date(1956, 10, 14))
    ]
    assert any("26 MedicationOrder" in remark.reason for remark in report.remarks)


def test_us_core_is_one_assessment_however_many_resources_tell_it(clinic):
    names = [p.relative_to(SAMPLES) for p in sorted((SAMPLES / "us_core").glob("*.json"))]
    report = clinic.bring_sample(*names)

    assert report.counts["scores"] == {"added": 1}
    assert clinic.scores("items", "total", "stated_total") == [
        ("example", [2, 2, 2, 2, 1, 1, 2, 0, 0], 12, 12)
    ]
    told = [r for r in report.remarks if r.reason == "already told by its questionnaire response"]
    assert len(told) == 4
    assert clinic.bring_sample(*names).counts["scores"] == {"unchanged": 1}


def test_us_core_observations_alone(clinic):
    clinic.bring_sample(*(f"us_core/Observation-PHQ9-{name}.json" for name in (
        "panel-example-44249-1", "item-example-44250-9", "item-example-44260-8",
        "item-example-44261-6",
    )))  # fmt: skip
    items = [2, None, None, None, None, None, None, None, 0]
    assert clinic.scores("items", "total", "safety_answer") == [("example", items, 12, 0)]


def test_link_ids_are_resolved_through_the_questionnaire(clinic):
    """The R5 form of the National Library of Medicine names its questions g1.q1 to g1.q9."""
    form = json.loads((SAMPLES / "lhc_forms/R5_argonaut-phq9-ish.json").read_bytes())
    form["url"] = "http://example.org/Questionnaire/ours"
    answers = [
        {"linkId": f"g1.q{n}", "answer": [{"valueCoding": {"code": LA[n % 4]}}]}
        for n in range(1, 10)
    ]
    response = response_of(item=[{"linkId": "g1", "item": answers}], questionnaire=form["url"])
    clinic.bring({"form.json": json.dumps(form), "answers.json": json.dumps(response)})

    assert clinic.scores("items") == [("A1", [1, 2, 3, 0, 1, 2, 3, 0, 1])]


def response_of(**changed):
    response = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/A1"},
        "authored": "2026-03-04T10:15:00-06:00",
        "item": [item(code, n % 4) for n, code in enumerate(PHQ9)],
    }
    return {key: value for key, value in {**response, **changed}.items() if value is not None}


def item(code, value, **kind):
    return {"linkId": f"/{code}", "answer": [kind or {"valueInteger": value}]}


def first_item(value):
    """Return nine items of which only the first is out of the ordinary."""
    return [item(PHQ9[0], value), *(item(code, 1) for code in PHQ9[1:])]


def bring_response(clinic, **changed):
    return clinic.bring({"r.json": json.dumps(response_of(**changed))})


WAYS_TO_SAY_TWO = {
    "integer": {"valueInteger": 2},
    "decimal": {"valueDecimal": 2.0},
    "quantity": {"valueQuantity": {"value": 2}},
    "text of a number": {"valueString": " 2 "},
    "answer code": {"valueCoding": {"system": "http://loinc.org", "code": "LA6570-1"}},
    "answer code without a system": {"valueCoding": {"code": "LA6570-1"}},
    "words": {"valueCoding": {"code": "x", "display": "More than half the days"}},
    "words as text": {"valueString": "more than half the days"},
    "ordinalValue on the coding": {
        "valueCoding": {
            "code": "LA6568-5",
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 2}
            ],
        }
    },
    "itemWeight on the answer": {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": 2}
        ],
        "valueCoding": {"code": "LA6568-5"},
    },
}


@pytest.mark.parametrize("said", WAYS_TO_SAY_TWO.values(), ids=WAYS_TO_SAY_TWO)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_ways_to_say_two(clinic, said):
    items = [item(code, 0) for code in PHQ9[:8]] + [item(PHQ9[8], None, **said)]
    bring_response(clinic, item=items)
    assert clinic.scores("items") == [("A1", [0, 0, 0, 0, 0, 0, 0, 0, 2])]


WAYS_TO_NAME = {
    "linkId equal": lambda n, c: {"linkId": c},
    "linkId ending": lambda n, c: {"linkId": f"/44249-1/{c}"},
    "definition": lambda n, c: {"linkId": str(n), "definition": f"http://loinc.org/fhir/x/{c}"},
    "code": lambda n, c: {"linkId": f"x{n * 7}", "code": [{"code": c}]},
    "name and number": lambda n, c: {"linkId": f"phq9_{n}"},
    "name, dot, number": lambda n, c: {"linkId": f"PHQ-9.{n}"},
}


@pytest.mark.parametrize("name", WAYS_TO_NAME.values(), ids=WAYS_TO_NAME)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_ways_to_name_an_item(clinic, name):
    items = [
        {**name(n, code), "answer": [{"valueInteger": n % 4}]}
        for n, code in enumerate(PHQ9, start=1)
    ]
    bring_response(clinic, item=items)
    assert clinic.scores("items") == [("A1", [1, 2, 3, 0, 1, 2, 3, 0, 1])]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_bare_numbers_count_only_under_a_questionnaire_named_so_and_complete(clinic):
    items = [{"linkId": f"T1/Q{n}", "answer": [{"valueInteger": 1}]} for n in range(1, 10)]
    named = "http://example.org/Questionnaire/phq-9"
    assert bring_response(clinic, item=items).total("refused") == 1
    assert bring_response(clinic, item=items[1:], questionnaire=named).total("refused") == 1
    report = bring_response(clinic, item=items, questionnaire=named)
    assert report.counts["scores"]["added"] == 1
    assert "found by their numbers" in report.remarks[-1].reason


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_dstu2_groups_and_questions(clinic):
    questions = [{"linkId": f"/{code}", "answer": [{"valueInteger": 1}]} for code in PHQ9]
    bring_response(clinic, item=None, group={"group": [{"question": questions}]})
    assert clinic.scores("total") == [("A1", 9)]


REFUSED = {
    "in progress": ({"status": "in-progress"}, "status", "only completed or amended"),
    "entered in error": ({"status": "entered-in-error"}, "status", "only completed or amended"),
    "no status": ({"status": None}, "status", "only completed or amended"),
    "no date": ({"authored": None}, "authored", "the date is missing"),
    "half a date": ({"authored": "2026-03"}, "authored", "'2026-03' is not a date"),
    "in the future": ({"authored": "2999-01-01"}, "date", "in the future"),
    "no patient": ({"subject": None}, "subject", "the patient is missing"),
    "a group": ({"subject": {"reference": "Group/1"}}, "subject", "refers to no patient"),
    "out of range": ({"item": first_item(4)}, "item_1", "4 is not an answer"),
    "negative": ({"item": first_item(-1)}, "item_1", "-1 is not an answer"),
    "half": (
        {"item": [item(c, 0, valueDecimal=1.5) for c in PHQ9]}, "items", "1.5 is not an answer"
    ),
    "huge": (
        {"item": [item(c, 0, valueDecimal=1e300) for c in PHQ9]}, "score", "not a usable number"
    ),
    "unknown words": (
        {"item": [item(c, 0, valueString="Yes") for c in PHQ9]}, "item_1", "cannot be read: 'Yes'"
    ),
    "two answers": (
        {"item": [{"linkId": PHQ9[0], "answer": [{"valueInteger": 1}, {"valueInteger": 2}]}]},
        "item_1", "expected one answer",
    ),
    "answered twice": (
        {"item": [item(PHQ9[0], 1), item(PHQ9[0], 2)]}, "item_1", "answered twice"
    ),
    "the PHQ-2": ({"item": [item(c, 1) for c in PHQ9[:2]]}, "", "may be a shorter form"),
    "nothing of ours": ({"item": [item("1234-5", 1)]}, "", "no item of an instrument"),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "column", "reason"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_refused_with_a_reason(clinic, changed, column, reason):
    report = bring_response(clinic, **changed)
    assert report.counts["scores"] == {"refused": 1}
    assert report.refusals[0].column == column
    assert reason in report.refusals[0].reason
    assert clinic.scores() == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_declined_answer_is_a_blank_and_an_answered_safety_item_is_kept(clinic):
    declined = item(PHQ9[0], 0, valueCoding={"code": "asked-declined"})
    bring_response(clinic, item=[declined, *(item(c, 1) for c in PHQ9[1:])])
    bring_response(clinic, item=[item(PHQ9[8], 2)], authored="2026-03-05")
    assert clinic.scores("items", "total", "safety_answer") == [
        ("A1", [None, 1, 1, 1, 1, 1, 1, 1, 1], 9, 1),
        ("A1", [None] * 8 + [2], None, 2),
    ]


def observation(code, **changed):
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"code": code}]},
        "subject": {"reference": "Patient/A1"},
        "effectiveDateTime": "2026-03-04",
        **changed,
    }
    return {key: value for key, value in body.items() if value is not None}


OBSERVED = {
    "total": (observation("44261-6", valueInteger=14), 14),
    "quantity": (observation("44261-6", valueQuantity={"value": 14}), 14),
    "SNOMED": (observation("720433000", valueInteger=14), 14),
    "under the panel's code": (observation("44249-1", valueInteger=14), 14),
    "period": (
        observation("44261-6", valueInteger=14, effectiveDateTime=None,
                    effectivePeriod={"start": "2026-03-03", "end": "2026-03-04"}), 14,
    ),
    "components": (
        observation("44249-1", component=[
            {"code": {"coding": [{"code": c}]}, "valueInteger": 2} for c in PHQ9
        ]), 18,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "total"), OBSERVED.values(), ids=OBSERVED)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_observations(clinic, body, total):
    report = clinic.bring({"o.json": json.dumps(body)})
    assert clinic.scores("taken_on", "total") == [("A1", date(2026, 3, 4), total)]
    under_panel = "the total stands under the code of the whole form"
    expects_remark = body["code"]["coding"][0]["code"] == "44249-1" and "valueInteger" in body
    assert (under_panel in [r.reason for r in report.remarks]) is expects_remark


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_preliminary_total_and_an_impossible_one_are_refused(clinic):
    early = observation("44261-6", valueInteger=3, status="preliminary")
    wrong = observation("44261-6", valueInteger=36)
    report = clinic.bring({"o.ndjson": "\n".join(map(json.dumps, (early, wrong)))})
    assert [(r.row, r.column) for r in report.refusals] == [(1, "status"), (2, "score")]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_ndjson_takes_the_good_lines_and_names_the_bad_ones(clinic):
    lines = [json.dumps(response_of()), '{"resourceType": "Quest', "",
             json.dumps(response_of(authored="2026-03-11")), "[" * 100_000]  # fmt: skip
    report = clinic.bring({"r.ndjson": "\n".join(lines)})
    assert report.counts["scores"] == {"added": 2, "refused": 2}
    assert [r.row for r in report.refusals] == [2, 5]


NOT_OURS = ["{", "[" * 100_000, "{}", "[]", "[1]", '{"resourceType": 5}',
            '{"resourceType": "Bundle", "entry": [null, 1, {}]}']  # fmt: skip


@pytest.mark.parametrize("text", NOT_OURS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_json_that_is_nothing_of_ours_is_refused_as_a_whole(clinic, text):
    with pytest.raises(Refused, match="nothing to import"):
        clinic.bring({"x.json": text})


@pytest.mark.parametrize("bad", ["NaN", "1e999", "Infinity", "1" * 5000])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_numbers_that_are_none_are_refused(clinic, bad):
    text = json.dumps(observation("44261-6", valueDecimal=4)).replace(" 4}", f" {bad}}}")
    report = clinic.bring({"x.json": text, "patients.csv": "patient_id,site\nA1,Denver\n"})
    assert report.counts["scores"] == {"refused": 1}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_junk_in_every_place_never_crashes(clinic):
    """Each value of a good response in turn becomes something else entirely."""
    junk = [None, 7, "x", [], {}, [[]], [{}], {"reference": 5}, "\ud800", True, [None]]
    base = response_of(questionnaire="q", contained=[{"resourceType": "Patient", "id": "p"}])
    for key in base:
        for value in junk:
            for holder in (base, observation("44261-6", valueInteger=3, derivedFrom=None)):
                text = json.dumps({**holder, key: value})
                _bring_or_refuse(clinic, text)
    for inner in ("linkId", "answer", "code", "definition", "item"):
        for value in junk:
            _bring_or_refuse(
                clinic, json.dumps(response_of(item=[{**item(PHQ9[0], 1), inner: value}]))
            )


def _bring_or_refuse(clinic, text):
    """Any other error than a sentence fails the test by itself."""
    with suppress(Refused):
        report = clinic.bring({"x.json": text}, dry_run=True)
        assert report.summary()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_patients_sites_and_references(clinic):
    bundle = {"resourceType": "Bundle", "entry": [
        {"fullUrl": "urn:uuid:1", "resource": {
            "resourceType": "Patient", "id": "17", "birthDate": "1980-05",
            "identifier": [{"value": "SSN-ish"},
                           {"value": "MRN 42", "type": {"coding": [{"code": "MR"}]}}],
            "name": [{"given": ["Ann", "B."], "family": "Cole"}], "gender": "female",
            "managingOrganization": {"reference": "Organization/denver"}}},
        {"resource": {"resourceType": "Organization", "id": "denver", "name": "Denver"}},
        {"resource": {"resourceType": "Organization", "id": "boise", "name": "Boise"}},
        {"resource": response_of(subject={"reference": "urn:uuid:1"})},
        {"resource": response_of(subject={"reference": "http://x/fhir/Patient/17/_history/2"},
                                 authored="2026-03-11")},
        {"resource": response_of(subject={"identifier": {"value": "MRN 42"}},
                                 authored="2026-03-18")},
        {"resource": response_of(subject={"reference": "Patient/unseen"})},
    ]}  # fmt: skip
    clinic.bring({"b.json": json.dumps(bundle)}, site="Main Street")
    assert clinic.patients("name", "birth_year", "sex") == [
        ("MRN 42", "Denver", "Ann B. Cole", 1980, "female"),
        ("unseen", "Main Street", None, None, None),
    ]
    assert [code for code, *_ in clinic.scores()] == ["MRN 42"] * 3 + ["unseen"]

    # Without a stated site a known patient stays where they are.
    bring_response(clinic, subject={"reference": "Patient/MRN 42"}, authored="2026-03-25")
    assert clinic.patients()[0] == ("MRN 42", "Denver")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_one_id_in_two_files_means_each_files_own_patient(clinic):
    def bundle(number):
        patient = {"resourceType": "Patient", "id": "1", "identifier": [{"value": number}]}
        response = response_of(subject={"reference": "Patient/1"})
        return json.dumps([patient, response])

    clinic.bring({"a.json": bundle("A"), "b.json": bundle("B")})
    assert [code for code, *_ in clinic.scores()] == ["A", "B"]
    # A third file cannot know which of the two is meant.
    report = clinic.bring({
        "a.json": bundle("A"), "b.json": bundle("B"),
        "c.json": json.dumps(response_of(subject={"reference": "Patient/1"})),
    })  # fmt: skip
    assert [str(r) for r in report.refusals] == [
        "c.json, row 1, subject: the reference fits more than one patient"
    ]


def test_an_error_names_its_column():
    assert BadCell("item_1", "why").column == "item_1"
