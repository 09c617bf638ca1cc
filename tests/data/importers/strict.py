"""A second reader of score files, written from the rules alone and slow on purpose.

It shares no code with the importer and decides for each row: refused, or exactly this record.
"""

# ruff: noqa: RUF001 - look-alike characters are what this is about

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BLANK = ("", "na", "n/a", "nan", "null", "none", ".")
NAMES = {"phq9": "PHQ-9", "gad7": "GAD-7", "nrs11": "NRS-11", "pain": "NRS-11", "nrs": "NRS-11"}
# items, highest answer, missing answers allowed, lowest and highest total
SHAPES = {"PHQ-9": (9, 3, 2, 27), "GAD-7": (7, 3, 1, 21), "NRS-11": (1, 10, 0, 10)}
MODES = ("link", "kiosk", "patient", "staff", "import")
ZONE = ZoneInfo("America/Denver")


class No(Exception):
    """The row is refused."""


def read(content, known, today):
    """Yield (row number, record or None) for every record of a file."""
    text = _text(content)
    delimiter = ";" if text.splitlines()[0].count(";") > 3 else ","
    csv.field_size_limit(10**8)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(reader)
    for number, cells in enumerate(reader, start=2):
        try:
            yield number, _record(header, cells, known, today, delimiter == ";")
        except No:
            yield number, None


def _text(content):
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _record(header, cells, known, today, comma):
    if len(set(header)) < len(header) or len(cells) != len(header):
        raise No
    if all(not cell.strip() for cell in cells):
        raise No
    if any(len(cell) > 10_000 or "\0" in cell for cell in cells):
        raise No
    row = dict(zip(header, cells, strict=True))
    code = _words(row["patient_id"], 80)
    if code not in known:
        raise No
    name = "".join(c for c in row["instrument"].casefold() if c not in " -_")
    if name not in NAMES:
        raise No
    instrument = NAMES[name]
    count, highest, allowed, top = SHAPES[instrument]
    answers = [_whole(row[f"item_{n}"]) for n in range(1, 10)]
    if any(answer is not None for answer in answers[count:]):
        raise No
    answers = answers[:count]
    if any(answer is not None and not 0 <= answer <= highest for answer in answers):
        raise No
    stated = _number(row["score"], comma)
    nine = _whole(row["item9"])
    note = _words(row["note"], 4000)
    when = _when(row["date"], today)
    given = [answer for answer in answers if answer is not None]
    if len(given) >= count - allowed and given:
        total = sum(given) * count / len(given)
    else:
        if stated is None and not given:
            raise No
        if stated is not None and not 0 <= stated <= top:
            raise No
        total = stated
    safety = None
    if instrument == "PHQ-9":
        safety = answers[8] if answers[8] is not None else nine
        if safety is not None and not 0 <= safety <= 3:
            raise No
    mode = row["mode"].strip().casefold()
    items = tuple(answers) if given else None
    record = (
        code, instrument, when, items, stated, None if total is None else round(total, 9), safety,
        note, mode if mode in MODES else "import",
    )  # fmt: skip
    # The mode and the unused ninth-item column do not make another record of the same answers.
    return record, (code, instrument, when, items, stated, nine, note)


def _number(cell, comma=False):
    text = cell.strip()
    if text.casefold() in BLANK:
        return None
    text = text.replace(",", ".") if comma else text
    digits = text[1:] if text[:1] in ("+", "-") else text
    parts = digits.split(".")
    good = 1 <= len(parts) <= 2 and all(
        1 <= len(part) <= 12 and set(part) <= set("0123456789") for part in parts
    )
    if not good:
        raise No
    return float(text)


def _whole(cell):
    number = _number(cell)
    if number is not None and number % 1:
        raise No
    return None if number is None else int(number)


def _words(cell, longest):
    text = cell.strip()
    if text[:1] == "'" and text[1:2] and text[1] in "=+-@\t\r\n＝＋－＠":
        text = text[1:]
    if len(text) > longest or any(c not in "\n\r\t" and not c.isprintable() for c in text):
        raise No
    return text or None


def _when(cell, today):
    """Return (day, UTC instant or None) on Denver's clock."""
    text = cell.strip().replace("T", " ")
    if not text.isascii() or len(text) < 10 or (text[4], text[7]) != ("-", "-"):
        raise No
    try:
        day = date(int(text[:4]), int(text[5:7]), int(text[8:10]))
        rest = text[10:]
        if not rest:
            return _in_range(day, today), None
        if rest[0] != " ":
            raise No
        clock, offset = _split_offset(rest[1:])
        at = datetime.combine(day, time.fromisoformat(clock))
        if offset is None:
            local = at.replace(tzinfo=ZONE)
            return _in_range(day, today), local.astimezone(ZoneInfo("UTC"))
        instant = (at - offset).replace(tzinfo=ZoneInfo("UTC"))
        return _in_range(instant.astimezone(ZONE).date(), today), instant
    except (ValueError, OverflowError):
        raise No from None


def _split_offset(clock):
    if clock.endswith("Z"):
        return clock[:-1].strip(), timedelta()
    for sign in "+-":
        if sign in clock:
            plain, offset = clock.split(sign)
            hours, minutes = int(offset[:2]), int(offset[-2:])
            if hours > 23 or minutes > 59:
                raise No
            step = timedelta(hours=hours, minutes=minutes)
            return plain.strip(), step if sign == "+" else -step
    return clock, None


def _in_range(day, today):
    if not date(1990, 1, 1) <= day <= today:
        raise No
    return day
