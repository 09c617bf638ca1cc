"""When a screen is due by the clinic's policy: a description of the rule, never an instruction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.exposure_rules import ExposureRules
from models.outcomes.exposure import add_months
from models.screening import ScreenKind


class DueBy(StrEnum):
    MONTHS = "months"
    INFUSIONS = "infusions"


@dataclass(frozen=True, slots=True)
class ScreenDue:
    """One kind of screen. No `due_on`: no infusion since the last one, so the rule asks nothing.

    `counted_from` is the last screen, or the first infusion where there was none. After
    `asked_until` nothing has been given for longer than the rule waits between screens.
    """

    kind: ScreenKind
    last_on: date | None
    counted_from: date | None
    infusions_since: int
    due_on: date | None
    by: DueBy | None
    asked_until: date | None

    def is_due(self, today: date) -> bool:
        return self.due_on is not None and self.due_on <= today and not self.is_paused(today)

    def is_paused(self, today: date) -> bool:
        """Whether treatment has not gone on for so long that the rule asks nothing meanwhile."""
        return self.asked_until is not None and self.asked_until < today


def find_due(
    kind: ScreenKind, done_on: Iterable[date], given_on: Iterable[date], policy: ExposureRules
) -> ScreenDue:
    """Say when a screen is due; one done on the day of an infusion was done after it."""
    given, last_on = sorted(given_on), max(done_on, default=None)
    since = given if last_on is None else [day for day in given if day > last_on]
    counted_from = last_on or (given[0] if given else None)
    if counted_from is None or not since:
        return ScreenDue(kind, last_on, counted_from, 0, None, None, None)
    # Nobody treated again after a long while was due for a screen in between.
    months = policy.months_of(kind)
    due_on, by = max(add_months(counted_from, months), since[0]), DueBy.MONTHS
    most = policy.infusions_of(kind)
    if len(since) >= most and since[most - 1] < due_on:
        due_on, by = since[most - 1], DueBy.INFUSIONS
    until = add_months(given[-1], months)
    return ScreenDue(kind, last_on, counted_from, len(since), due_on, by, until)
