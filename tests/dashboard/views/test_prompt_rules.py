"""The lines for review prompts on Definitions: read by staff, changed by administrators."""

from __future__ import annotations

from dataclasses import replace

from dashboard.wording import policies
from dashboard.wording import prompt_rules as words
from data.actions.policies import set_policy
from data.policies import PROMPTS
from data.queries.policies import read_policy
from models.outcomes.prompt_rules import OF_SAFETY, SOURCES, Prompt, PromptRules
from models.policy import OPERATOR
from tests.dashboard.views.people import ADA, clinician_at
from tests.dashboard.views.screens import open_screen


def in_force(clinic):
    return read_policy(clinic.engine, OPERATOR, PROMPTS)


def change(screen, why="Too many lines"):
    screen.field("text_input", words.WHY).set_value(why)
    return screen.press(words.CHANGE_IT)


def test_each_line_stands_with_its_value_and_its_source(clinic):
    said = open_screen("definitions", person=clinician_at(clinic.denver)).said
    for name, source in SOURCES.items():
        shown = words.value(name, getattr(PromptRules(), name))
        assert f"{words.NAMES[name]}  {shown}  {source}" in said
    assert f"{words.KINDS[Prompt.SAFETY]}  always" in said
    assert f"{words.KINDS[Prompt.SILENT]}  yes" in said
    assert words.CHANGE_IT not in said


def test_an_installation_without_outlooks_says_that_none_are_shown(clinic, monkeypatch):
    monkeypatch.setenv("AFTERGLOW_OUTLOOK", "off")
    said = open_screen("definitions", person=clinician_at(clinic.denver)).said

    assert f"{words.KINDS[Prompt.OUTLOOK]}  {words.NO_OUTLOOKS}" in said


def test_an_administrator_changes_lines_and_switches_kinds_off(clinic):
    screen = open_screen("definitions", person=ADA)
    screen.field("number_input", f"{words.NAMES['chance']} (%)").set_value(55)
    screen.field("selectbox", words.NAMES["chance_days"]).set_value(21)
    screen.field("number_input", words.NAMES["snooze_days"]).set_value(14)
    screen.field("checkbox", words.KINDS[Prompt.SILENT]).set_value(False)
    change(screen)

    assert in_force(clinic) == PromptRules(
        chance=0.55,
        chance_days=21,
        snooze_days=14,
        off=frozenset({Prompt.SILENT}),
        revision=2,
    )
    assert "Longest snooze: 28 days, then 14 days" in screen.said
    assert "Silence: yes, then switched off" in screen.said
    assert "Too many lines" in screen.said


def test_what_is_about_safety_is_not_offered(clinic):
    screen = open_screen("definitions", person=ADA)

    offered = {box.label for box in screen.at.checkbox}
    assert offered.isdisjoint({words.KINDS[prompt] for prompt in OF_SAFETY})
    assert words.KINDS[Prompt.MISSED] in offered


def test_what_was_not_touched_stays_what_it_was_to_the_last(clinic):
    set_policy(clinic.engine, OPERATOR, PROMPTS, PromptRules(gain_first=0.275), reason="Finer")
    screen = open_screen("definitions", person=ADA)
    screen.field("number_input", words.NAMES["missed"]).set_value(3)
    change(screen)

    assert in_force(clinic) == PromptRules(gain_first=0.275, missed=3, revision=3)


def test_what_makes_no_sense_or_has_no_reason_is_refused_and_says_why(clinic):
    screen = open_screen("definitions", person=ADA)
    screen.field("number_input", f"{words.NAMES['gain_first']} (%)").set_value(60)
    change(screen)
    assert "must not be less than" in screen.at.error[0].value.replace("\\", "")
    screen.field("number_input", f"{words.NAMES['gain_first']} (%)").set_value(30)
    change(screen, why=" ")
    assert "needs a reason" in screen.at.error[0].value
    assert in_force(clinic) == PromptRules()


def test_the_second_of_two_sees_what_the_first_did(clinic):
    screen = open_screen("definitions", person=ADA)
    screen.field("number_input", words.NAMES["missed"]).set_value(3)
    theirs = set_policy(
        clinic.engine, OPERATOR, PROMPTS, replace(PromptRules(), missed=5), reason="Theirs"
    )
    change(screen)
    assert any("Somebody else has changed" in it.value for it in screen.at.warning)
    assert in_force(clinic) == theirs
    screen.press(policies.AS_IT_IS_NOW)
    assert screen.field("number_input", words.NAMES["missed"]).value == 5
