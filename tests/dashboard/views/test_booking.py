"""The next infusion on a patient's page: booked, moved, taken back, gone by, given."""

from __future__ import annotations

import json

import pytest

from data.actions.planned_infusions import plan_infusion
from models.tables import PlannedInfusion
from tests.clinic import LOST, rows_of
from tests.dashboard.views.screens import EVERYONE, open_screen
from tests.histories import on


@pytest.fixture
def mara(clinic):
    return clinic.register("DEN-1", name="Mara Kent", records=LOST)


def book(clinic, patient, day, seen=0):
    return plan_infusion(
        clinic.engine, clinic.anna, patient_id=patient, planned_on=on(day), seen_version=seen
    )


def choose(screen, patient, day, seen):
    [field] = [it for it in screen.at.date_input if it.key == f"booking-{patient}-on-{seen}"]
    field.set_value(on(day))
    return screen.press("Save the day")


def test_a_day_is_booked_moved_and_taken_back_from_the_head_of_the_chart(clinic, mara):
    screen = open_screen("patient", id=mara)
    assert "No next infusion is booked." in screen.said

    choose(screen, mara, 74, 0)
    assert "Next infusion booked for Fri 20 Mar 2026, in 14 days." in screen.said
    choose(screen, mara, 77, 1)
    assert "Next infusion booked for Mon 23 Mar 2026" in screen.said
    screen.field("text_input", "Why is it taken back").set_value("travelling")
    screen.press("Take it back")

    assert "No next infusion is booked." in screen.said
    assert "taken back: travelling (Robin Local" in screen.said
    stored = rows_of(clinic.engine, PlannedInfusion)
    assert [row.planned_on for row in sorted(stored, key=lambda row: row.version)] == [
        on(74), on(77), None,
    ]  # fmt: skip


def test_what_is_booked_stands_faintly_on_the_time_axis_and_in_its_words(clinic, mara):
    book(clinic, mara, 74)
    screen = open_screen("patient", id=mara)

    for chart in screen.at.get("plotly_chart")[:2]:
        drawn = {it["name"]: it for it in json.loads(chart.proto.spec)["data"] if "name" in it}
        assert drawn["booked"]["x"] == [on(74).isoformat()]
        assert "Next infusion booked for Fri 20 Mar 2026" in chart.proto.alt
    assert "next infusion booked" in screen.said


def test_a_day_gone_by_without_an_infusion_is_said(clinic, mara):
    book(clinic, mara, 62)
    clinic.set_day(65)

    said = open_screen("patient", id=mara).said

    assert "An infusion was booked for Sun 8 Mar 2026, 3 days ago: none is recorded since." in said
    clinic.set_day(62)
    clinic.record(mara, "day | infusion\n61 | yes")
    clinic.set_day(65)
    said = open_screen("patient", id=mara).said
    assert "The last one was booked for 8 Mar and given on 7 Mar 2026." in said


def test_somebody_elses_booking_in_the_meantime_is_not_written_over(clinic, mara):
    screen = open_screen("patient", id=mara)
    book(clinic, mara, 70)

    choose(screen, mara, 74, 0)

    assert "Not saved: The next infusion was booked otherwise by somebody else" in screen.said
    assert "Next infusion booked for Mon 16 Mar 2026" in screen.said
    assert [row.planned_on for row in rows_of(clinic.engine, PlannedInfusion)] == [on(70)]


def test_without_a_day_nothing_is_saved(clinic, mara):
    screen = open_screen("patient", id=mara)
    screen.press("Save the day")

    assert "Choose a day first." in screen.said
    assert rows_of(clinic.engine, PlannedInfusion) == []


def test_a_chart_opened_in_an_emergency_shows_it_and_changes_nothing(clinic, mara):
    book(clinic, mara, 74)
    reader = type(EVERYONE)(
        "Ines", EVERYONE.roles, sites=frozenset(), user_id=EVERYONE.user_id,
        emergencies=frozenset({mara}),
    )  # fmt: skip

    screen = open_screen("patient", person=reader, id=mara)

    assert "Next infusion booked for Fri 20 Mar 2026" in screen.said
    assert [it for it in screen.at.button if it.label == "Save the day"] == []
