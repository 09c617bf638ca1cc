"""What was said of a response on a past day, and the days that are looked back to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from models.outcomes.forecast.laws import Array

WITHIN = 14
# Prompts are looked for as often as patients are asked; an outlook is said every fourth week, as
# sayings a week apart are nearly the same saying; a model stands for twelve weeks, longer than the
# one in use, which is never older than a day.
LOOK_EVERY, SAY_EVERY, REFIT_EVERY = 7, 28, 84


@dataclass(frozen=True, slots=True)
class Saying:
    """What was said of one response on a day, and what is known of it now, in days from then.

    It was lost in (lower, upper], or `upper` is None. `within`: the chance then stated to lose it
    within 14 days; `low`, `high`: the 80 % window, None where it lay beyond all days worked out.
    `population`: the chance by Kaplan-Meier of all; `last_own`: days left if it held as long as the
    patient's last one, None without an earlier one.
    """

    patient: Hashable
    on: date
    lower: float
    upper: float | None
    within: float
    low: float | None
    high: float | None
    population: float
    last_own: float | None


@dataclass(frozen=True, eq=False)
class Sheet:
    """Sayings in columns. A loss is dated half-way, but never before the day of the saying."""

    patient: NDArray[np.intp]
    followed: Array
    is_lost: NDArray[np.bool_]
    within: Array
    low: Array
    high: Array
    population: Array
    last_own: Array  # NaN without an earlier response

    @classmethod
    def of(cls, sayings: Sequence[Saying]) -> Sheet:
        return cls(
            patient=number(one.patient for one in sayings),
            followed=np.array([follow(one.lower, one.upper) for one in sayings], dtype=np.float64),
            is_lost=np.array([one.upper is not None for one in sayings], dtype=np.bool_),
            within=np.array([one.within for one in sayings], dtype=np.float64),
            low=_days(one.low for one in sayings),
            high=_days(one.high for one in sayings),
            population=np.array([one.population for one in sayings], dtype=np.float64),
            last_own=np.array(
                [np.nan if one.last_own is None else one.last_own for one in sayings],
                dtype=np.float64,
            ),
        )


def list_days(first: date, last: date, *, every: int) -> list[date]:
    """The days a back-test looks back to, oldest first.

    The same weeks of the calendar whatever the day of asking, so that a night later the same
    records give the same answer.
    """
    start = first + timedelta(days=-first.toordinal() % every)
    return [start + timedelta(days=n) for n in range(0, (last - start).days + 1, every)]


def follow(lower: float, upper: float | None) -> float:
    """Days a response was followed: to the loss, half-way through its interval, or to the end."""
    return max(lower if upper is None else (lower + upper) / 2, 0.0)


def number(names: Iterable[Hashable]) -> NDArray[np.intp]:
    """Give each name a number, in order of first mention."""
    codes: dict[Hashable, int] = {}
    return np.array([codes.setdefault(name, len(codes)) for name in names], dtype=np.intp)


def _days(values: Iterable[float | None]) -> Array:
    return np.array([np.inf if value is None else value for value in values], dtype=np.float64)
