"""From rows to records: the same thing twice, local time, missing answers, totals that disagree."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models.tables import ImportRun, StoredEpisode

HEADER = "patient_id,datetime,instrument,score,item_1,item_2,item_3,item_4,item_5,item_6,item_7"
HEADER += ",item_8,item_9,item9,mode"
PATIENTS = "patient_id,site\nP1,New York\nP2,Denver\n"


def scores(*rows):
    return {"patients.csv": PATIENTS, "scores.csv": "\n".join([HEADER, *rows])}


def row(items="1,1,1,1,1,1,1,1,1", *, code="P1", at="2026-03-04", score="", item9="", mode=""):
    return f"{code},{at},PHQ-9,{score},{items},{item9},{mode}"


def test_the_same_file_again_and_a_row_word_for_word(clinic):
    files = scores(row(), row(), row(at="2026-03-05"))
    files["infusions.csv"] = "patient_id,date,route\n" + "P1,2026-03-01,IV\n" * 2
    first = clinic.bring(files)
    assert first.summary() == [
        "patients: added 2, unchanged 0, refused 0",
        "infusions: added 1, unchanged 1, refused 0",
        "scores: added 2, unchanged 1, refused 0",
    ]
    again = clinic.bring(files)
    assert again.summary() == [
        "patients: added 0, unchanged 2, refused 0",
        "infusions: added 0, unchanged 2, refused 0",
        "scores: added 0, unchanged 3, refused 0",
    ]
    assert len(clinic.rows(select(StoredEpisode.patient_id))) == 1


def test_a_patient_without_an_infusion_has_scores_and_no_episode(clinic):
    assert clinic.bring(scores(row())).counts["scores"] == {"added": 1}
    assert clinic.rows(select(StoredEpisode.patient_id)) == []


INSTANTS = {
    # The evening before in New York: the day is the local one.
    "2026-03-04T02:30Z": ("2026-03-03", "2026-03-04T02:30"),
    "2026-03-04T02:30+09:00": ("2026-03-03", "2026-03-03T17:30"),
    # 01:30 happened twice on 1 November 2026 in New York; with an offset both are kept apart.
    "2025-11-02T01:30-04:00": ("2025-11-02", "2025-11-02T05:30"),
    "2025-11-02T01:30-05:00": ("2025-11-02", "2025-11-02T06:30"),
    # Without one the first is meant; a time that was skipped in spring is read an hour later.
    "2025-11-02T01:30": ("2025-11-02", "2025-11-02T05:30"),
    "2026-03-08T02:30": ("2026-03-08", "2026-03-08T07:30"),
    "2026-07-04T10:00": ("2026-07-04", "2026-07-04T14:00"),
    "2026-07-04": ("2026-07-04", None),
}


@pytest.mark.parametrize(("cell", "expected"), INSTANTS.items(), ids=INSTANTS)
def test_local_time(clinic, cell, expected):
    clinic.bring(scores(row(at=cell)))
    day, instant = expected
    at = instant and datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert clinic.scores("taken_on", "taken_at") == [("P1", date.fromisoformat(day), at)]


def test_one_instant_in_two_notations_is_one_record(clinic):
    report = clinic.bring(scores(row(at="2026-03-04T10:00-05:00"), row(at="2026-03-04T15:00Z")))
    assert report.counts["scores"] == {"added": 1, "unchanged": 1}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_patient_who_moved_to_another_zone_keeps_their_records_once(clinic):
    files = scores(row(at="2026-03-04T02:30Z"))
    clinic.bring(files)
    files["patients.csv"] = PATIENTS.replace("P1,New York", "P1,Phoenix")
    assert clinic.bring(files).counts["scores"] == {"unchanged": 1}


MISSING = {
    "none": ("1,1,1,1,1,1,1,1,1", "", (9, None, False, 1)),
    "one": ("2,1,1,1,1,1,1,1,", "", (81 / 8, None, True, None)),
    "two": (",,1,1,1,1,1,1,1", "", (9, None, True, 1)),
    "three": (",,,1,1,1,1,1,1", "", (None, None, False, 1)),
    "three, with a total": (",,,1,1,1,1,1,1", "8", (8, 8, False, 1)),
    "all, with a total": (",,,,,,,,", "8", (8, 8, False, None)),
}


@pytest.mark.parametrize(("items", "score", "stored"), MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_missing_answers(clinic, items, score, stored):
    clinic.bring(scores(row(items, score=score)))
    columns = ("total", "stated_total", "is_prorated", "safety_answer")
    assert clinic.scores(*columns) == [("P1", *stored)]


STATED = {
    "9": (9, None),
    "10": (9, "stated total 10 disagrees with the items, which make 9"),
    "36": (9, "stated total 36 is impossible; the items make 9"),
    "-1": (9, "stated total -1 is impossible; the items make 9"),
}


@pytest.mark.parametrize(("stated", "expected"), STATED.items(), ids=STATED)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_stated_total_never_beats_the_items(clinic, stated, expected):
    total, remark = expected
    report = clinic.bring(scores(row(score=stated)))
    assert clinic.scores("total", "stated_total") == [("P1", total, float(stated))]
    said = [r.reason for r in report.remarks if "stated" in r.reason]
    assert said == ([remark] if remark else [])


SAFETY = {
    "from the items": ("0,0,0,0,0,0,0,0,2", "", 2),
    "the items win": ("0,0,0,0,0,0,0,0,2", "1", 2),
    "from its own column": ("0,0,0,0,0,0,0,0,", "1", 1),
    "blank is not zero": ("0,0,0,0,0,0,0,0,", "", None),
}


@pytest.mark.parametrize(("items", "item9", "answer"), SAFETY.values(), ids=SAFETY)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_item_nine(clinic, items, item9, answer):
    clinic.bring(scores(row(items, item9=item9)))
    assert clinic.scores("safety_answer") == [("P1", answer)]


MODES = {"link": "link", "KIOSK": "kiosk", " staff ": "staff", "": "import", "fax": "import"}


@pytest.mark.parametrize(("word", "mode"), MODES.items(), ids=repr)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_modes(clinic, word, mode):
    report = clinic.bring(scores(row(mode=word)))
    assert clinic.scores("mode") == [("P1", mode)]
    unknown = [r.reason for r in report.remarks if "is not known" in r.reason]
    assert unknown == (["mode 'fax' is not known; kept as import"] if word == "fax" else [])


def test_progress_and_the_run_that_is_kept(clinic):
    heard = []
    clinic.bring(
        scores(*(row(at=f"2026-03-04T10:{n // 60:02}:{n % 60:02}") for n in range(1200)), "bad"),
        tell=lambda done, total: heard.append((done, total)),
    )
    assert heard[-1] == (1203, 1203)
    assert heard == sorted(heard)
    assert len(heard) > 2
    run = clinic.rows(select(ImportRun.files, ImportRun.counts, ImportRun.refusals))[0]
    assert run.files == ["patients.csv", "scores.csv"]
    assert run.counts == {"patients": {"added": 2}, "scores": {"added": 1200, "refused": 1}}
    assert run.refusals == [["scores.csv", 1202, "", "has 1 cells, the header has 15"]]


def test_a_dry_run_says_the_same_and_keeps_nothing(clinic):
    files = scores(row(), "bad")
    before = clinic.counts()
    rehearsed = clinic.bring(files, dry_run=True)
    assert clinic.counts() == before
    assert clinic.bring(files).summary() == rehearsed.summary()


def test_refusals_as_a_file(clinic, tmp_path):
    report = clinic.bring(scores("bad", row(at="never")))
    report.write_refusals(tmp_path / "refused.csv")
    assert (tmp_path / "refused.csv").read_text().splitlines() == [
        "file,row,column,reason",
        'scores.csv,2,,"has 1 cells, the header has 15"',
        "scores.csv,3,datetime,\"'never' is not a date: expected a real day as in 2026-03-04, "
        'or say which order the dates are in"',
    ]
