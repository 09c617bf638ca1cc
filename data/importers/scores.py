"""Rows of scores: a header is understood once, then each row is read by position."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from data.importers.cells import (
    is_blank,
    read_code,
    read_number,
    read_text,
    read_when,
    read_whole,
    shorten,
)
from data.importers.rows import BadCell, Origin, ScoreRow, When
from data.instruments import catalogue, find
from models.entries import MODES

ITEM_NAMES = tuple(f"item_{number}" for number in range(1, 31))
KNOWN = {
    "patient_id", "date", "datetime", "instrument", "score", "total", "item9", "mode", "note",
    "site", "version",  # written by our own export, and of no meaning here
    *ITEM_NAMES,
}  # fmt: skip
PLAIN_ANSWERS: dict[str, float | None] = {"": None} | {str(n): n for n in range(100)}


class _Form(NamedTuple):
    """An instrument as a header has it: where its items stand, and items it does not have."""

    code: str
    items: list[int]
    beyond: list[int]


class ScoreReader:
    """Reads the rows under one header."""

    def __init__(self, columns: Sequence[str], order: str, decimal: str) -> None:
        self.order = order
        self.decimal = decimal
        self.places = {name: place for place, name in enumerate(columns)}
        self.absent = len(columns)  # the place of an empty cell put after those of the row
        self.code, self.instrument, self.score, self.item9, self.mode, self.note = (
            self.places.get(name, self.absent)
            for name in ("patient_id", "instrument", "score", "item9", "mode", "note")
        )
        if self.score == self.absent:
            self.score = self.places.get("total", self.absent)  # as our own export names it
        self.dates = [name for name in ("datetime", "date") if name in self.places]
        self._forms: dict[str, _Form] = {}

    def read(self, origin: Origin, cells: Sequence[str]) -> ScoreRow:
        """Return one row. Raises BadCell naming the first column that cannot be read."""
        cells = [*cells, ""]
        code = read_code(cells[self.code], "patient_id")
        form = self._forms.get(cells[self.instrument]) or self._find(cells[self.instrument])
        when = self._when(cells)
        mode, remark = _read_mode(cells[self.mode]) if cells[self.mode] else ("import", None)
        return ScoreRow(
            origin,
            code,
            when,
            form.code,
            mode,
            self._items(cells, form),
            read_number(cells[self.score], "score", self.decimal),
            read_whole(cells[self.item9], "item9") if cells[self.item9] else None,
            read_text(cells[self.note], "note", 4000) if cells[self.note] else None,
            remark,
        )

    def _find(self, name: str) -> _Form:
        instrument = find(name)
        if instrument is None:
            raise BadCell("instrument", _unknown(name.strip()))
        places = [self.places.get(name, self.absent) for name in ITEM_NAMES]
        count = instrument.items_count
        beyond = [place for place in places[count:] if place != self.absent]
        form = _Form(instrument.code, places[:count], beyond)
        if len(self._forms) < 1000:  # a column may spell a name in any number of ways
            self._forms[name] = form
        return form

    def _when(self, cells: Sequence[str]) -> When:
        for column in self.dates:
            cell = cells[self.places[column]]
            if cell and cell.strip():
                return read_when(cell, column, self.order)
        raise BadCell("date", "the date is missing: expected a day, as in 2026-03-04")

    def _items(self, cells: Sequence[str], form: _Form) -> tuple[float | None, ...] | None:
        """Return the answers in order; a cell beyond the instrument's last item must be empty."""
        texts = [cells[place] for place in form.items]
        try:
            answers = [PLAIN_ANSWERS[text] for text in texts]
        except KeyError:
            answers = [read_whole(*pair) for pair in zip(texts, ITEM_NAMES, strict=False)]
        for place in form.beyond:
            if cells[place] and not is_blank(cells[place]):
                self._refuse_beyond(place, len(form.items))
        return tuple(answers) if answers.count(None) < len(answers) else None

    def _refuse_beyond(self, place: int, count: int) -> None:
        name = next(name for name, at in self.places.items() if at == place)
        raise BadCell(name, f"this instrument has {count} items")


def read_score(origin: Origin, cells: dict[str, str], order: str, decimal: str) -> ScoreRow:
    """Return one row of named cells, from a format that has no header of ours."""
    reader = _reader_of(tuple(cells), order, decimal, id(catalogue()))
    return reader.read(origin, list(cells.values()))


@lru_cache(maxsize=256)
def _reader_of(columns: tuple[str, ...], order: str, decimal: str, _catalogue: int) -> ScoreReader:
    """Return a reader; the catalogue's identity keeps a changed one from being overlooked."""
    return ScoreReader(columns, order, decimal)


def _read_mode(text: str) -> tuple[str, str | None]:
    """Return how a form was answered, with a remark where that is not known."""
    mode = text.strip().casefold()
    if mode in MODES:
        return mode, None
    return "import", f"mode {mode[:40]!r} is not known; kept as import" if mode else None


def _unknown(name: str) -> str:
    if not name:
        return "the instrument is missing: expected its name, such as PHQ-9"
    return f"{shorten(name)} is not an instrument here: expected one that Definitions lists"
