"""Changing the clinic's rules: a new revision, everybody recomputed, a reason kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select

from data.database import reading
from data.importers import import_files
from data.policies import RULES
from data.queries.episodes import read_episodes
from models.errors import DefinitionError
from models.outcomes.rules import Rules
from models.policy import OPERATOR
from models.tables import ClinicPolicy
from tests.policies import change_policy

FILES = [
    ("patients.csv", b"patient_id,site\nP1,Denver\n"),
    ("infusions.csv", b"patient_id,date\nP1,2026-01-05\n"),
    (
        "scores.csv",
        b"patient_id,date,instrument,score\n"
        b"P1,2026-01-05,PHQ-9,20\nP1,2026-01-12,PHQ-9,8\n"
        b"P1,2026-01-19,PHQ-9,15\nP1,2026-01-26,PHQ-9,8\n",
    ),
]


def test_one_bad_score_is_a_loss_once_the_clinic_says_so(engine: Engine) -> None:
    import_files(engine, OPERATOR, FILES)
    before = read_episodes(engine, OPERATOR).iloc[0]

    rules = change_policy(engine, OPERATOR, RULES, {"confirmation": 1}, reason="one is enough")
    after = read_episodes(engine, OPERATOR).iloc[0]

    assert (before["end_reason"], before["policy_revision"]) == ("silent", 1)
    assert (after["end_reason"], after["policy_revision"]) == ("lost", 2)
    assert after["loss_on"] == date(2026, 1, 19)
    assert rules.revision == 2
    with reading(engine) as connection:
        kept = connection.execute(select(ClinicPolicy.reason, ClinicPolicy.thresholds)).one()
    assert kept.reason == "one is enough"
    assert kept.thresholds["confirmation"] == 1


@pytest.mark.parametrize("changes", [{"confirmation": 0}, {"late_response_window": 7}])
def test_rules_that_make_no_sense_are_refused(changes: dict[str, int]) -> None:
    with pytest.raises(DefinitionError):
        replace(Rules(), **changes)
