"""Printing the pretend users, and keeping the list beside their database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from data.demo.users import PretendUser

FILE = "pretend-users.txt"
NOTE = """\
Pretend users, with passwords made for this database only. No second factor is asked of them;
in a database of your own, staff need one.
"""


def tell(engine: Engine, users: Sequence[PretendUser]) -> str:
    """Return the table to print; beside an SQLite database it is also kept for the next time."""
    text = NOTE + "\n" + table(users)
    place = engine.url.database if engine.dialect.name == "sqlite" else None
    if place is None:
        return text
    path = Path(place).with_name(FILE)
    _write(path, text)
    return f"{text}\nThe same is in {path}"


def table(users: Sequence[PretendUser]) -> str:
    rows = [("sign-in name", "password", "name", "sees")]
    rows += [(user.sign_in_name, user.password, user.name, user.sees) for user in users]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "".join(f"  {line}\n" for line in lines)


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
