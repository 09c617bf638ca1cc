"""Half-way through an induction: counted from the site's own finished ones, and only those."""

from __future__ import annotations

import pytest

from data.queries.induction import read_induction
from models.policy import Denied
from tests.dashboard.views.people import patient_of

FINISHED = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    3   | yes      | 18
    7   | yes      | {third}
    10  | yes      | {fourth}
    21  | -        | {after}
"""
NOW = """
    day | infusion | PHQ-9
    44  | -        | 20
    45  | yes      | -
    50  | yes      | -
"""


@pytest.fixture
def site(clinic):
    """Three in Denver had under a fifth by infusion 3, one responded; one had more, in time."""
    for number, (third, fourth, after) in enumerate([(17, 12, 8), (18, 18, 17), (19, 14, 15)]):
        records = FINISHED.format(third=third, fourth=fourth, after=after)
        clinic.register(f"F-{number}", records=records)
    clinic.register("F-9", records=FINISHED.format(third=10, fourth=8, after=5))
    elsewhere = FINISHED.format(third=19, fourth=19, after=5)
    clinic.register("P-1", site=clinic.phoenix, records=elsewhere)
    return clinic


def ask(site, patient, person=None):
    return read_induction(site.engine, person or site.anna, patient, "PHQ-9")


def test_one_who_is_little_better_is_beside_those_who_were_no_better_here(site):
    patient = site.register("NOW", records=NOW)
    site.set_day(52)
    site.record(patient, "day | PHQ-9\n52 | 19")

    found = ask(site, patient)

    assert (found.number, found.little) == (3, 0.2)
    assert found.improvement == pytest.approx(0.05)
    assert (found.responded.count, found.responded.total) == (1, 3)


def test_the_infusion_of_today_is_the_one_asked_about(site):
    patient = site.register("NOW", records=NOW)
    site.set_day(52)
    site.record(patient, "day | infusion | PHQ-9\n52 | yes | 19")
    assert ask(site, patient).number == 3

    site.set_day(53)
    assert ask(site, patient) is None, "nothing is seen yet between infusions 3 and 4"
    site.record(patient, "day | PHQ-9\n53 | 17")
    found = ask(site, patient)
    assert found.number == 4
    assert (found.responded.count, found.responded.total) == (0, 1)


def test_one_who_is_better_or_past_the_middle_is_not_compared(site):
    better = site.register("BETTER", records=NOW + "52 | - | 12")
    later = site.register("LATER", records=NOW + "52 | yes | 19\n55 | yes | 19\n57 | - | 19")
    site.set_day(58)

    assert ask(site, better) is None
    assert ask(site, later) is None


def test_neither_strangers_nor_the_patient_may_ask(site):
    patient = site.register("NOW", records=NOW + "52 | - | 19")
    for person in (site.pia, patient_of(patient)):
        with pytest.raises(Denied):
            ask(site, patient, person)
