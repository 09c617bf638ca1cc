"""How much a patient has been given: infusions and milligrams of a year, and peak blood pressure.

Milligrams of one drug by one route are never added to those of another: a spray of esketamine and
an infusion of ketamine are no common measure. What nobody wrote down is counted, not guessed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from statistics import median

MONTHS = 12
# As many of the latest peaks as an induction has infusions, beside those before them.
LATEST = 6
FEWEST_BEFORE = 3


@dataclass(frozen=True, slots=True)
class Given:
    """One infusion as exposure counts it. Pressures in mmHg; blanks were not recorded."""

    day: date
    drug: str
    route: str | None = None
    dose_mg: float | None = None
    mg_kg: float | None = None
    systolic_before: float | None = None
    systolic_peak: float | None = None
    diastolic_peak: float | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """Infusions of one drug by one route; `milligrams` is of those whose dose is recorded."""

    drug: str
    route: str | None
    infusions: int
    milligrams: float
    without_dose: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was given in one calendar month, as far as it lies in the year; `first` is its 1st."""

    first: date
    infusions: int
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """The year after `since` up to `until`. `months` are oldest first and add up to `amounts`."""

    since: date
    until: date
    infusions: int
    without_dose: int
    amounts: tuple[Amount, ...]
    months: tuple[Month, ...]
    latest: Given | None


@dataclass(frozen=True, slots=True)
class Pressure:
    """Peaks of all infusions, oldest first. `over`: those with a systolic peak above `line`.

    `latest_median` is of the last LATEST peaks, `before_median` of those before them, None where
    fewer than FEWEST_BEFORE are; mmHg.
    """

    peaks: tuple[Given, ...]
    without_peak: int
    line: int
    over: tuple[Given, ...]
    latest_median: float | None
    before_median: float | None

    @property
    def before(self) -> int:
        return max(len(self.peaks) - LATEST, 0)


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later or earlier, or the last of a month too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def sum_up_year(given: Iterable[Given], *, today: date) -> Exposure:
    """Add up what was given in the twelve months that end today; `given` is in order of time."""
    everything = [one for one in given if one.day <= today]
    since = add_months(today, -MONTHS)
    year = [one for one in everything if one.day > since]
    firsts = [add_months(since.replace(day=1), number) for number in range(MONTHS + 1)]
    months = tuple(_month(first, year) for first in firsts)
    amounts = _amounts(year)
    return Exposure(
        since,
        today,
        len(year),
        sum(amount.without_dose for amount in amounts),
        amounts,
        months,
        everything[-1] if everything else None,
    )


def read_pressure(given: Iterable[Given], *, line: int) -> Pressure:
    """Describe the peaks of all infusions; `line` is the clinic's, in mmHg systolic."""
    everything = list(given)
    peaks = [one for one in everything if one.systolic_peak is not None]
    values = [one.systolic_peak for one in peaks if one.systolic_peak is not None]
    latest, before = values[-LATEST:], values[:-LATEST]
    return Pressure(
        tuple(peaks),
        len(everything) - len(peaks),
        line,
        tuple(one for one in peaks if one.systolic_peak is not None and one.systolic_peak > line),
        median(latest) if latest else None,
        median(before) if len(before) >= FEWEST_BEFORE else None,
    )


def _month(first: date, year: Sequence[Given]) -> Month:
    within = [one for one in year if one.day.replace(day=1) == first]
    return Month(first, len(within), _amounts(within))


def _amounts(given: Sequence[Given]) -> tuple[Amount, ...]:
    """Add up by drug and route, what was given most often first."""
    ways = list(dict.fromkeys((one.drug, one.route) for one in given))
    amounts = [_amount(way, [one for one in given if (one.drug, one.route) == way]) for way in ways]
    return tuple(sorted(amounts, key=lambda it: (-it.infusions, it.drug, it.route or "")))


def _amount(way: tuple[str, str | None], given: Sequence[Given]) -> Amount:
    doses = [one.dose_mg for one in given if one.dose_mg is not None]
    return Amount(*way, len(given), fsum(doses), len(given) - len(doses))
