"""Whether a search is for a patient number, so that an index can answer it."""

from __future__ import annotations

import re
from itertools import product

from sqlalchemy import ColumnElement, Connection, and_, exists, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from models.tables import Patient

# Each letter doubles the spellings to try; a beginning with more is searched without the index.
MOST_LETTERS = 4
# Up to the last digit: any collation has what begins like this between it and the next digit,
# which is not true of letters or of punctuation.
_UP_TO_A_DIGIT = re.compile(r"[ -~]*[0-9]")


def begun_numbers(connection: Connection, text: str) -> tuple[str, ...]:
    """Return the spellings of `text`, up to its last digit, with which some number begins."""
    found = _UP_TO_A_DIGIT.match(text)
    letters = sum(char.isalpha() for char in found.group()) if found else 0
    if found is None or letters > MOST_LETTERS:
        return ()
    cases = [dict.fromkeys((char.lower(), char.upper())) for char in found.group()]
    tried = ["".join(chars) for chars in product(*cases)]
    begun = [
        select(literal(number)).where(exists().where(is_begun_by(Patient.code, number)))
        for number in tried
    ]
    return tuple(connection.scalars(union_all(*begun)))


def is_begun_by(code: InstrumentedAttribute[str], number: str) -> ColumnElement[bool]:
    """Return a condition that the numbers beginning so meet, and perhaps a few more."""
    after = chr(ord(number[-1]) + 1) if number[-1] != "9" else "a"
    return and_(code >= number, code < number[:-1] + after)
