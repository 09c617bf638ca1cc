"""When the outlook is worked out anew, and that only one process does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from data.actions import forecasts
from data.actions.forecasts import refresh_back_tests, refresh_forecasts, refresh_what_is_due
from data.actions.policies import set_policy
from data.database import writing
from data.forecast_runs import LEASE, Task, claim, find_due, keep_claim
from data.forecasts import fit_changed
from data.policies import PROMPTS, RULES
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import PromptRules
from models.policy import OPERATOR, Denied
from models.tables import ForecastRun, StoredBackTest, StoredFit
from tests.clinic import LOST, noon_of, rows_of
from tests.histories import on
from tests.policies import change_policy

BOTH = [Task.FITS, Task.BACK_TESTS]


@pytest.fixture
def learnt(clinic, copies):
    """Ten lost responses entered week by week, worked out on day 130 at eleven in Denver."""
    copies.fill(clinic.engine, "learnt week by week", lambda: learn(clinic))
    clinic.set_day(130)
    return clinic


def learn(clinic):
    patients = [clinic.register(f"L-{number}") for number in range(10)]
    for row in LOST.strip().splitlines()[1:]:
        clinic.set_day(int(row.split("|")[0]))
        for patient in patients:
            clinic.record(patient, f"day | infusion | PHQ-9\n{row}")
    clinic.set_day(130)
    refresh_what_is_due(clinic.engine, OPERATOR)


def due(clinic):
    return find_due(clinic.engine, clinic.now)


def test_without_any_answer_nothing_is_due_and_with_one_everything(clinic):
    patient = clinic.register("P")
    assert due(clinic) == []

    clinic.record(patient, "day | PHQ-9\n7 | 8")
    assert due(clinic) == BOTH
    assert refresh_what_is_due(clinic.engine, OPERATOR) == BOTH
    assert due(clinic) == []


def test_what_is_worked_out_is_kept(learnt):
    assert [row.instrument for row in rows_of(learnt.engine, StoredFit)] == ["PHQ-9"]
    [kept] = rows_of(learnt.engine, StoredBackTest)
    assert kept.made_at == learnt.now
    assert {row.seen_to for row in rows_of(learnt.engine, ForecastRun)} == {learnt.now}


def test_a_new_answer_is_learnt_from_after_an_hour_and_looked_back_on_after_the_night(learnt):
    began = learnt.now
    learnt.now = began + timedelta(minutes=5)
    learnt.score(learnt.register("P"), Moment(on(130)), 9)
    assert due(learnt) == []

    learnt.now = began + timedelta(minutes=60)
    assert due(learnt) == [Task.FITS]
    refresh_what_is_due(learnt.engine, OPERATOR)
    assert due(learnt) == []

    # Two in the morning in Denver is eight or nine in UTC; noon there was at 18.
    learnt.now = noon_of(131) - timedelta(hours=11)
    assert due(learnt) == []
    learnt.now = noon_of(131) - timedelta(hours=9)
    assert due(learnt) == [Task.BACK_TESTS]


def test_without_a_change_nothing_is_due_the_next_day(learnt):
    learnt.set_day(132)

    assert due(learnt) == []


def test_new_rules_are_worked_out_at_once(learnt):
    change_policy(learnt.engine, OPERATOR, RULES, {"silence": 21}, reason="Three weeks.")

    assert due(learnt) == BOTH
    refresh_what_is_due(learnt.engine, OPERATOR)
    assert due(learnt) == []
    assert {row.policy_revision for row in rows_of(learnt.engine, StoredFit)} == {2}
    assert {row.policy_revision for row in rows_of(learnt.engine, StoredBackTest)} == {2}


def test_other_lines_for_prompts_are_looked_back_on_after_the_night(learnt):
    learnt.now += timedelta(minutes=1)
    set_policy(learnt.engine, OPERATOR, PROMPTS, PromptRules(chance=0.5), reason="Fewer of them.")
    assert due(learnt) == []

    learnt.set_day(131)
    assert due(learnt) == BOTH
    assert refresh_back_tests(learnt.engine, OPERATOR) == 1


def test_another_version_of_the_model_is_worked_out_at_once(learnt):
    with writing(learnt.engine) as connection:
        connection.execute(update(StoredFit).values(version=0))
        connection.execute(update(StoredBackTest).values(version="0.1"))

    assert due(learnt) == BOTH


def test_one_at_a_time_and_whoever_died_is_not_waited_for_longer_than_a_lease(clinic):
    clinic.record(clinic.register("P"), "day | PHQ-9\n7 | 8")
    assert claim(clinic.engine, Task.FITS, clinic.now)
    assert not claim(clinic.engine, Task.FITS, clinic.now)
    assert due(clinic) == []
    assert refresh_what_is_due(clinic.engine, OPERATOR) == []

    clinic.now += LEASE - timedelta(seconds=1)
    keep_claim(clinic.engine, Task.FITS, clinic.now)
    clinic.now += timedelta(seconds=2)
    assert due(clinic) == []

    clinic.now += LEASE
    assert due(clinic) == BOTH
    assert refresh_what_is_due(clinic.engine, OPERATOR) == BOTH


def test_a_failure_is_not_tried_again_before_the_lease_is_over(clinic, monkeypatch):
    clinic.record(clinic.register("P"), "day | PHQ-9\n7 | 8")

    def fail(_connection):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("data.actions.forecasts.fit_changed", fail)
        with pytest.raises(MemoryError):
            refresh_what_is_due(clinic.engine, OPERATOR)

    assert due(clinic) == []
    clinic.now += LEASE
    assert due(clinic) == BOTH


def test_rules_changed_meanwhile_keep_nothing_and_leave_it_due(learnt, monkeypatch):
    """A model fitted under the rules of before must not be kept as one of the new ones."""

    def fit_while_rules_change(connection):
        fitted = fit_changed(connection)
        connection.rollback()
        change_policy(learnt.engine, OPERATOR, RULES, {"silence": 21}, reason="Three weeks.")
        return fitted

    learnt.record(learnt.register("P"), LOST)
    monkeypatch.setattr(forecasts, "fit_changed", fit_while_rules_change)

    assert refresh_forecasts(learnt.engine, OPERATOR) == 0
    assert {row.responses for row in rows_of(learnt.engine, StoredFit)} == {10}
    assert due(learnt) == BOTH


def test_asking_for_everything_counts_as_having_seen_it(clinic):
    clinic.record(clinic.register("P"), "day | PHQ-9\n7 | 8")
    refresh_forecasts(clinic.engine, OPERATOR)
    refresh_back_tests(clinic.engine, OPERATOR)

    assert due(clinic) == []


def test_only_who_may_recompute_everybody_may(clinic):
    with pytest.raises(Denied):
        refresh_what_is_due(clinic.engine, clinic.anna)
