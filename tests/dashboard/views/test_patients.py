"""Patients: found by name, number or standing; a page at a time; a row opens its chart."""

from __future__ import annotations

import pytest

from dashboard.wording import patients as words
from dashboard.wording import statuses
from data.queries.patients import PAGE
from models.outcomes.standing import Status
from tests.clinic import LOST
from tests.dashboard.views.screens import open_screen


@pytest.fixture
def three(clinic):
    clinic.register("DEN-1", name="Mara Kent", indication="ptsd", records=LOST)
    clinic.register("DEN-2", name="Jonas Ruiz", indication="depression")
    clinic.register("PHX-1", site=clinic.phoenix, name="Mara Ortiz")
    return clinic


def narrowed(kind, label, value):
    screen = open_screen("patients")
    screen.field(kind, label).set_value(value)
    return screen.run()


@pytest.mark.parametrize(
    ("kind", "label", "value", "expected"),
    [
        ("text_input", "Name", "mara", ["DEN-1", "PHX-1"]),
        ("text_input", "Name", "den-", ["DEN-1", "DEN-2"]),
        ("text_input", "Name", "  kent ", ["DEN-1"]),
        ("selectbox", "Site", "Phoenix", ["PHX-1"]),
        ("selectbox", "Indication", "ptsd", ["DEN-1"]),
        ("selectbox", "Status", Status.LOST, ["DEN-1"]),
        ("selectbox", "Status", Status.UNTREATED, ["DEN-2", "PHX-1"]),
        ("selectbox", "Order by", "last infusion", ["DEN-1", "DEN-2", "PHX-1"]),
    ],
)
def test_each_filter_narrows(three, kind, label, value, expected):
    assert list(narrowed(kind, label, value).table["Number"]) == expected


@pytest.mark.parametrize("wildcard", ["%", "_", "*", "den%1", "' OR ''='"])
def test_a_search_takes_no_character_for_a_wildcard(three, wildcard):
    screen = narrowed("text_input", "Name", wildcard)
    assert [it.value for it in screen.at.info] == [words.NOBODY_FOUND]
    assert not screen.at.dataframe


def test_a_row_says_where_a_patient_stands(three):
    row = open_screen("patients").table.iloc[0]
    assert (row["Patient"], row["Status"], row["Latest"]) == (
        "Mara Kent",
        "Response lost",
        "PHQ-9 16",
    )
    assert list(row["Scores"]) == [20, 8, 9, 15, 16]
    assert (row["Last check-in"], row["Last infusion"]) == ("32 days ago", "60 days ago")
    assert (row["Indication"], row["Site"]) == ("PTSD", "Denver")


def test_what_is_not_known_is_a_dash_never_a_zero(three):
    row = open_screen("patients").table.iloc[2]
    cells = [row[name] for name in ("Latest", "Last check-in", "Last infusion", "Indication")]
    assert cells == ["–", "–", "–", "no indication recorded"]


def test_choosing_a_row_opens_that_patients_chart(three):
    screen = narrowed("text_input", "Name", "ruiz").choose_row("patients_table", 0)
    assert screen.place == "patient"
    assert "Jonas Ruiz" in screen.said


def test_every_status_can_be_asked_for_by_name(three):
    options = open_screen("patients").field("selectbox", "Status").options
    assert options == [words.HERE, "Any", *(statuses.NAMES[status] for status in Status)]


def test_those_who_left_are_listed_on_request(group):
    screen = open_screen("patients")
    assert "Left" not in set(screen.table["Status"])
    screen.field("selectbox", "Status").select("Any")
    screen.run()
    assert "Left" in set(screen.table["Status"])


def test_a_page_full_of_patients_and_another_filter_starts_at_the_first(group):
    screen = open_screen("patients")
    screen.field("selectbox", "Status").select("Any")
    screen.run()
    first = list(screen.table["Number"])
    assert len(first) == PAGE
    assert f"1 to {PAGE}. {words.HOW_TO_OPEN}" in screen.said
    seen = first
    while "Next" in ways_on(screen):
        seen = seen + list(screen.press("Next").table["Number"])
    assert "101 to 120." in screen.said
    assert ways_on(screen) == ["Back"]
    assert sorted(set(seen)) == seen, "nobody twice"
    assert len(seen) == 120, "none missed"

    screen.field("selectbox", "Site").select("Chicago")
    screen.run()
    assert f"1 to {len(screen.table)}." in screen.said
    assert ways_on(screen) == []


def ways_on(screen):
    return [it.label for it in screen.at.button if not it.disabled]


def test_the_filter_says_what_each_status_means(clinic):
    clinic.register("DEN-1")
    told = open_screen("patients").field("selectbox", "Status").help

    assert "- Unknown (silent): responding when last seen, and silent since" in told
    assert told.count("\n- ") == len(Status) - 1
