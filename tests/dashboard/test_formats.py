from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from dashboard import formats

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12, "12"),
        (12.0, "12"),
        (6.3, "6.3"),
        (6.25, "6.2"),
        (0.04, "0"),
        (-0.04, "0"),
        (-4, "\u22124"),
        (100, "100"),
        (np.float64(7.5), "7.5"),
        (None, ""),
        (float("nan"), ""),
        (pd.NA, ""),
    ],
)
def test_numbers_carry_no_decimals_they_were_not_given(value, text):
    assert formats.number(value) == text


def test_a_change_always_shows_its_direction():
    assert [formats.change(v) for v in (3, -12, 0, None)] == ["+3", "\u221212", "0", ""]


def test_a_share_is_a_whole_percentage_that_does_not_break_over_lines():
    assert [formats.share(v) for v in (0.54, 1, 0, 0.005, None)] == [
        "54\u00a0%",
        "100\u00a0%",
        "0\u00a0%",
        "0\u00a0%",
        "",
    ]
    assert formats.share(0.125, 1) == "12.5\u00a0%"


def test_dates_read_the_same_whatever_the_language_of_the_machine():
    assert formats.day(date(2026, 1, 5)) == "5 Jan 2026"
    assert formats.weekday(TODAY) == "Fri 20 Nov"
    assert formats.short_day(date(2026, 5, 3), today=TODAY) == "3 May"
    assert formats.short_day(date(2025, 5, 3), today=TODAY) == "3 May 2025"
    assert formats.clock(datetime(2026, 1, 5, 9, 5)) == "09:05"  # noqa: DTZ001 local on purpose
    assert [formats.day(None), formats.weekday(None), formats.clock(pd.NaT)] == ["", "", ""]


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        (24, 31, "24–31 days"),
        (0, 7, "under 7 days"),
        (0, 1, "under 1 day"),
        (19, None, "at least 19 days"),
        (1.0, float("nan"), "at least 1 day"),
        (5, 5, "5 days"),
        (None, 7, ""),
    ],
)
def test_how_long_something_held_is_an_interval(lower, upper, text):
    assert formats.day_range(lower, upper) == text


@pytest.mark.parametrize(
    ("on", "text"),
    [
        (TODAY, "today"),
        (date(2026, 11, 19), "yesterday"),
        (date(2026, 11, 17), "3 days ago"),
        (date(2026, 11, 21), "in 1 day"),
        (date(2026, 8, 13), "99 days ago"),
        (date(2026, 8, 12), "3 months ago"),
        (date(2025, 11, 21), "11 months ago"),
        (date(2024, 11, 20), "24 months ago"),
        (None, ""),
    ],
)
def test_how_old_a_check_in_is(on, text):
    assert formats.age(on, TODAY) == text


@pytest.mark.parametrize(
    ("milligrams", "per_kilogram", "text"),
    [
        (40, 0.5, "40 mg (0.5 mg/kg)"),
        (52.5, 0.714285, "52.5 mg (0.71 mg/kg)"),
        (40, None, "40 mg"),
        (None, 0.5, "0.5 mg/kg"),
        (None, float("nan"), ""),
    ],
)
def test_a_dose_shows_what_is_known_of_it(milligrams, per_kilogram, text):
    assert formats.dose(milligrams, per_kilogram) == text


def test_counts_agree_with_their_noun():
    counted = [formats.count(n, "course") for n in (0, 1, 12_400)]
    assert counted == ["0 courses", "1 course", "12,400 courses"]
    assert formats.count(2, "entry", "entries") == "2 entries"
    assert [formats.days(n) for n in (1, 2.0, None)] == ["1 day", "2 days", ""]
