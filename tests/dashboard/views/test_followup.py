"""How well patients are followed up: counts by site, hidden where they would point at somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.wording import followup as words
from data.queries.due import SiteCompletion
from data.queries.first_action import FirstAction
from models.policy import Person
from tests.clinic import LOST
from tests.dashboard.views.people import GROUP_MANAGER, clinician_at
from tests.dashboard.views.screens import open_screen
from tests.histories import read_moment


def opened(person: Person):
    screen = open_screen("compare", person=person)
    screen.at.session_state["followup"] = True
    return screen.run()


@pytest.fixture
def followed(clinic):
    clinic.set_day(-7)
    patient = clinic.register("DEN-1")
    clinic.set_day(30)
    clinic.record(patient, LOST)
    clinic.score(patient, read_moment("29"), 12, safety_answer=2)
    return clinic


def test_nothing_is_worked_out_before_it_is_opened(followed):
    assert "expected were done" not in open_screen("compare").said


def test_the_clinicians_of_a_site_read_its_counts(followed):
    said = opened(clinician_at(followed.denver)).said
    # Days -7 and, missed, 0 before the infusion; two pulses, missed; weeks 1 to 4.
    assert "Check-ins: 5 of 8 expected were done (62\u00a0%) in the last 90 days." in said
    assert "median 1.9 days (JMIR 2024" in said


def test_a_group_manager_reads_no_count_of_so_few(followed):
    said = opened(GROUP_MANAGER).said
    assert "none was expected in the last 90 days, at the 1 site shown" in said
    assert "5 of 8" not in said


def test_counts_are_summed_over_the_sites_that_are_shown():
    shown = SiteCompletion(None, "A", 40, 412, 530)
    hidden = SiteCompletion(None, "B", None, None, None)
    assert words.completion([shown], days=90) == (
        "Check-ins: 412 of 530 expected were done (78\u00a0%) in the last 90 days."
    )
    assert words.completion([shown, hidden], days=90).endswith("90 days, at the 1 site shown.")
    assert words.completion_row(shown) == ("A", "40", "412", "530", "78\u00a0%")
    assert words.completion_row(hidden) == ("B", *["not shown"] * 4)


def test_a_sites_wait_for_a_first_action_is_told_or_hidden():
    quick = FirstAction("A", 12, 0, timedelta(hours=5))
    assert words.first_action_row(quick) == ("A", "12", "0", "5 h")
    assert words.first_action_row(FirstAction("B", 12, 9, None))[2:] == (
        "9",
        "at least half still wait",
    )
    assert words.first_action_row(FirstAction("C", None, None, None))[1:] == ("not shown",) * 3
