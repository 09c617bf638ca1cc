"""Since when an outlook has been over the clinic's line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from models.instrument import TOLERANCE
from models.outcomes.forecast import Asked, DurationModel


def find_days_reached(
    model: DurationModel, asked: Sequence[Asked], *, days: int, line: float
) -> list[date | None]:
    """Return for each the first day on which the share of patients like them who lose response
    within so many days was at the line; None where it is not, on the day of asking either.

    Looked for from the last check-in on, with what is known now: the share only grows while
    nobody looks, and each check-in begins it anew. All must be STATED.
    """
    if not asked:
        return []
    latest = [one.responses[-1] for one in asked]
    seen_on = [one.day0 + timedelta(days=one.days[-1]) for one in latest]
    unseen = [(one.as_of - seen).days for one, seen in zip(asked, seen_on, strict=True)]
    shares = model.chance_of_loss(
        [response for one in asked for response in one.responses],
        (np.cumsum([len(one.responses) for one in asked]) - 1).tolist(),
        np.array([one.days[-1] for one in latest], dtype=np.float64),
        days + np.arange(max(unseen) + 1, dtype=np.float64),
    )
    found: list[date | None] = []
    for share, seen, last in zip(shares, seen_on, unseen, strict=True):
        reached = np.flatnonzero(share[: last + 1] >= line - TOLERANCE)
        found.append(seen + timedelta(days=int(reached[0])) if reached.size else None)
    return found
