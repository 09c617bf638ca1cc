"""Covariates as columns: what patients bring with them, in numbers a regression can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.outcomes.sites.clustering import Floats
from models.outcomes.sites.facts import MOST_FAILURES, SEVERITY_STEPS, UNKNOWN

# Severity, failures, indication, kind, route.
Covariates = tuple[int, int, str, str, str]


@dataclass(frozen=True)
class Columns:
    """How covariates become columns: fixed by one set of courses, usable for another."""

    severity: float
    failures: float
    levels: tuple[tuple[int, str], ...]

    def build(self, rows: Sequence[Covariates]) -> Floats:
        """One line a row: severity and its square, failures, what was not recorded, and names."""
        severity = np.array([row[0] for row in rows], dtype=np.float64)
        failures = np.array([row[1] for row in rows], dtype=np.float64)
        unrated, unasked = severity == UNKNOWN, failures == UNKNOWN
        steep = np.where(unrated, 0.0, (severity - self.severity) * 2 / SEVERITY_STEPS)
        failed = np.where(unasked, 0.0, (failures - self.failures) * 2 / MOST_FAILURES)
        columns = [steep, steep**2, failed, unrated, unasked]
        for place, name in self.levels:
            columns.append(np.array([row[place] == name for row in rows]))
        return np.column_stack(columns).astype(np.float64)


def choose_columns(rows: Sequence[Covariates], courses: Floats) -> Columns:
    """Centre on what is usual here; the most frequent name of each kind is what others differ from.

    An empty name is a level of its own: "not recorded" may well be different.
    """
    levels: list[tuple[int, str]] = []
    for place in (2, 3, 4):
        totals: dict[str, float] = {}
        for row, n in zip(rows, courses, strict=True):
            name = str(row[place])
            totals[name] = totals.get(name, 0.0) + float(n)
        ordered = sorted(totals, key=lambda name: (-totals[name], name))
        levels += [(place, name) for name in ordered[1:]]
    return Columns(_centre(rows, courses, 0), _centre(rows, courses, 1), tuple(levels))


def _centre(rows: Sequence[Covariates], courses: Floats, place: int) -> float:
    values = np.array([row[place] for row in rows], dtype=np.float64)
    known = values != UNKNOWN
    total = float(courses[known].sum())
    return float(values[known] @ courses[known]) / total if total > 0 else 0.0
