"""Import: tried first, kept on request, every refused row named; twice the same adds nothing."""

from __future__ import annotations

import re
from html import unescape

import pytest

from dashboard.wording import imports as words
from models.tables import Assessment, ImportRun, Patient
from tests.clinic import everything, only_row, rows_of
from tests.dashboard.views.screens import open_screen

PATIENTS = ("patients.csv", b"patient_id,site\nA-1,Denver\nA-2,Boise\n", "text/csv")
SCORES = (
    "scores.csv",
    b"patient_id,date,instrument,score\nA-1,2026-01-04,PHQ-9,20\nA-1,2026-01-12,PHQ9,8\n"
    b"A-2,2026-01-04,PHQ-9,99\nA-2,yesterday,PHQ-9,9\n",
    "text/csv",
)


@pytest.fixture
def offered(clinic):
    """The page with both files chosen: tried, and nothing kept."""
    screen = open_screen("import")
    screen.at.file_uploader[0].set_value([PATIENTS, SCORES])
    return screen.run()


def cells(screen, number):
    """Return (where, sentence) of each line of a list of remarks, the refused ones first."""
    table = [body for body in screen.html if words.COLUMNS[0] in body][number]
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in table.split("<tr>")[2:]]
    return sorted(tuple(unescape(cell) for cell in row) for row in rows)


def test_a_rehearsal_says_what_would_happen_and_keeps_nothing(clinic):
    before = everything(clinic.engine)
    screen = open_screen("import")
    screen.at.file_uploader[0].set_value([PATIENTS, SCORES])
    screen.run()
    assert words.TRIED in screen.said
    assert "patients: added 2, unchanged 0" in screen.said
    assert "scores: added 2, unchanged 0, refused 2" in screen.said
    assert everything(clinic.engine) == before


def test_every_refused_row_is_named_with_what_was_expected(offered):
    assert offered.at.expander[0].label == f"{words.REFUSED} (2)"
    assert cells(offered, 0) == [
        ("scores.csv, row 4, column score", "PHQ-9 score 99: expected 0 to 27."),
        (
            "scores.csv, row 5, column date",
            "'yesterday' is not a date: expected a real day as in 2026-03-04, or say which order "
            "the dates are in.",
        ),
    ]


def test_a_remark_on_a_row_that_is_taken_stands_apart(offered):
    assert offered.at.expander[1].label == f"{words.REMARKED} (1)"
    [(place, sentence)] = cells(offered, 1)
    assert place == "patients.csv, row 3, column site"
    assert sentence.startswith("Site Boise is new")


def test_the_good_rows_are_kept_on_request_and_counted_in_the_same_words(clinic, offered):
    offered.press(words.KEEP)
    [kept] = [it.value for it in offered.at.success]
    assert kept.startswith(words.KEPT)
    assert "scores: added 2, unchanged 0, refused 2" in kept
    assert sorted(row.code for row in rows_of(clinic.engine, Patient)) == ["A-1", "A-2"]
    assert sorted(row.total for row in rows_of(clinic.engine, Assessment)) == [8, 20]
    assert only_row(clinic.engine, ImportRun).recorded_by == "Robin Local"


def test_what_is_done_is_said_once_and_cannot_be_kept_again(offered):
    offered.press(words.KEEP)
    assert words.TRIED not in offered.said
    assert words.KEEP not in offered.buttons
    assert len([it for it in offered.at.expander if it.label.startswith(words.REFUSED)]) == 1


def test_a_site_the_files_would_open_is_warned_of_before_it_is_there(offered):
    [warning] = [it.value for it in offered.at.warning]
    assert "1 new site" in warning
    assert "Boise, time zone America/Boise" in warning
    offered.press(words.KEEP)
    assert not offered.at.warning


def test_files_that_name_only_known_sites_warn_of_none(clinic):
    screen = open_screen("import")
    known = ("patients.csv", b"patient_id,site\nA-1,denver\n", "text/csv")
    screen.at.file_uploader[0].set_value([known])
    assert not screen.run().at.warning


def test_what_the_files_need_is_said_before_any_is_chosen(clinic):
    said = open_screen("import").said
    assert [cell for row in words.FILE_ROWS for cell in row if cell not in said] == []


def test_the_same_files_again_add_nothing_and_cannot_be_kept(clinic, offered):
    offered.press(words.KEEP)
    again = open_screen("import")
    again.at.file_uploader[0].set_value([PATIENTS, SCORES])
    again.run()
    assert "scores: added 0, unchanged 2, refused 2" in again.said
    [button] = [it for it in again.at.button if it.label == words.KEEP]
    assert button.disabled


def test_an_import_is_remembered(offered):
    offered.press(words.KEEP)
    screen = open_screen("import")
    assert words.PAST in screen.said
    [row] = screen.table.to_dict("records")
    assert row["Files"] == "patients.csv, scores.csv"
    assert (row["By"], row["Added"], row["Refused"]) == ("Robin Local", 4, 2)
    assert row["When"] == "6 Mar 2026, 11:00", "the clock of the site"


def test_how_dates_are_written_is_asked(clinic):
    files = [
        ("patients.csv", b"patient_id,site\nA-1,Denver\n", "text/csv"),
        ("scores.csv", b"patient_id,date,instrument,score\nA-1,03/02/2026,PHQ-9,9\n", "text/csv"),
    ]
    screen = open_screen("import")
    screen.field("selectbox", words.DATES).set_value("dmy")
    screen.at.file_uploader[0].set_value(files)
    screen.run().press(words.KEEP)
    assert only_row(clinic.engine, Assessment).taken_on.isoformat() == "2026-02-03"


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff\xfe", b"a,b\n1,2\n"])
def test_a_file_of_no_kind_we_read_is_a_sentence(clinic, content):
    screen = open_screen("import")
    screen.at.file_uploader[0].set_value([("mystery.csv", content, "text/csv")])
    screen.run()
    assert len(screen.at.error) == 1
    assert "mystery.csv" in screen.at.error[0].value
    assert "Reference" not in screen.at.error[0].value, "a sentence, not a bug"
