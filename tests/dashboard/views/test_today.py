"""Today: the right people in the right order, each with the scores and dates behind the reason."""

from __future__ import annotations

import pytest

from dashboard import loaders
from data.actions.checkin_wishes import set_wishes
from tests.clinic import LOST
from tests.dashboard.views.people import clinician_at
from tests.dashboard.views.screens import open_screen
from tests.histories import read_moment

RESPONDING = "day | infusion | PHQ-9\n-1 | - | 20\n0 | yes | -\n7 | - | 8"
TURNED = RESPONDING + "\n21 | - | 15"


@pytest.fixture
def morning(clinic):
    """One patient a reason, registered in the reverse of the order they are wanted in."""
    clinic.set_day(30)
    clinic.register("DEN-5", name="Sil Ent", records=RESPONDING)
    clinic.register("DEN-4", name="Poss Ible", records=TURNED)
    clinic.register("DEN-3", name="Lo Sst", records=LOST)
    blank = clinic.register("DEN-2", name="Bla Nk", records=RESPONDING)
    clinic.score(blank, read_moment("29"), items=(1, 1, 1, 1, 1, 1, 1, 1, None))
    safety = clinic.register("DEN-1", name="Saf Ety")
    clinic.score(safety, read_moment("22"), 10, safety_answer=0)
    clinic.score(safety, read_moment("29"), 12, safety_answer=2)
    return clinic


def lines(screen):
    return [" ".join(body.split()) for body in screen.said.splitlines() if "DEN-" in body]


def test_people_stand_in_order_of_urgency_each_with_the_evidence(morning):
    screen = open_screen("today")
    assert [link.label for link in screen.links] == [
        "Saf Ety",
        "Bla Nk",
        "Lo Sst",
        "Poss Ible",
        "Sil Ent",
    ]
    assert lines(screen) == [
        "PHQ-9 item 9 rose 0 → 2, new, answered Tue 3 Feb. Not acknowledged yet. "
        "DEN-1 · Denver · last check-in yesterday",
        "The safety item was left unanswered on Tue 3 Feb. A blank is not a zero. "
        "DEN-2 · Denver · last infusion 30 days ago · last check-in yesterday",
        "PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb) no longer meets the clinic's rule (at or under "
        "10, from baseline 20), first seen day 21; confirmed by 2 check-ins in a row. "
        "DEN-3 · Denver · last infusion 30 days ago · last check-in 2 days ago",
        "PHQ-9 8 → 15 (12 Jan, 26 Jan): the last score no longer meets the clinic's "
        "rule (at or under 10, from baseline 20), first seen day 21. 1 more would confirm it. "
        "DEN-4 · Denver · last infusion 30 days ago · last check-in 9 days ago",
        "No check-in for 23 days; last PHQ-9 8, responding then. Whether the response still holds "
        "is unknown. DEN-5 · Denver · last infusion 30 days ago · last check-in 23 days ago",
    ]


def test_the_counts_agree_with_the_lines(morning):
    [counts] = [
        body for body in open_screen("today").html if body.startswith("<p class='ag-counts")
    ]
    assert counts == (
        "<p class='ag-counts'><span class='ag-call' title='safety, or a confirmed loss'><b>3</b> "
        "to call, <span class='ag-safety'><b>2</b> for safety</span></span>"
        "<span class='ag-off' title='a possible loss, or wearing off'><b>1</b> to review</span>"
        "<span class='ag-quiet' title='no check-in, or several missed'><b>1</b> silent</span>"
        "<span class='ag-holds' title='responding when last seen'><b>1</b> holding</span></p>"
    )


def test_who_has_two_reasons_has_one_line_and_is_counted_once(clinic):
    clinic.set_day(30)
    patient = clinic.register("DEN-1", name="Both Er", records=LOST)
    clinic.score(patient, read_moment("29"), 17, safety_answer=1)
    screen = open_screen("today")
    assert [link.label for link in screen.links] == ["Both Er"]
    assert lines(screen) == [
        "PHQ-9 item 9 is 1, new (not asked before), answered Tue 3 Feb. Not acknowledged yet. Also "
        "response lost: PHQ-9 9 → 15 → 16 (19 Jan, 26 Jan, 2 Feb), first seen day 21. Now 17 (3 "
        "Feb). "
        "DEN-1 · Denver · last infusion 30 days ago · last check-in yesterday"
    ]
    assert "1  to call,   1  for safety" in screen.said


def test_every_name_opens_its_own_chart(morning):
    for link in open_screen("today").links:
        patient_id = link.query_string.removeprefix("id=")
        assert link.page == "patient"
        assert link.label in open_screen("patient", id=patient_id).said


def test_one_site_at_a_time(morning):
    morning.register("PHX-1", site=morning.phoenix, records=LOST)
    screen = open_screen("today")
    screen.field("selectbox", "Site").select("Phoenix")
    screen.run()
    assert [link.label for link in screen.links] == [r"PHX\-1"]
    assert "1  to call" in screen.said


def test_whoever_has_one_site_reads_its_name_and_chooses_none(morning):
    screen = open_screen("today", person=clinician_at(morning.denver))
    assert "<h1>Today, Denver</h1>" in "".join(screen.html)
    assert not screen.at.selectbox
    assert "<h1>Today</h1>" in "".join(open_screen("today").html)


def test_a_patient_without_a_name_is_called_by_number(clinic):
    clinic.set_day(30)
    clinic.register("DEN-7", records=LOST)
    assert [link.label for link in open_screen("today").links] == [r"DEN\-7"]


def test_a_long_list_begins_with_its_most_urgent_and_can_be_shown_whole(clinic):
    clinic.set_day(30)
    for number in range(28):
        clinic.register(f"DEN-{number:02}", records=TURNED)
    screen = open_screen("today")
    assert len(screen.links) == 25
    screen.press("Show 3 more")
    assert len(screen.links) == 28
    assert not [button for button in screen.at.button if button.label.startswith("Show")]


def test_an_old_loss_is_history_not_this_mornings_work(clinic):
    clinic.set_day(28 + 29)
    clinic.register("DEN-1", records=LOST)
    screen = open_screen("today")
    assert screen.links == []
    assert "No recorded score meets a rule for review today." in screen.said


def test_who_has_left_is_not_on_the_list(clinic):
    clinic.set_day(30)
    clinic.register("DEN-1", records=LOST, left_on=read_moment("29").day)
    assert open_screen("today").links == []


def test_whoever_was_asked_and_missed_two_in_a_row_is_listed_after_all_others(clinic):
    clinic.set_day(0)
    quiet = clinic.register("DEN-1", name="Qui Et")
    clinic.register("DEN-2", name="Never Asked")
    wish = {"patient_id": quiet, "seen_version": 0, "changes": {"hour": 9}}
    set_wishes(clinic.engine, clinic.anna, **wish)
    clinic.set_day(15)
    screen = open_screen("today")
    assert [link.label for link in screen.links] == ["Qui Et"]
    assert lines(screen) == [
        "The last 2 check-ins in a row were missed, the latest due Mon 12 Jan; none was ever done. "
        "DEN-1 · Denver"
    ]
    assert "1  silent" in screen.said
    clinic.record(quiet, "day | PHQ-9\n15 | 9")
    loaders.forget()
    assert not open_screen("today").links
