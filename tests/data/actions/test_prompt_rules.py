"""Changing the clinic's lines for prompts: with a reason, a revision kept, nothing overwritten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.actions.prompt_rules import set_prompt_rules
from data.queries.prompt_rules import read_prompt_rules
from models.errors import Conflict, Refused
from models.outcomes.prompt_rules import Prompt, PromptRules
from models.policy import OPERATOR, Denied, Operation
from models.tables import StoredEpisode
from tests.clinic import LOST, audit_of, rows_of

STRICTER = PromptRules(gain_first=0.2, off=frozenset({Prompt.MISSED}))


def change(clinic, lines, person=OPERATOR, reason="Too many lines"):
    return set_prompt_rules(clinic.engine, person, lines=lines, reason=reason)


def test_the_defaults_hold_until_a_clinic_has_set_its_own(clinic):
    assert read_prompt_rules(clinic.engine, OPERATOR).in_force == PromptRules()

    made = change(clinic, STRICTER)

    found = read_prompt_rules(clinic.engine, clinic.anna)
    assert found.in_force == made == replace(STRICTER, revision=2)
    [kept] = found.history
    assert (kept.lines, kept.reason, kept.recorded_by) == (made, "Too many lines", OPERATOR.name)


def test_every_revision_is_kept_and_the_line_names_what_was_changed(clinic):
    first = change(clinic, STRICTER)
    second = change(clinic, replace(first, missed=4), reason="  Fewer still ")

    history = read_prompt_rules(clinic.engine, OPERATOR).history
    assert [it.lines for it in history] == [second, first]
    assert history[0].reason == "Fewer still"
    details = [
        line.detail for line in audit_of(clinic.engine) if line.operation == Operation.SET_POLICY
    ]
    assert details == [
        {"about": "prompts", "revision": 2, "changed": ["gain_first", "off"]},
        {"about": "prompts", "revision": 3, "changed": ["missed"]},
    ]


def test_nothing_is_recomputed(clinic):
    clinic.register("P-1", records=LOST)
    before = rows_of(clinic.engine, StoredEpisode)

    change(clinic, STRICTER)

    assert rows_of(clinic.engine, StoredEpisode) == before


def test_without_a_reason_or_a_change_or_leave_nothing_is_changed(clinic):
    with pytest.raises(Refused, match="reason"):
        change(clinic, STRICTER, reason="  ")
    with pytest.raises(Refused, match="already in force"):
        change(clinic, PromptRules())
    with pytest.raises(Denied):
        change(clinic, STRICTER, person=clinic.anna)
    assert read_prompt_rules(clinic.engine, OPERATOR).history == ()


def test_the_second_of_two_is_told(clinic):
    change(clinic, STRICTER)

    with pytest.raises(Conflict, match="somebody else"):
        change(clinic, replace(PromptRules(), missed=5))
