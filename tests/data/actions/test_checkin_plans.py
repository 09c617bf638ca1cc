"""What a change of the plan of check-ins does to the forms that patients are sent."""

from __future__ import annotations

from dataclasses import replace

from data.actions.policies import set_policy
from data.policies import PLAN
from models.checkins.plan import Plan, Step
from models.policy import OPERATOR
from tests.checkins import ask
from tests.histories import on

SHORT = Plan(steps=(Step("weekly", (5, 12), ("PHQ-9", "GAD-7")),))


def change(clinic, plan, reason="six weeks are enough", person=OPERATOR):
    return set_policy(clinic.engine, person, PLAN, plan, reason=reason)


def test_a_plan_is_in_force_at_once(clinic):
    asked = ask(clinic)
    change(clinic, SHORT)

    form = asked.form(asked.link(5).token)
    assert {question.instrument for question in form.questions} == {"PHQ-9", "GAD-7"}


def test_a_form_that_was_begun_keeps_its_questions(clinic):
    asked = ask(clinic)
    token = asked.link().token
    before = asked.form(token).questions

    change(clinic, replace(SHORT, steps=(Step("weekly", (7,), ("GAD-7",)),)))

    assert asked.form(token).questions == before
    assert asked.form(token).due_on == on(7)
