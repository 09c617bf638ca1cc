"""Changing the clinic's rules: a new revision, everybody recomputed, a reason kept."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, select

from data.actions.rules import set_rules
from data.database import reading
from data.importers import import_files
from data.queries.episodes import read_episodes
from models.errors import DefinitionError, Refused
from models.policy import OPERATOR, Person, Role
from models.tables import ClinicPolicy

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

    rules = set_rules(engine, OPERATOR, thresholds={"confirmation": 1}, reason="one is enough")
    after = read_episodes(engine, OPERATOR).iloc[0]

    assert (before["end_reason"], before["policy_revision"]) == ("silent", 1)
    assert (after["end_reason"], after["policy_revision"]) == ("lost", 2)
    assert after["loss_on"] == date(2026, 1, 19)
    assert rules.revision == 2
    with reading(engine) as connection:
        kept = connection.execute(select(ClinicPolicy.reason, ClinicPolicy.thresholds)).one()
    assert kept.reason == "one is enough"
    assert kept.thresholds["confirmation"] == 1


@pytest.mark.parametrize(
    ("thresholds", "reason", "error"),
    [
        ({"confirmation": 1}, " ", Refused),
        ({"confirmation": 2}, "the same", Refused),
        ({"confirmation": 0}, "nonsense", DefinitionError),
        ({"late_response_window": 7}, "shorter than the window", DefinitionError),
    ],
)
def test_a_change_needs_sense_and_a_reason(
    engine: Engine, thresholds: dict[str, int], reason: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        set_rules(engine, OPERATOR, thresholds=thresholds, reason=reason)
    with reading(engine) as connection:
        assert connection.execute(select(ClinicPolicy.revision)).all() == []


def test_a_clinician_alone_may_not_change_them(engine: Engine) -> None:
    clinician = Person("somebody", frozenset({Role.CLINICIAN}), sites=None)
    with pytest.raises(Refused):
        set_rules(engine, clinician, thresholds={"confirmation": 1}, reason="I would like to")
