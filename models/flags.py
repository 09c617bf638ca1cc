"""What makes an answer a flag, and how it compares with the answer before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from models.errors import DefinitionError

SAFETY_ITEM = "safety_item"
# What a named person may do about one.
ACKNOWLEDGED, CLOSED = "acknowledged", "closed"
# An answer this old is history, unless it is the last one the patient gave: a flag asks somebody
# to act, and nobody acts on last year's answer when four later ones are known.
STILL_ACTED_ON = timedelta(days=14)
LONGEST_NAME = 80


class Change(StrEnum):
    """An answer beside the one before it. Lower is no all-clear: it is still above the line."""

    NEW = "new"
    WORSE = "worse"
    LOWER = "lower"
    UNCHANGED = "unchanged"


def compare(before: float | None, now: float) -> Change:
    """Compare two answers to a safety item, of which the present one is above zero."""
    if before is None or before == 0:
        return Change.NEW
    if now == before:
        return Change.UNCHANGED
    return Change.WORSE if now > before else Change.LOWER


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRule:
    """One of a clinic's own rules: a total, or the answer to one item, that has reached a line.

    Exactly one of the lines is given; `item`, counted from 1, goes with `answer_at_least`.
    """

    name: str
    instrument: str
    total_at_least: float | None = None
    total_at_most: float | None = None
    item: int | None = None
    answer_at_least: float | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= LONGEST_NAME or self.name == SAFETY_ITEM:
            raise DefinitionError(f"name must be a name of 1 to {LONGEST_NAME} characters")
        lines = (self.total_at_least, self.total_at_most, self.answer_at_least)
        if sum(line is not None for line in lines) != 1:
            raise DefinitionError(
                f"{self.name}: one of total_at_least, total_at_most and answer_at_least is needed"
            )
        if (self.item is None) != (self.answer_at_least is None):
            raise DefinitionError(f"{self.name}: item and answer_at_least belong together")
        if self.item is not None and self.item < 1:
            raise DefinitionError(f"{self.name}: item is counted from 1")

    def value_of(self, items: Sequence[float | None] | None, total: float | None) -> float | None:
        """Return what this rule looks at; None where a form does not say it."""
        if self.item is None:
            return total
        return items[self.item - 1] if items and len(items) >= self.item else None

    def is_met(self, value: float | None) -> bool:
        if value is None:
            return False
        if self.total_at_most is not None:
            return value <= self.total_at_most
        line = self.total_at_least if self.item is None else self.answer_at_least
        return line is not None and value >= line

    def compare(self, before: float | None, now: float) -> Change:
        """Compare two values of which the present one meets the rule."""
        if before is None or not self.is_met(before):
            return Change.NEW
        if now == before:
            return Change.UNCHANGED
        is_worse = now < before if self.total_at_most is not None else now > before
        return Change.WORSE if is_worse else Change.LOWER

    def to_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def read_rules(stored: Sequence[dict[str, Any]]) -> tuple[FlagRule, ...]:
    """Return rules from plain values. Raises DefinitionError for one that is none."""
    try:
        rules = tuple(FlagRule(**each) for each in stored)
    except TypeError as error:
        raise DefinitionError("a rule has a name, an instrument and one line to reach") from error
    names = [rule.name for rule in rules]
    if len(set(names)) < len(names):
        raise DefinitionError("two rules have the same name")
    return rules
