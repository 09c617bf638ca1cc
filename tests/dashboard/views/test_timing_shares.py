"""When maintenance infusions came: clinicians read it by name, managers in counts large enough."""

from __future__ import annotations

import pytest

from dashboard.wording.timing_shares import TITLE
from data.actions.infusions import record_infusion
from models.entries import InfusionEntry
from models.outcomes.history import Moment
from tests.dashboard.views.people import GROUP_MANAGER, clinician_at, manager_at
from tests.dashboard.views.screens import open_screen
from tests.histories import on

RESPONSE = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 4
    25  | -        | {}
"""
EARLY, LATE = 5, 15


def register(clinic, code, score, given_by):
    patient = clinic.register(code, records=RESPONSE.format(score))
    entry = InfusionEntry(Moment(on(28)), given_by=given_by)
    record_infusion(clinic.engine, clinic.anna, patient_id=patient, entry=entry)


@pytest.fixture
def treated(clinic):
    for number in range(11):
        register(clinic, f"E-{number}", EARLY, "Anna Kent")
        register(clinic, f"L-{number}", LATE, None)
    register(clinic, "X-1", LATE, "Bert Oslo")
    return clinic


def open_fold(person):
    screen = open_screen("durations", person=person)
    screen.at.session_state["timing"] = True
    return screen.run()


def test_a_clinician_reads_who_gave_them_with_denominators(treated):
    said = open_fold(clinician_at(treated.denver)).said

    assert "Of 23 maintenance courses that followed a response on PHQ-9, 23 can be timed" in said
    assert "11 early, 0 on time, 12 late." in said
    for row in ("Denver, everyone", "Anna Kent, Denver", "Bert Oslo, Denver", "not recorded"):
        assert row in said
    assert "11 of 11 patients" in said


def test_another_sites_clinician_reads_nothing_of_it(treated):
    said = open_fold(clinician_at(treated.phoenix, name="Pia Moss")).said

    assert "Anna Kent" not in said
    assert "Of 23" not in said


@pytest.mark.parametrize("who", ["group", "site"])
def test_a_manager_reads_counts_of_a_site_and_no_name(treated, who):
    person = GROUP_MANAGER if who == "group" else manager_at(treated.denver)
    fold = open_fold(person)
    assert TITLE not in [it.label for it in fold.at.expander]

    screen = open_screen("compare", person=person)

    assert TITLE in screen.said
    said = screen.said.replace("\u00a0", " ")
    assert "11 of 23, 48 %" in said
    assert "12 of 23, 52 %" in said
    for name in ("Anna Kent", "Bert Oslo"):
        assert name not in said
        assert name not in fold.said
