"""Outlooks on the morning list: over the clinic's line, heard of lately, and only one's own."""

from __future__ import annotations

import pytest

from data.actions.forecasts import refresh_forecasts
from data.actions.policies import set_policy
from data.policies import PROMPTS
from data.queries import morning_outlooks
from data.queries.forecast import read_forecast
from data.queries.morning import read_morning
from data.queries.morning_outlooks import read_morning_outlooks
from models.outcomes.prompt_rules import Prompt, PromptRules
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
TURNED = HOLDING + "    20 | - | 14\n"
JUST_GIVEN = "day | infusion | PHQ-9\n9 | - | 20\n10 | yes | -\n17 | - | 3"


@pytest.fixture
def losses(clinic, copies):
    """Ten who lost between days 14 and 21: whoever is on day 20 now is likely to be next."""

    def fill():
        clinic.set_day(40)
        for number in range(10):
            clinic.register(f"L-{number}", records=LOST, left_on=on(35))
        clinic.register("H-1", records=HOLDING, name="Mara Kent")
        clinic.set_day(20)
        refresh_forecasts(clinic.engine, OPERATOR)

    copies.fill(clinic.engine, "ten who left", fill)
    clinic.set_day(20)
    return clinic


def outlooks(clinic, day, person=None):
    clinic.set_day(day)
    return read_morning_outlooks(clinic.engine, person or clinic.anna, today=on(day))


def rows(clinic, day, person=None):
    found = outlooks(clinic, day, person)
    reader = person or clinic.anna
    listed = read_morning(clinic.engine, reader, today=on(day), outlooks=found).rows
    return [row for row in listed if not row.code.startswith("L-")]


def test_one_over_the_line_is_listed_with_the_outlook_of_the_chart(losses):
    (row,) = rows(losses, 20)

    assert (row.code, row.reasons, row.site) == ("H-1", (Prompt.OUTLOOK,), "Denver")
    assert row.outlook == read_forecast(losses.engine, losses.anna, row.patient_id).outlook
    assert row.chance == row.outlook.window.chance_within(14) >= PromptRules().chance


def test_since_when_is_the_first_morning_on_which_the_same_fit_lists_them(losses):
    (row,) = rows(losses, 18)
    assert row.chance_since == row.last_assessed_on == on(14)
    as_on_18 = PromptRules(chance=row.chance)
    set_policy(losses.engine, OPERATOR, PROMPTS, as_on_18, reason="Tried out")

    listed = {day: [it.chance_since for it in rows(losses, day)] for day in (14, 16, 17, 18, 25)}

    assert listed == {14: [], 16: [], 17: [], 18: [on(18)], 25: [on(18)]}


def test_the_line_and_its_days_are_the_clinics_own(losses):
    (row,) = rows(losses, 20)
    just_over = PromptRules(chance=row.chance - 0.001)
    above = PromptRules(chance=min(row.chance + 0.001, 1), revision=2)
    set_policy(losses.engine, OPERATOR, PROMPTS, just_over, reason="Tried out")
    assert rows(losses, 20)
    set_policy(losses.engine, OPERATOR, PROMPTS, above, reason="Tried out")
    assert rows(losses, 20) == []
    week = PromptRules(chance=0.01, chance_days=7, revision=3)
    set_policy(losses.engine, OPERATOR, PROMPTS, week, reason="Tried out")
    (again,) = rows(losses, 20)
    assert again.chance == again.outlook.window.chance_within(7) < row.chance


def test_the_silent_have_none_and_a_possible_loss_is_told_with_its_own(losses):
    losses.register("T-1", records=TURNED)

    found = {row.code: row for row in rows(losses, 27)}
    assert found["T-1"].reasons == (Prompt.POSSIBLE_LOSS,)
    assert found["T-1"].chance is not None
    assert found["H-1"].reasons == (Prompt.OUTLOOK,)
    silent = {row.code: row for row in rows(losses, 28)}["H-1"]
    assert (silent.reasons, silent.chance) == ((Prompt.SILENT,), None)


def test_without_outlooks_nothing_else_is_missing(losses):
    losses.register("T-1", records=TURNED)

    found = read_morning(losses.engine, losses.anna, today=on(20)).rows

    here = {row.code: (row.reasons, row.chance) for row in found}
    assert here["T-1"] == ((Prompt.POSSIBLE_LOSS,), None)
    assert "H-1" not in here


def test_only_ones_own_patients_have_one_and_never_for_a_patient(losses):
    (row,) = rows(losses, 20)

    assert outlooks(losses, 20, losses.pia) == {}
    assert rows(losses, 20, losses.pia) == []
    with pytest.raises(Denied):
        outlooks(losses, 20, patient_of(row.patient_id))


def test_of_more_than_a_page_can_wait_for_nothing_is_worked_out(losses, monkeypatch):
    monkeypatch.setattr(morning_outlooks, "MOST", 0)

    assert outlooks(losses, 20) is None


def test_those_with_the_highest_share_come_first(losses):
    losses.register("A-0", records=JUST_GIVEN)
    low = PromptRules(chance=0.01)
    set_policy(losses.engine, OPERATOR, PROMPTS, low, reason="Tried out")

    found = rows(losses, 20)

    shares = [row.chance for row in found]
    assert (len(shares), shares) == (2, sorted(shares, reverse=True))
    assert found[0].code == "H-1"
