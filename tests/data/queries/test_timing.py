"""When one patient's maintenance infusions came, read from what is recorded."""

from __future__ import annotations

from datetime import date

import pytest

from data.queries.timing import read_timing
from models.outcomes.timing import Timing
from models.policy import Denied
from tests.dashboard.views.people import patient_of

RECORDS = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 4
    28  | -        | 8
    30  | yes      | -
    37  | -        | 5
    50  | yes      | -
"""


def test_each_maintenance_course_is_judged_by_the_check_in_before_it(clinic):
    patient = clinic.register("P-1", records=RECORDS)

    first, second = read_timing(clinic.engine, clinic.anna, patient, "PHQ-9")

    assert (first.course_no, first.timing, first.looked_on) == (2, Timing.ON_TIME, date(2026, 2, 2))
    assert first.lost_share == pytest.approx(0.25)  # 4 of the 16 points gained
    assert (second.course_no, second.timing) == (3, Timing.UNKNOWN)


def test_an_instrument_never_answered_says_nothing(clinic):
    patient = clinic.register("P-1", records=RECORDS)

    assert read_timing(clinic.engine, clinic.anna, patient, "GAD-7") == []


def test_neither_strangers_nor_the_patient_may_ask(clinic):
    patient = clinic.register("P-1", records=RECORDS)
    for person in (clinic.pia, patient_of(patient)):
        with pytest.raises(Denied):
            read_timing(clinic.engine, person, patient, "PHQ-9")
