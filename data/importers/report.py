"""What an import did, row by row: nothing is dropped without a line here."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TABLES = ("patients", "infusions", "scores")


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one row. `row` counts as a spreadsheet does, the header being row 1."""

    file: str
    row: int | None
    column: str
    reason: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return (
            f"{place}, {self.column}: {self.reason}" if self.column else f"{place}: {self.reason}"
        )


@dataclass
class Report:
    """Counts by table, the refused rows, and remarks on rows that were taken."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    refusals: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)  # unknown columns, by file
    files: list[str] = field(default_factory=list)
    opened: dict[str, str] = field(default_factory=dict)  # new sites and their time zones

    def begin(self, table: str) -> None:
        """Give a table its line in the summary even if nothing of it is taken."""
        self.counts.setdefault(table, Counter())

    def count(self, table: str, outcome: str, rows: int = 1) -> None:
        """Count rows; an outcome that did not occur is not named."""
        if rows:
            self.counts.setdefault(table, Counter())[outcome] += rows

    def refuse(self, table: str, remark: Remark) -> None:
        self.count(table, "refused")
        self.refusals.append(remark)

    def summary(self) -> list[str]:
        """Return one line a table, in the order they were read."""
        tables = [table for table in TABLES if table in self.counts]
        return [f"{table}: {_in_words(self.counts[table])}" for table in tables]

    def total(self, outcome: str) -> int:
        return sum(counts[outcome] for counts in self.counts.values())

    def write_refusals(self, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "row", "column", "reason"])
            for refusal in self.refusals:
                writer.writerow([refusal.file, refusal.row, refusal.column, refusal.reason])


def _in_words(counts: Counter[str]) -> str:
    words = [f"{outcome} {counts[outcome]}" for outcome in ("added", "unchanged", "refused")]
    return ", ".join(words + ([f"updated {counts['updated']}"] if counts["updated"] else []))
