"""How a response ended, or stands, on a given day."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from models.outcomes.episodes import Held
from models.outcomes.rules import Rules


class EndReason(StrEnum):
    GAP = "gap"
    LOST = "lost"
    NEXT_COURSE = "next_course"
    POSSIBLE_LOSS = "possible_loss"
    LEFT = "left"
    SILENT = "silent"
    HOLDING = "holding"


def end_reason(
    held: Held | None,
    *,
    last_assessed_on: date | None,
    left_on: date | None,
    as_of: date,
    rules: Rules,
) -> EndReason | None:
    """Return how a response ended as known on `as_of`; None where no response was stated.

    Silence is not wellness: an open response not assessed for `silence` days or more on that
    instrument is `silent`, never `holding`.
    """
    if held is None:
        return None
    if held is not Held.OPEN:
        return EndReason(held.value)
    if left_on is not None and left_on <= as_of:
        return EndReason.LEFT
    if last_assessed_on is None or (as_of - last_assessed_on).days >= rules.silence:
        return EndReason.SILENT
    return EndReason.HOLDING
