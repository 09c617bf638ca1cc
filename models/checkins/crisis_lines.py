"""A crisis line as a site writes it, and what a telephone makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.checkins.forms import CRISIS_PHONE

NUMBER = re.compile(r"\+?\(?\d(?:[\d\s.-]|(?<=\d)/(?=\d)|\)(?=[\s.-]*\d)|\((?=\d+\)[\s.-]*\d))*")
LEAST_DIGITS = 3  # 988, 112
# "Text HOME to 741741", "Envíe HOLA por mensaje al 741741", "Call or text 303-555-0100"
TEXTING = re.compile(r"\b(?:text|texto|texte|sms|mensaje)\b", re.IGNORECASE)
CALLING = re.compile(r"\b(?:call|ring|phone|llame|llamar)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """`number` is what a telephone dials, empty where there is none to dial."""

    number: str
    takes_calls: bool
    takes_texts: bool


def read_line(written: str | None) -> CrisisLine:
    """Return what the first number in some words is for, by the words before it.

    Unless they say so a number takes calls alone: a text to one that takes none is read by nobody,
    and a text line that is rung up may not answer. 988 takes both.
    """
    found = NUMBER.search(written or "")
    number = re.sub(r"[^+\d]", "", found.group()) if found else ""
    if len(number.lstrip("+")) < LEAST_DIGITS:
        return CrisisLine("", takes_calls=False, takes_texts=False)
    before = (written or "")[: found.start()] if found else ""
    texts, calls = TEXTING.search(before) is not None, CALLING.search(before) is not None
    is_both = number == CRISIS_PHONE
    return CrisisLine(
        number, takes_calls=is_both or calls or not texts, takes_texts=is_both or texts
    )
