"""Screens beside the scores: what long use of ketamine may do to the bladder and to thinking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.entries import EARLIEST, LONGEST_NOTE, InvalidEntry


class ScreenKind(StrEnum):
    URINARY = "urinary"
    COGNITION = "cognition"


# Urinary: the symptoms of ketamine cystitis in the order they are reported (Chang 2023: dysuria,
# urgency, nocturia, frequency, then blood). Cognition: our own short list; a test goes into words.
FINDINGS: dict[ScreenKind, tuple[str, ...]] = {
    ScreenKind.URINARY: ("dysuria", "urgency", "nocturia", "frequency", "haematuria"),
    ScreenKind.COGNITION: ("memory", "attention", "word_finding", "planning"),
}


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """One screen as entered. `is_finding`: somebody should look at it again."""

    kind: ScreenKind
    done_on: date
    is_finding: bool
    findings: tuple[str, ...] = ()
    remark: str | None = None


def check_screen(entry: ScreenEntry, *, today: date) -> None:
    """Raise InvalidEntry naming the field and what was expected."""
    if entry.done_on > today:
        raise InvalidEntry("done_on", f"date {entry.done_on.isoformat()} is in the future")
    if entry.done_on < EARLIEST:
        raise InvalidEntry("done_on", f"date {entry.done_on.isoformat()} is before {EARLIEST.year}")
    unknown = [name for name in entry.findings if name not in FINDINGS[entry.kind]]
    if unknown:
        raise InvalidEntry("findings", f"{unknown[0]!r} is no finding of a {entry.kind} screen")
    if entry.findings and not entry.is_finding:
        raise InvalidEntry("findings", "something was found, and the result says nothing was")
    if entry.remark is not None and len(entry.remark) > LONGEST_NOTE:
        raise InvalidEntry("remark", f"remark: expected at most {LONGEST_NOTE} characters")
