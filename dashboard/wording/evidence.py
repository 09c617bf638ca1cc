"""The scores and the rule behind a loss, as they stand in a sentence."""

from __future__ import annotations

from datetime import date

from dashboard import formats
from data.instruments import catalogue
from data.queries.morning_rows import LookRow
from models.instrument import Instrument


def path(row: LookRow) -> str:
    """Return the scores the rule was met by, as "8 → 13 → 14 (2, 9 and 16 Nov)", and the latest."""
    evidence = _evidence(row)
    scores = " → ".join(formats.number(score) for _, score in evidence)
    days = ", ".join(formats.short_day(day) for day, _ in evidence)
    latest = row.recent[-1] if row.recent else None
    if latest is None or latest in evidence:
        return f"{scores} ({days})"
    return f"{scores} ({days}), now {formats.number(latest[1])}"


def _evidence(row: LookRow) -> tuple[tuple[date, float], ...]:
    """Return the last score seen responding, the first that was not, and the one after it."""
    for at, (day, _) in enumerate(row.recent):
        if day == row.turned_on:
            return row.recent[max(0, at - 1) : at + 2]
    return row.recent[-3:]


def rule(row: LookRow) -> str:
    instrument = catalogue().get(row.instrument or "")
    if instrument is None or row.baseline is None:
        return ""
    threshold = instrument.response_threshold(row.baseline)
    if threshold is None:
        return ""
    return (
        f" ({_side(instrument)} {formats.number(threshold)}, from baseline "
        f"{formats.number(row.baseline)})"
    )


def _side(instrument: Instrument) -> str:
    return "at or under" if instrument.best == instrument.lowest else "at or over"
