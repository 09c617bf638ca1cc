"""The scores and the rule behind a loss, as they stand in a sentence."""

from __future__ import annotations

from datetime import date

from dashboard import formats
from data.instruments import catalogue
from data.queries.morning_rows import LookRow
from models.instrument import Instrument
from models.outcomes.rules import Rules


def path(row: LookRow, rules: Rules) -> str:
    """Return the scores the rule was met by, as "8 → 13 → 14 (2 Nov, 9 Nov, 16 Nov)"."""
    evidence = _evidence(row, rules)
    scores = " → ".join(formats.number(score) for _, score in evidence)
    days = ", ".join(formats.short_day(day) for day, _ in evidence)
    return f"{scores} ({days})"


def since_then(row: LookRow, rules: Rules) -> str:
    """Return the latest score where it came after those; blank where it is one of them."""
    latest = row.recent[-1] if row.recent else None
    if latest is None or latest in _evidence(row, rules):
        return ""
    day, score = latest
    instrument = catalogue().get(row.instrument or "")
    is_back = (
        instrument is not None
        and row.baseline is not None
        and instrument.is_responding(row.baseline, score)
    )
    again = ", which meets it again" if is_back else ""
    return f" Now {formats.number(score)} ({formats.short_day(day)}){again}."


def _evidence(row: LookRow, rules: Rules) -> tuple[tuple[date, float], ...]:
    """Return the last score seen responding, the first that was not, and those that confirm it."""
    for at, (day, _) in enumerate(row.recent):
        if day == row.turned_on:
            return row.recent[max(0, at - 1) : at + rules.confirmation]
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
