"""The clinic's plan: a revision for every change, and only forms that patients can be shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.actions.checkin_plans import set_plan
from data.queries.checkin_plans import read_plans
from models.checkins.plan import DEFAULT_MAIN, Plan, Step
from models.errors import Conflict, DefinitionError, Refused
from models.policy import OPERATOR, Denied
from tests.checkins import ask
from tests.clinic import audit_of, everything
from tests.histories import on

SHORT = Plan(steps=(Step("weekly", (5, 12), ("PHQ-9", "GAD-7")),))


def change(clinic, plan, reason="six weeks are enough", person=OPERATOR):
    return set_plan(clinic.engine, person, plan=plan, reason=reason)


def test_until_a_clinic_has_set_one_the_default_is_in_force(clinic):
    found = read_plans(clinic.engine, clinic.anna)

    assert (found.in_force, found.history) == (Plan(), ())


def test_a_plan_is_in_force_at_once_and_how_it_came_to_be_is_kept(clinic):
    asked = ask(clinic)
    made = change(clinic, SHORT)

    assert made == replace(SHORT, revision=2)
    found = read_plans(clinic.engine, clinic.anna)
    assert found.in_force == made
    [revision] = found.history
    assert (revision.plan, revision.reason) == (made, "six weeks are enough")
    form = asked.form(asked.link(5).token)
    assert {question.instrument for question in form.questions} == {"PHQ-9", "GAD-7"}
    lines = [line.detail for line in audit_of(clinic.engine) if line.operation == "set_policy"]
    assert lines == [{"about": "check-ins", "revision": 2, "changed": ["steps"]}]


@pytest.mark.parametrize(
    ("plan", "reason", "error", "said"),
    [
        (SHORT, "  ", Refused, "needs a reason"),
        (Plan(), "no change", Refused, "already in force"),
        (replace(SHORT, revision=2), "stale", Conflict, "somebody else"),
        (Plan(steps=(Step("w", (7,), ("PACS",)),)), "x", DefinitionError, "PACS: its questions"),
        (Plan(steps=(Step("w", (7,), ("XYZ",)),)), "x", DefinitionError, "XYZ is not an instr"),
        (Plan(main={**DEFAULT_MAIN, "ocd": ("PHQ-9", "Y-BOCS")}), "x", DefinitionError, "Y-BOCS"),
        (Plan(pulse={"other": "WHO-5"}), "x", DefinitionError, "WHO-5"),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_plan_that_cannot_be_is_refused_and_changes_nothing(clinic, plan, reason, error, said):
    before = everything(clinic.engine)
    with pytest.raises(error, match=said):
        change(clinic, plan, reason)
    assert everything(clinic.engine) == before


def test_of_two_who_change_it_the_later_hears_of_it(clinic):
    change(clinic, SHORT)
    with pytest.raises(Conflict):
        change(clinic, replace(SHORT, full_within=21))
    assert change(clinic, replace(SHORT, full_within=21, revision=2)).revision == 3


def test_a_form_that_was_begun_keeps_its_questions(clinic):
    asked = ask(clinic)
    token = asked.link().token
    before = asked.form(token).questions

    change(clinic, replace(SHORT, steps=(Step("weekly", (7,), ("GAD-7",)),)))

    assert asked.form(token).questions == before
    assert asked.form(token).due_on == on(7)


def test_clinicians_read_it_and_do_not_change_it(clinic):
    with pytest.raises(Denied):
        change(clinic, SHORT, person=clinic.anna)
