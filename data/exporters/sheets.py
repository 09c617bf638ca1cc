"""Writing CSV that no spreadsheet will run and that our importer reads back equal."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.formulas import guard


def write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows under a header and return how many; the file appears whole or not at all.

    Raises OSError, naming `path`, where it cannot be written.
    """
    written = 0
    partial = path.with_name(path.name + ".part")
    with _naming(path):
        with partial.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([say(value) for value in row])
                written += 1
        partial.replace(path)
    return written


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let what goes wrong name the file that was asked for, not the half-written one beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_frame(path: Path, frame: pd.DataFrame) -> int:
    return write_sheet(path, list(frame.columns), frame.itertuples(index=False, name=None))


def say(value: Any) -> str:
    """Return a cell's text: empty for unknown, 1 and 0 for yes and no, no idle decimals."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return guard(str(value))
