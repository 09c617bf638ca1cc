"""Facts of a patient and a course as numbers: centred, on one scale, unknown ones at the mean.

All of them are known at the first follow-up of the course and never change afterwards: a fact that
is still being added to while a response lasts would tell the model how long it lasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from models.outcomes.forecast.laws import Array

Fact = float | str | None
Facts = Mapping[str, Fact]

# A level seldom seen teaches nothing; a column of many levels is a name, a date or a remark.
LEAST_SEEN = 5
MOST_LEVELS = 12
MOST_COLUMNS = 60
# A yes or no moves by this much, so that a rare level is held back no less than a common one.
STEP_OF_LEVEL = 0.5


@dataclass(frozen=True, slots=True)
class Column:
    """A number, or (with `level`) whether a text says exactly that."""

    name: str
    level: str | None
    mean: float
    spread: float

    def read(self, facts: Facts) -> float:
        value = _read(facts.get(self.name))
        if value is None:
            return 0.0
        if self.level is not None:
            return (float(value == self.level) - self.mean) / self.spread
        return 0.0 if isinstance(value, str) else (value - self.mean) / self.spread


@dataclass(frozen=True, slots=True)
class Columns:
    columns: tuple[Column, ...]

    @classmethod
    def learn(cls, rows: Sequence[Facts]) -> Columns:
        """Return the columns these rows can teach something about, in order of name."""
        names = sorted({name for facts in rows for name in facts})
        found = [column for name in names for column in _learn(name, rows)]
        return cls(tuple(found[:MOST_COLUMNS]))

    def design(self, rows: Sequence[Facts]) -> Array:
        values = [[column.read(facts) for column in self.columns] for facts in rows]
        return np.array(values, dtype=np.float64).reshape(len(rows), len(self.columns))

    def to_list(self) -> list[list[Any]]:
        return [[one.name, one.level, one.mean, one.spread] for one in self.columns]

    @classmethod
    def from_list(cls, stored: Sequence[Sequence[Any]]) -> Columns:
        return cls(tuple(Column(*one) for one in stored))


def _learn(name: str, rows: Sequence[Facts]) -> list[Column]:
    values = [value for facts in rows if (value := _read(facts.get(name))) is not None]
    if any(isinstance(value, str) for value in values):
        return _learn_levels(name, [str(value) for value in values])
    numbers = np.array(values, dtype=np.float64)
    if numbers.size < LEAST_SEEN or np.unique(numbers).size < 2:
        return []
    if np.unique(numbers).size == 2:
        return [Column(name, None, float(numbers.mean()), STEP_OF_LEVEL * float(np.ptp(numbers)))]
    return [Column(name, None, float(numbers.mean()), float(numbers.std()))]


def _learn_levels(name: str, values: Sequence[str]) -> list[Column]:
    levels, counts = np.unique(values, return_counts=True)
    if not 2 <= levels.size <= MOST_LEVELS:
        return []
    # Of two levels one says it all.
    pairs = list(zip(levels.tolist(), counts.tolist(), strict=True))[
        : 1 if levels.size == 2 else None
    ]
    return [
        Column(name, level, count / len(values), STEP_OF_LEVEL)
        for level, count in pairs
        if LEAST_SEEN <= count <= len(values) - LEAST_SEEN
    ]


@lru_cache(maxsize=20_000)
def _read(value: Fact) -> float | str | None:
    """Return a number where it is one: imported columns are text, whatever they hold."""
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        return str(value).strip().casefold() or None
    return number if np.isfinite(number) else None
