"""Definitions: each rule with its source, each instrument with who has checked it."""

from __future__ import annotations

import pytest

from dashboard.wording import exposure_rules, plan, policies, prompt_rules, rules
from data.instruments import catalogue
from data.policies import RULES
from models.outcomes.rules import SOURCES
from models.policy import OPERATOR
from tests.dashboard.views.people import ADA, GROUP_MANAGER, clinician_at, manager_at
from tests.dashboard.views.screens import open_screen
from tests.policies import change_policy


def test_every_rule_stands_with_its_value_and_its_source(clinic):
    [table] = [body for body in open_screen("definitions").html if "Rule, revision" in body]
    assert table.count("<tr>") == 1 + len(SOURCES)
    for name in SOURCES:
        assert rules.name(name) in table
    assert "data-label='Value'>14 days</td>" in table


def test_every_instrument_that_no_clinician_has_checked_says_so(clinic):
    overview = open_screen("definitions").table.set_index("Instrument")["Review"]
    assert set(overview.index) == set(catalogue())
    for code, instrument in catalogue().items():
        assert overview[code] == (instrument.checked_by or "not yet clinically reviewed")


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_each_instrument_can_be_read(clinic, code):
    screen = open_screen("definitions")
    screen.field("selectbox", "Instrument").select(code)
    screen.run()
    instrument = catalogue()[code]
    assert instrument.title in screen.said
    assert instrument.source in screen.said
    if not instrument.checked_by:
        assert screen.at.warning[0].value.startswith(f"{code}: not yet clinically reviewed.")
    for item in instrument.items if instrument.has_text else ():
        assert item.text in screen.said


def test_only_whoever_may_change_the_rules_is_offered_it_and_reads_who_did(clinic):
    change_policy(clinic.engine, OPERATOR, RULES, {"silence": 21}, reason="<b>Monthly</b> now")
    for person in (clinician_at(clinic.denver), manager_at(clinic.denver), GROUP_MANAGER):
        screen = open_screen("definitions", person=person)
        assert not screen.at.expander
        assert "Monthly" not in screen.said
    screen = open_screen("definitions", person=ADA)
    assert [it.label for it in screen.at.expander] == [
        rules.CHANGE,
        rules.HISTORY,
        prompt_rules.CHANGE,
        prompt_rules.HISTORY,
        plan.CHANGE,
        plan.HISTORY,
        exposure_rules.CHANGE,
        exposure_rules.HISTORY,
    ]
    [history] = [body for body in screen.html if "Monthly" in body]
    assert "&lt;b&gt;Monthly&lt;/b&gt; now" in history
    assert "Days without a check-in that make a patient unknown: 14 days, then 21 days" in history
    assert "6 Mar 2026, 11:00, command line" in history


def test_unchanged_rules_say_so(clinic):
    assert policies.NO_HISTORY in open_screen("definitions", person=ADA).said


def test_every_instrument_names_its_revision(clinic):
    overview = open_screen("definitions").table.set_index("Instrument")["Revision"]
    assert overview.to_dict() == {code: it.revision for code, it in catalogue().items()}
