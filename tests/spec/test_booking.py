"""Whether the infusion that was booked has been given: the rule, a table a case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.outcomes.booking import Booked, follow_booking
from tests.histories import on, read_table

CASES = """
    booked | made on | given on   | today | state       | by
    20     | 10      | -          | 15    | awaited     | -
    20     | 10      | -          | 20    | awaited     | -
    20     | 10      | -          | 21    | gone_by     | -
    20     | 10      | 20         | 20    | fulfilled   | 20
    20     | 10      | 17         | 18    | fulfilled   | 17
    20     | 10      | 23         | 23    | fulfilled   | 23
    20     | 10      | 16         | 18    | awaited     | -
    20     | 10      | 16         | 21    | gone_by     | -
    20     | 10      | 24         | 24    | given_later | 24
    20     | 10      | 24 31      | 35    | given_later | 24
    20     | 10      | 18 21      | 25    | fulfilled   | 21
    20     | 10      | 19 21      | 25    | fulfilled   | 19
    12     | 10      | 10         | 11    | awaited     | -
    12     | 10      | 9 10       | 13    | gone_by     | -
    12     | 10      | 11         | 11    | fulfilled   | 11
    10     | 10      | 10         | 10    | fulfilled   | 10
    10     | 10      | 8          | 11    | gone_by     | -
"""


@pytest.mark.parametrize("case", read_table(CASES), ids=lambda case: "/".join(case.values()))
def test_an_infusion_within_three_days_is_the_one_that_was_booked(case):
    given = [on(int(day)) for day in case["given on"].replace("-", "").split()]

    found = follow_booking(
        on(int(case["booked"])), on(int(case["made on"])), given, today=on(int(case["today"]))
    )

    assert found.state == case["state"]
    assert found.given_on == (None if case["by"] == "-" else on(int(case["by"])))


def test_of_a_day_ahead_the_last_infusion_alone_says_as_much_as_all_of_them():
    """The list of the morning knows no other."""
    days = range(8, 15)
    for first in days:
        for last in days:
            given = sorted({on(first), on(last)})
            for booked in range(given[-1].toordinal(), on(18).toordinal() + 1):
                day = on(0) + timedelta(booked - on(0).toordinal())
                wholly, lastly = (
                    follow_booking(day, on(10), some, today=given[-1])
                    for some in (given, given[-1:])
                )
                assert (wholly.state is Booked.AWAITED) == (lastly.state is Booked.AWAITED)
