"""The share of a gain that is gone, a second time: read literally, in exact fractions.

Independent of models/outcomes. A score is (day, time or None, value), in order of entry.
"""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction

from models.instrument import Instrument

Infusion = tuple[date, time | None]
Score = tuple[date, time | None, float]


def smallest_share_gone(
    last_infusion: Infusion,
    scores: list[Score],
    baseline: float | None,
    best: float | None,
    instrument: Instrument,
    check_ins: int,
) -> Fraction | None:
    """Return the smallest share that is gone over the last check-ins after an infusion."""
    if baseline is None or best is None:
        return None
    lower_is_better = instrument.direction == "lower_is_better"
    gain = Fraction(baseline) - Fraction(best)
    if not lower_is_better:
        gain = -gain
    if gain <= 0 or baseline == instrument.best:
        return None
    value_of: dict[date, float] = {}
    for day in sorted({score[0] for score in scores}):
        if day < last_infusion[0]:
            continue
        latest_time, latest = None, None
        for on, at, value in scores:
            if on != day or (at is None and latest_time is not None):
                continue
            if on == last_infusion[0]:
                if at is None or last_infusion[1] is None or at <= last_infusion[1]:
                    continue
            if latest_time is None or (at is not None and at >= latest_time):
                latest_time, latest = at, value
        if latest is not None:
            value_of[day] = latest
    last_days = sorted(value_of)[-check_ins:]
    if len(last_days) < check_ins:
        return None
    gone = []
    for day in last_days:
        lost = Fraction(value_of[day]) - Fraction(best)
        gone.append((lost if lower_is_better else -lost) / gain)
    return min(gone)
