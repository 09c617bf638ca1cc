"""What is kept without a day says the same as each day's own schedule, whatever day it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.checkins.schedule import State, completion, missed_in_a_row
from models.checkins.standing import CheckInStanding, pack_forms, stand, unpack_forms
from tests.histories import on
from tests.models.checkins.test_schedules_agree import cases, many, product
from tests.schedules import find_dues

DAY = timedelta(1)


def kept(case: dict[str, Any]) -> CheckInStanding:
    return stand(product({**case, "today": date.max}))


def count(found: CheckInStanding, since: date, until: date, today: date) -> tuple[int, int, int]:
    """Return patients (one or none), done and expected, as the counts of a site are read."""
    inside = [
        form
        for form in found.forms
        if since <= form.due_on <= until and (form.is_done or form.closes_on < today)
    ]
    patients = sum(form.before_on < since for form in inside)
    return patients, sum(form.is_done for form in inside), len(inside)


@given(cases(), st.integers(-40, 150), st.integers(0, 100))
@many
def test_counts_of_any_span(case, start, length):
    case["answered"] = {code: past(days, case["today"]) for code, days in case["answered"].items()}
    since, until = on(start), min(on(start + length), case["today"])
    done, expected = completion(product(case), since=since, until=until)

    assert count(kept(case), since, until, case["today"]) == (int(expected > 0), done, expected)


def past(days: list[date], today: date) -> list[date]:
    return [day for day in days if day <= today]


@given(cases())
@many
def test_missed_in_a_row_on_any_day(case):
    """Listed from the second missed to the eighth, and four weeks after the last of them all."""
    case["answered"] = {code: past(days, on(0)) for code, days in case["answered"].items()}
    found = kept(case)
    last = max(
        (due.closes_on for due in product({**case, "today": date.max}) if is_missed(due)),
        default=date.min,
    )
    for ahead in range(0, 200, 3):
        today = on(ahead)
        in_a_row = missed_in_a_row(product({**case, "today": today}))
        is_listed = 2 <= in_a_row <= 8 and today - timedelta(28) <= last
        assert is_listed == bool(
            found.missed_from and found.missed_from <= today <= found.missed_until
        ), today


def is_missed(due: Any) -> bool:
    return due.state is State.MISSED


@given(cases())
@many
def test_forms_are_packed_without_loss(case):
    forms = kept(case).forms
    assert unpack_forms(pack_forms(forms)) == forms


def test_two_weekly_forms_missed_after_an_infusion():
    """Day 7 and day 14 close on days 13 and 20; the ninth full form, fortnight 70, on day 76."""
    records = """
        day | infusion | answered
        -1  | -        | PHQ-9
        0   | yes      | -
        1   | -        | MOOD-11
        3   | -        | MOOD-11
    """
    found = stand(find_dues(records, today=10_000))

    assert (found.missed_from, found.missed_until) == (on(21), on(76))


def test_nobody_is_asked_for_longer_than_a_year_before_an_infusion():
    found = stand(find_dues("day | answered\n -7 | PHQ-9", today=10_000))

    assert found.forms[-1].due_on == on(-7) + timedelta(days=364)
    assert len(found.forms) == 53
