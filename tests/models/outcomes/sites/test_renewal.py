"""What was published is replaced only by what many patients have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.outcomes.sites.facts import Breakdown, Counted, Mark
from models.outcomes.sites.renewal import (
    Question,
    find_changes,
    name_row,
    plan_renewal,
    renew_marks,
)

FEWEST = 11
COURSE = Counted(
    1, "PHQ-9", 1, date(2026, 5, 1), "induction", "ptsd", "IV", 6, 2,
    Mark.RESPONDED, True, Mark.IMPROVED, 21, None,
)  # fmt: skip
ROWS = {"kind=induction", "indication=ptsd", "route=IV", "month=2026-05", "quarter=2026-Q2"}
ALL_OF_IT = {"course", "outcome", "length", *ROWS}


@pytest.mark.parametrize(
    ("before", "after", "questions"),
    [
        ([COURSE], [COURSE], set()),
        ([], [COURSE], ALL_OF_IT),
        ([COURSE], [replace(COURSE, lower_days=28)], {"length"}),
        ([COURSE], [replace(COURSE, remitted=False)], {"outcome"}),
        ([COURSE], [replace(COURSE, severity=5)], {"course"}),
        ([COURSE], [replace(COURSE, booster="late")], {"booster"}),
        ([COURSE], [replace(COURSE, route="IM")], {"course", "route=IV", "route=IM"}),
        (
            [replace(COURSE, step=Mark.NO_BASELINE, lower_days=None)],
            [replace(COURSE, step=Mark.NOT_FOLLOWED, lower_days=None)],
            {"course"},
        ),
        # Beyond 24 weeks nothing of it is in any figure.
        ([replace(COURSE, lower_days=170)], [replace(COURSE, lower_days=300)], set()),
        ([], [replace(COURSE, instrument="")], {"given"}),
    ],
)
def test_what_changes_when_a_patient_counts_as_something_else(before, after, questions):
    assert {question for _, _, question in find_changes(before, after)} == questions


def test_who_moves_changes_both_sites():
    moved = find_changes([COURSE], [replace(COURSE, site=2)])
    assert {site for site, _, _ in moved} == {1, 2}


@pytest.mark.parametrize(
    ("fresh", "whole", "boosters"),
    [
        ({}, False, False),
        ({"course": 10}, False, False),
        ({"course": 11}, True, False),
        ({"course": 30, "outcome": 10}, False, False),
        ({"course": 30, "outcome": 11, "length": 10}, False, False),
        ({"course": 30, "outcome": 11, "length": 11, "given": 1}, False, False),
        ({"length": 11}, True, False),
        ({"course": 11, "booster": 10}, True, False),
        ({"booster": 11}, False, True),
    ],
)
def test_a_site_waits_while_any_question_has_changed_for_one_to_ten(fresh, whole, boosters):
    found = plan_renewal(fresh, FEWEST)
    assert (found.whole, found.boosters) == (whole, boosters)


def test_a_row_that_few_have_changed_keeps_its_figures():
    fresh = {"course": 15, "outcome": 15, "kind=induction": 12, "kind=maintenance": 3}
    found = plan_renewal(fresh, FEWEST)
    assert found.kept[Breakdown.KIND] == {"kind=maintenance"}
    assert found.settles("kind=induction")
    assert not found.settles("kind=maintenance")
    assert not found.settles("kind=induction", stuck=[Breakdown.KIND])


def test_a_quarter_waits_with_its_months():
    fresh = {"outcome": 20, "month=2026-04": 15, "month=2026-05": 5, "quarter=2026-Q2": 20}
    kept = plan_renewal(fresh, FEWEST).kept
    assert kept[Breakdown.MONTH] == {"month=2026-04", "month=2026-05"}
    assert kept[Breakdown.QUARTER] == {"quarter=2026-Q2"}


def test_the_marks_to_publish_are_old_and_new_ones_as_planned():
    def marks(n):
        return {
            ("all", "", "responded"): (n, n, n),
            ("all", "", "boosted_late"): (n, n, n),
            ("kind", "induction", "responded"): (n, n, n),
            ("kind", "maintenance", "responded"): (n, n, n),
        }

    fresh = {"outcome": 11, "booster": 2, "kind=induction": 11, "kind=maintenance": 1}
    renewal = plan_renewal(fresh, FEWEST)
    assert renew_marks(marks(1), marks(2), renewal) == {
        ("all", "", "responded"): (2, 2, 2),
        ("all", "", "boosted_late"): (1, 1, 1),
        ("kind", "induction", "responded"): (2, 2, 2),
        ("kind", "maintenance", "responded"): (1, 1, 1),
    }
    stuck = renew_marks(marks(1), marks(2), renewal, [Breakdown.KIND])
    assert stuck["kind", "induction", "responded"] == (1, 1, 1)


def test_names_of_rows_fit_their_column():
    assert len(name_row(Breakdown.INDICATION, "x" * 80)) == 80
    assert not plan_renewal({name_row("indication", "x" * 80): 1}).settles(
        name_row("indication", "x" * 80)
    )
    assert Question.COURSE == "course"
