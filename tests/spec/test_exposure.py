"""What was given in a year and how blood pressure took it: the rules as tables."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random

import pytest

from models.outcomes.exposure import (
    Given,
    add_months,
    read_pressure,
    sum_up_year,
)
from tests.histories import read_table

TODAY = date(2026, 11, 21)
RECORDS = """
    day        | drug       | route | mg | mg/kg | before | peak
    2025-11-20 | ketamine   | IV    | 40 | 0.5   | 120    | 150
    2025-11-21 | ketamine   | IV    | 40 | 0.5   | 120    | 151
    2025-11-22 | ketamine   | IV    | 40 | 0.5   | 120    | 181
    2025-11-30 | ketamine   | IV    | -  | 0.5   | 125    | 180
    2026-03-02 | ketamine   | IM    | 60 | 0.7   | 130    | -
    2026-03-31 | esketamine | IN    | 56 | -     | 130    | 140
    2026-11-21 | ketamine   | IV    | 45 | 0.55  | 128    | 190
    2026-11-22 | ketamine   | IV    | 99 | 1.2   | 128    | 199
"""


def read_given(text):
    """Return a Given a row; "-" is nothing."""

    def number(cell):
        return None if cell == "-" else float(cell)

    return [
        Given(
            date.fromisoformat(row["day"]),
            row["drug"],
            row["route"],
            number(row["mg"]),
            number(row["mg/kg"]),
            number(row["before"]),
            number(row["peak"]),
        )
        for row in read_table(text)
    ]


def test_a_year_is_the_twelve_months_that_end_today():
    year = sum_up_year(read_given(RECORDS), today=TODAY)

    assert (year.since, year.until) == (date(2025, 11, 21), TODAY)
    assert (year.infusions, year.without_dose) == (5, 1)
    assert (year.latest.day, year.latest.dose_mg, year.latest.mg_kg) == (TODAY, 45, 0.55)


def test_milligrams_are_added_by_drug_and_route_and_never_guessed():
    year = sum_up_year(read_given(RECORDS), today=TODAY)

    told = [
        (it.drug, it.route, it.infusions, it.milligrams, it.without_dose) for it in year.amounts
    ]
    assert told == [
        ("ketamine", "IV", 3, 85, 1),
        ("esketamine", "IN", 1, 56, 0),
        ("ketamine", "IM", 1, 60, 0),
    ]


def test_months_begin_on_their_first_and_the_oldest_is_counted_as_far_as_it_is_in_the_year():
    months = sum_up_year(read_given(RECORDS), today=TODAY).months

    assert [(it.first.isoformat()[:7], it.infusions) for it in months] == [
        ("2025-11", 2), ("2025-12", 0), ("2026-01", 0), ("2026-02", 0), ("2026-03", 2),
        ("2026-04", 0), ("2026-05", 0), ("2026-06", 0), ("2026-07", 0), ("2026-08", 0),
        ("2026-09", 0), ("2026-10", 0), ("2026-11", 1),
    ]  # fmt: skip
    assert [(it.milligrams, it.without_dose) for it in months[0].amounts] == [(40, 1)]


def test_who_was_never_given_anything_has_no_last_dose():
    year = sum_up_year([], today=TODAY)

    assert (year.infusions, year.amounts, year.latest) == (0, (), None)
    assert [month.infusions for month in year.months] == [0] * 13


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-11-21", -12, "2025-11-21"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-05-15", 0, "2026-05-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-08-31", 6, "2027-02-28"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_short_month(day, months, then):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(then)


def slowly(given, today):
    """Count the days of the year one after the other."""
    milligrams, counts, unknown = defaultdict(list), defaultdict(int), 0
    day = today
    while not (day.month == today.month and day.day == today.day and day.year == today.year - 1):
        for one in given:
            if one.day == day:
                counts[one.drug, one.route, day.strftime("%Y-%m")] += 1
                if one.dose_mg is None:
                    unknown += 1
                else:
                    milligrams[one.drug, one.route].append(one.dose_mg)
        day -= timedelta(days=1)
    return counts, {way: sum(doses) for way, doses in milligrams.items()}, unknown


@pytest.mark.parametrize("seed", range(20))
def test_a_plain_count_of_days_finds_the_same(seed):
    chance = Random(seed)
    today = date(2026, 1, 1) + timedelta(chance.randrange(364))
    days = sorted(today - timedelta(chance.randrange(-3, 500)) for _ in range(40))
    given = [
        Given(
            day,
            chance.choice(("ketamine", "esketamine")),
            chance.choice(("IV", "IN", None)),
            chance.choice((None, 40.0, 56.0, 84.0)),
        )
        for day in days
    ]
    counts, milligrams, unknown = slowly(given, today)

    year = sum_up_year(given, today=today)

    assert (year.infusions, year.without_dose) == (sum(counts.values()), unknown)
    assert {
        (it.drug, it.route): it.milligrams for it in year.amounts if it.milligrams
    } == milligrams
    monthly = {
        (it.drug, it.route, month.first.strftime("%Y-%m")): it.infusions
        for month in year.months
        for it in month.amounts
    }
    assert monthly == dict(counts)


# --- blood pressure ---------------------------------------------------------------------------


def test_over_the_line_is_not_on_it_and_an_unrecorded_peak_is_said():
    pressure = read_pressure(read_given(RECORDS), line=180)

    assert [one.systolic_peak for one in pressure.over] == [181, 190, 199]
    assert (len(pressure.peaks), pressure.without_peak) == (7, 1)


@pytest.mark.parametrize(
    ("peaks", "latest", "before"),
    [
        ("", None, None),
        ("150", 150, None),
        ("150 160", 155, None),
        ("150 130 170 140 160 120", 145, None),
        ("200 200 150 130 170 140 160 120", 145, None),  # two before are too few
        ("200 190 210 150 130 170 140 160 120", 145, 200),
        ("100 200 190 210 150 130 170 140 160 120", 145, 195),
    ],
)
def test_the_last_six_are_set_beside_those_before(peaks, latest, before):
    given = [
        Given(TODAY + timedelta(number), "ketamine", systolic_peak=float(peak))
        for number, peak in enumerate(peaks.split())
    ]

    found = read_pressure(given, line=180)

    assert (found.latest_median, found.before_median) == (latest, before)
    assert found.before == max(len(peaks.split()) - 6, 0)
