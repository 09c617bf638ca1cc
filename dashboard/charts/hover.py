"""What a pointer brings up. Names, notes and adverse events are data and are escaped here."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable
from typing import Any

from dashboard import formats

LINE = 52
LONGEST = 300


def escape(value: Any) -> str:
    """Text of a record as plain text: a figure reads some HTML, a record must not write any.

    Quotes stay: plotly shows their escapes as such, and nothing here goes into an attribute.
    """
    return html.escape(str(value), quote=False)


def stack(lines: Iterable[str]) -> str:
    """Lines under each other; blank ones are left out. The lines must be escaped already."""
    return "<br>".join(line for line in lines if line)


def wrap(text: Any) -> str:
    """Text of a record over several short lines, cut where it would cover the figure."""
    if formats.is_blank(text) or not str(text).strip():
        return ""
    short = textwrap.shorten(str(text), LONGEST, placeholder=" …")
    return "<br>".join(escape(line) for line in textwrap.wrap(short, LINE))


def when(row: Any) -> str:
    """Mon 5 Jan 2026, 09:30 (the time only where it is known)."""
    clock = formats.clock(row.at)
    text = f"{formats.weekday(row.day)} {row.day.year}"
    return f"<b>{text}{', ' + clock if clock else ''}</b>"


def describe_infusion(row: Any) -> str:
    """One infusion: a row of `Chart.infusions`."""
    given = " ".join(escape(part) for part in (row.drug, row.route) if not formats.is_blank(part))
    minutes = "" if formats.is_blank(row.minutes) else f"over {formats.number(row.minutes)} min"
    dose = formats.dose(row.dose_mg, row.mg_kg)
    return stack(
        [
            when(row),
            ", ".join(part for part in (given, dose, minutes) if part) or "dose not recorded",
            _pressure(row),
            _labelled("dissociation", formats.number(row.dissociation), " of 10"),
            _events(row.adverse_events),
            wrap(row.note),
        ]
    )


def _pressure(row: Any) -> str:
    upper, lower = formats.number(row.systolic_peak, 0), formats.number(row.diastolic_peak, 0)
    if not upper and not lower:
        return ""
    return f"blood pressure, peak {upper or '?'}/{lower or '?'}"


def _labelled(label: str, value: str, unit: str = "") -> str:
    return f"{label} {value}{unit}" if value else ""


def _events(events: Any) -> str:
    named = [str(event) for event in events] if isinstance(events, (list, tuple)) else []
    return wrap("adverse events: " + ", ".join(named)) if named else ""
