"""Whose response may be wearing off: over the line, heard of lately, and only one's own."""

from __future__ import annotations

import pytest

from data.actions.forecasts import refresh_forecasts
from data.queries import wearing_off
from data.queries.forecast import read_forecast
from data.queries.wearing_off import OVER, read_wearing_off
from models.policy import OPERATOR, Denied
from tests.clinic import LOST
from tests.dashboard.views.people import patient_of
from tests.histories import on

HOLDING = """
    day | infusion | PHQ-9
    -1  | -        | 20
    0   | yes      | -
    7   | -        | 9
    14  | -        | 10
"""
JUST_GIVEN = "day | infusion | PHQ-9\n9 | - | 20\n10 | yes | -\n17 | - | 3"


@pytest.fixture
def losses(clinic):
    """Ten who lost between days 14 and 21: whoever is on day 20 now is likely to be next."""
    clinic.set_day(40)
    for number in range(10):
        clinic.register(f"L-{number}", records=LOST, left_on=on(35))
    clinic.register("H-1", records=HOLDING, name="Mara Kent")
    clinic.set_day(20)
    refresh_forecasts(clinic.engine, OPERATOR)
    return clinic


def ask(clinic, day, person=None):
    clinic.set_day(day)
    return read_wearing_off(clinic.engine, person or clinic.anna, today=on(day))


def test_one_over_the_line_is_listed_with_the_outlook_of_the_chart(losses):
    (row,) = ask(losses, 20)

    assert (row.code, row.name, row.site, row.instrument) == ("H-1", "Mara Kent", "Denver", "PHQ-9")
    assert (row.last_infusion_on, row.last_assessed_on) == (on(0), on(14))
    assert row.outlook == read_forecast(losses.engine, losses.anna, row.patient_id).outlook
    assert row.outlook.window.chance_within(14) >= OVER


def test_the_silent_and_those_under_the_line_are_not(losses, monkeypatch):
    assert ask(losses, 27)
    assert ask(losses, 28) == [], "fourteen days without a check-in are silence"
    monkeypatch.setattr(wearing_off, "OVER", 1.01)
    assert ask(losses, 20) == []


def test_only_ones_own_patients_are_listed_and_never_by_a_patient(losses):
    (row,) = ask(losses, 20)

    assert ask(losses, 20, losses.pia) == []
    with pytest.raises(Denied):
        ask(losses, 20, patient_of(row.patient_id))


def test_of_more_than_a_page_can_wait_for_nothing_is_worked_out(losses, monkeypatch):
    monkeypatch.setattr(wearing_off, "MOST", 0)

    assert ask(losses, 20) is None


def test_those_with_the_highest_share_come_first(losses):
    losses.register("A-0", records=JUST_GIVEN)

    rows = ask(losses, 20)

    shares = [row.outlook.window.chance_within(14) for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert rows[0].code == "H-1"
