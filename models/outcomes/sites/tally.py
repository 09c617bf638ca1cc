"""The counts of a group of sites, and each site's share of them on one instrument."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from models.outcomes.disclosure import Count
from models.outcomes.sites.cases import Cases
from models.outcomes.sites.compare import SiteTables
from models.outcomes.sites.counting import (
    NOT_LOST,
    PARTS,
    Additions,
    Amounts,
    CaseKey,
    MarkKey,
    SpanKey,
)
from models.outcomes.sites.facts import Breakdown, Fate, Mark
from models.outcomes.sites.spans import Spans

Key = TypeVar("Key")


@dataclass
class Tally:
    """Running totals of what patients add. Nothing that came to zero is kept."""

    marks: dict[MarkKey, Amounts] = field(default_factory=dict)
    cases: dict[CaseKey, Amounts] = field(default_factory=dict)
    spans: dict[SpanKey, Amounts] = field(default_factory=dict)

    def add(self, patient: Additions, sign: int = 1) -> None:
        """Add a patient's share, or with `sign` -1 take it away again."""
        _add(self.marks, patient.marks, sign)
        _add(self.cases, patient.cases, sign)
        _add(self.spans, patient.spans, sign)

    def rows_of(self, instrument: str, breakdown: Breakdown) -> dict[Hashable, Rows]:
        """Per site and value of a breakdown, the counts under each mark."""
        found: dict[Hashable, Rows] = {}
        for (site, code, kind, value, mark), amounts in self.marks.items():
            if code == instrument and kind == breakdown:
                row = found.setdefault(site, {}).setdefault(value, {})
                row[Mark(mark)] = Count(amounts[0], amounts[1])
        return found

    def tables(self, instrument: str, names: Mapping[Hashable, str]) -> dict[str, SiteTables]:
        """Every named site's counts on one instrument, sites without courses included."""
        marks = self.rows_of(instrument, Breakdown.ALL)
        squares: dict[Hashable, dict[Mark, int]] = {}
        for (site, code, kind, _, mark), amounts in self.marks.items():
            if code == instrument and kind == Breakdown.ALL:
                squares.setdefault(site, {})[Mark(mark)] = amounts[2]
        cases, spans = _by_site(self.cases, instrument), _by_site(self.spans, instrument)
        return {
            name: SiteTables(
                marks.get(site, {}).get("", {}),
                squares.get(site, {}),
                _read_cases(cases.get(site, [])),
                _read_spans(spans.get(site, [])),
            )
            for site, name in names.items()
        }


Rows = dict[str, dict[Mark, Count]]


def _add(totals: dict[Key, Amounts], more: Mapping[Key, Amounts], sign: int) -> None:
    for key, amounts in more.items():
        known = totals.get(key)
        new = tuple(sign * a + (known[i] if known else 0) for i, a in enumerate(amounts))
        if any(new):
            totals[key] = new
        else:
            totals.pop(key, None)


def _by_site(
    table: Mapping[Key, Amounts], instrument: str
) -> dict[Hashable, list[tuple[Key, Amounts]]]:
    found: dict[Hashable, list[tuple[Key, Amounts]]] = {}
    for key, amounts in table.items():
        site, code = key[:2]  # type: ignore[index]
        if code == instrument:
            found.setdefault(site, []).append((key, amounts))
    return found


def _read_cases(rows: Iterable[tuple[CaseKey, Amounts]]) -> Cases:
    held = sorted(rows)
    return Cases(
        [key[2:7] for key, _ in held],
        np.array([key[7] for key, _ in held], dtype=np.float64),
        np.array([key[8] for key, _ in held], dtype=np.float64),
        [Fate(key[9]) for key, _ in held],
        np.array([amounts[0] for _, amounts in held], dtype=np.float64),
        np.array([amounts[1] for _, amounts in held], dtype=np.float64) / PARTS,
    )


def _read_spans(rows: Iterable[tuple[SpanKey, Amounts]]) -> Spans:
    held = sorted((key[2:], amounts) for key, amounts in rows)
    lower = np.array([days[0] for days, _ in held], dtype=np.float64)
    upper = np.array([days[1] for days, _ in held], dtype=np.float64)
    counts = np.array([amounts for _, amounts in held], dtype=np.float64).reshape(-1, 3)
    return Spans(
        lower,
        np.where(upper == NOT_LOST, np.inf, upper),
        counts[:, 0],
        counts[:, 1] / PARTS,
        counts[:, 2] / PARTS,
    )
