"""How much of a gain is gone is kept beside where a patient stands, for Today to find."""

from __future__ import annotations

import pytest

from data.migrations import downgrade
from data.setup import migrate
from models.tables import Standing
from tests.clinic import rows_of

FADING = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 4
    14  | -        | 8
    21  | -        | 10
"""


def test_a_database_of_before_says_after_migrating_how_much_of_a_gain_is_gone(clinic):
    clinic.register("P-1", records=FADING)
    downgrade(clinic.engine, "0010")

    migrate(clinic.engine)

    assert [row.gain_lost for row in rows_of(clinic.engine, Standing)] == [pytest.approx(0.25)]


def test_how_much_of_a_gain_is_gone_is_kept_while_it_responds_only(clinic):
    patient = clinic.register("P-1", records=FADING)
    clinic.record(patient, "day | infusion | PHQ-9\n28 | - | 11")

    assert [row.gain_lost for row in rows_of(clinic.engine, Standing)] == [None]
