"""Cells a spreadsheet would run: guarded on the way out, restored on the way in."""

from __future__ import annotations

# What starts a formula, full-width forms included; the last four do after being trimmed.
FORMULA_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n\x00")


def guard(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    A text that already begins like a guarded one gets another, so that `unguard` gives it back.
    """
    bare = text.lstrip("'")
    starts = {bare[:1], bare.lstrip(" ")[:1]}
    return f"'{text}" if starts & FORMULA_STARTS else text


def unguard(text: str) -> str:
    """Take away the apostrophe that `guard` put in, and no other."""
    return text[1:] if text.startswith("'") and guard(text[1:]) == text else text
