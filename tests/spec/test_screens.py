"""When a screen is due by the clinic's policy: the rule as a table."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from models.errors import DefinitionError
from models.exposure_rules import SOURCES, ExposureRules
from models.outcomes.screens import find_due
from models.screening import ScreenKind
from tests.histories import read_table

POLICY = ExposureRules(urinary_months=6, urinary_infusions=4)
# The first of a month is written as the month: infusions on "1 2", days 1 Jan and 1 Feb.
CASES = """
    infusions      | screens | since | due        | by
    -              | -       | 0     | -          | -
    -              | 3       | 0     | -          | -
    1              | -       | 1     | 2026-07-01 | months
    1 2 3          | -       | 3     | 2026-07-01 | months
    1 2 3 4        | -       | 4     | 2026-04-01 | infusions
    1 2 3 4 5      | -       | 5     | 2026-04-01 | infusions
    1 2 3 8        | -       | 4     | 2026-07-01 | months
    1 2 3          | 3       | 0     | -          | -
    1 2 3 4        | 3       | 1     | 2026-09-01 | months
    1 2 3 4 5 6 7  | 3       | 4     | 2026-07-01 | infusions
    1 2 3 4 5 6 7  | 1 3     | 4     | 2026-07-01 | infusions
    5              | 3       | 1     | 2026-09-01 | months
    1 12           | 3       | 1     | 2026-12-01 | months
"""


def days(cell):
    return [date(2026, int(month), 1) for month in cell.replace("-", "").split()]


def said(value):
    return "-" if value is None else str(value)


@pytest.mark.parametrize("case", read_table(CASES), ids=lambda case: "/".join(case.values()))
def test_it_is_due_by_months_or_by_infusions_whichever_comes_first(case):
    found = find_due(ScreenKind.URINARY, days(case["screens"]), days(case["infusions"]), POLICY)

    assert said(found.infusions_since) == case["since"]
    assert (said(found.due_on), said(found.by)) == (case["due"], case["by"])


def test_each_kind_has_a_rule_of_its_own():
    given = days("1 2 3 4 5")
    policy = ExposureRules(urinary_infusions=4, cognition_months=2, cognition_infusions=99)

    urinary, cognition = (find_due(kind, [], given, policy) for kind in ScreenKind)

    assert (urinary.due_on, cognition.due_on) == (date(2026, 4, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("given", "today", "is_due", "is_paused"),
    [
        ("1 3", "2026-06-30", False, False),
        ("1 3", "2026-07-01", True, False),
        ("1 3", "2026-09-01", True, False),  # six months after the last infusion
        ("1 3", "2026-09-02", False, True),
        ("1 3 11", "2026-11-01", True, False),  # given again
        ("1", "2026-07-01", True, False),
        ("1", "2026-07-02", False, True),
    ],
)
def test_it_is_due_from_its_day_on_for_as_long_as_treatment_goes_on(
    given, today, is_due, is_paused
):
    found, today = find_due(ScreenKind.URINARY, [], days(given), POLICY), date.fromisoformat(today)

    assert (found.is_due(today), found.is_paused(today)) == (is_due, is_paused)


def slowly(done, given, today, months, infusions):
    """Ask on each day from the first on whether the rule asks for a screen; return that day."""
    if not given and not done:
        return None
    last = done[-1] if done else None
    start, day = last or given[0], min([*done, *given])
    while day <= today:
        since = [one for one in given if (last is None or one > last) and one <= day]
        whole = (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)
        if since and (len(since) >= infusions or whole >= months):
            return day
        day += timedelta(days=1)
    return None


@pytest.mark.parametrize("seed", range(30))
def test_asking_day_by_day_finds_the_same_day(seed):
    chance = Random(seed)
    first = date(2025, 1, 1)
    # No day after the 28th, so that months are whole in the plain answer as well.
    calendar = [day for day in (first + timedelta(n) for n in range(600)) if day.day <= 28]
    given = sorted(chance.choice(calendar) for _ in range(chance.randrange(1, 20)))
    done = sorted(chance.choice(calendar) for _ in range(chance.randrange(3)))
    policy = ExposureRules(
        cognition_months=chance.randrange(1, 9), cognition_infusions=chance.randrange(1, 9)
    )

    found = find_due(ScreenKind.COGNITION, done, given, policy)

    assert found.due_on == slowly(
        done, given, date(2028, 1, 1), policy.cognition_months, policy.cognition_infusions
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"urinary_months": 0}, "urinary_months must be a whole number of 1"),
        ({"cognition_infusions": 2.5}, "cognition_infusions must be a whole number"),
        ({"peak_systolic": 90}, "peak_systolic must be a whole number of 100"),
        ({"peak_systolic": 301}, "peak_systolic must be 300 at most"),
        ({"urinary_months": True}, "urinary_months"),
    ],
)
def test_a_policy_that_makes_no_sense_is_none(values, said):
    with pytest.raises(DefinitionError, match=said):
        ExposureRules(**values)


def test_a_stored_policy_is_read_back_and_every_number_has_its_source():
    policy = ExposureRules(urinary_months=3, revision=4)

    assert ExposureRules.from_dict(policy.to_dict()) == policy
    assert set(SOURCES) == set(policy.to_dict()) - {"revision"}
    with pytest.raises(DefinitionError, match="no bladder"):
        ExposureRules.from_dict({"bladder": 1})
