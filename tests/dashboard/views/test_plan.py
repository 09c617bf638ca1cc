"""The plan of check-ins on the Definitions page: read by staff, changed by administrators."""

from __future__ import annotations

import pytest

from dashboard.wording import plan as words
from dashboard.wording import policies
from data.actions.policies import set_policy
from data.policies import PLAN
from data.queries.policies import read_policy
from models.checkins.plan import Plan, Step
from models.errors import Refused
from models.policy import OPERATOR
from models.tables import CheckInPlan
from tests.clinic import rows_of
from tests.dashboard.views.people import ADA, clinician_at
from tests.dashboard.views.screens import open_screen


def in_force(clinic):
    return read_policy(clinic.engine, OPERATOR, PLAN)


def change(screen, why="Fewer forms"):
    screen.field("text_input", words.WHY).set_value(why)
    return screen.press(words.CHANGE_IT)


def test_the_plan_stands_in_words_with_its_sources(clinic):
    said = " ".join(open_screen("definitions", person=clinician_at(clinic.denver)).said.split())
    assert "Revision 1. Days are counted from the last infusion" in said
    assert "weekly 7 to 56 every 7 the full form 7 days Weekly forms are what outcome" in said
    assert "pulse 1, 3 the short question 2 days Days 1 and 3:" in said
    assert "PTSD PHQ-9 and PCL-5 MOOD-11" in said
    assert "any other PHQ-9 MOOD-11" in said
    assert words.CHANGE_IT not in said


def test_an_administrator_changes_days_and_instruments_with_a_reason(clinic):
    screen = open_screen("definitions", person=ADA)
    screen.field("text_input", "Days after the infusion: weekly").set_value("7 to 28 every 7")
    screen.field("text_input", "Days after the infusion: fortnightly").set_value("42, 56")
    screen.field("multiselect", "Full form: PTSD").set_value(["PHQ-9"])
    change(screen)
    plan = in_force(clinic)
    assert plan.revision == 2
    assert [step.days for step in plan.steps] == [(1, 3), (7, 14, 21, 28), (42, 56)]
    assert plan.main["ptsd"] == ("PHQ-9",)
    assert plan.pulse == Plan().pulse
    assert "the forms and their days; what the full form asks" in screen.said
    assert "Fewer forms" in screen.said


def test_a_step_without_days_is_taken_out_and_one_with_a_name_is_added(clinic):
    screen = open_screen("definitions", person=ADA)
    screen.field("text_input", "Days after the infusion: pulse").set_value(" ")
    screen.field("text_input", "Name: a new step").set_value("yearly")
    screen.field("text_input", "Days after the infusion: a new step").set_value("400")
    change(screen)
    assert [step.name for step in in_force(clinic).steps] == ["weekly", "fortnightly", "yearly"]


@pytest.mark.parametrize(
    ("label", "days", "said"),
    [
        ("weekly", "every Monday", 'Days are "1, 3" or "7 to 56 every 7"'),
        ("weekly", "7 to 56 every 0", 'Days are "1, 3" or "7 to 56 every 7"'),
        ("weekly", "7, 9", "day 9 is too close to day 7"),
    ],
)
def test_what_makes_no_plan_is_refused_and_says_why(clinic, label, days, said):
    screen = open_screen("definitions", person=ADA)
    screen.field("text_input", f"Days after the infusion: {label}").set_value(days)
    change(screen)
    assert said in screen.at.error[0].value.replace("\\", "")
    assert not rows_of(clinic.engine, CheckInPlan)


def test_a_change_needs_a_reason_and_does_not_overwrite_one_of_others(clinic):
    screen = open_screen("definitions", person=ADA)
    screen.field("number_input", words.FULL_WITHIN).set_value(10)
    change(screen, why=" ")
    assert "needs a reason" in screen.at.error[0].value
    set_policy(clinic.engine, OPERATOR, PLAN, Plan(full_within=21), reason="Theirs")
    change(screen)
    assert any("Somebody else has changed" in it.value for it in screen.at.warning)
    assert in_force(clinic).full_within == 21
    screen.press(policies.AS_IT_IS_NOW)
    assert screen.field("number_input", words.FULL_WITHIN).value == 21


@pytest.mark.parametrize("days", [(1, 3), (7, 14, 21, 28), (5,), (1, 2, 4, 8)])
def test_days_are_read_as_they_are_shown(days):
    assert words.read_days(words.days(Step("x", days)), 730) == days


def test_a_range_ends_where_a_count_ends():
    assert words.read_days("700 to 99999999 every 20", 730) == (700, 720)
    with pytest.raises(Refused):
        words.read_days("1 2 x", 730)
