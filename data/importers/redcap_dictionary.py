"""A REDCap data dictionary: what each field is, on which form, and what its choices mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.importers.sheets import Sheet
from models.instrument import Instrument

# The headings of the file people download, and those of the one the API sends.
HEADINGS = {
    "name": ("variable / field name", "field_name"),
    "form": ("form name", "form_name"),
    "kind": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": ("choices, calculations, or slider labels", "select_choices_or_calculations"),
    "validation": (
        "text validation type or show slider number",
        "text_validation_type_or_show_slider_number",
    ),
}
CHOSEN = ("radio", "dropdown", "select")
TAG = re.compile(r"<[^>]{0,200}>")
EDGE = re.compile(r"^[\s\d().:=-]+|[\s\d().:=-]+$")


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a dictionary. `choices` are labels by raw value, for fields with one answer."""

    name: str
    form: str = ""
    kind: str = ""
    label: str = ""
    validation: str = ""
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def is_date(self) -> bool:
        return self.validation.startswith("date")

    @property
    def date_order(self) -> str | None:
        return next((o for o in ("mdy", "dmy") if self.validation.endswith(o)), None)

    def words(self, cell: str) -> str:
        """Return the label a cell stands for, whether it holds the raw value or the label."""
        return self.choices.get(cell.strip(), cell.strip())

    def plain_number(self, cell: str) -> str:
        """Return a cell with a decimal point where the field is one with a decimal comma."""
        is_comma = self.validation.endswith("comma_decimal")
        return cell.replace(",", ".") if is_comma and cell.count(",") == 1 else cell

    def answer(self, cell: str, instrument: Instrument, number: int) -> str | None:
        """Return an answer's value as text; None where the choices cannot be matched to ours.

        The label decides, because a project may count its answers from 1.
        """
        worth = {plain(o.label): str(o.value) for o in instrument.options_for(number)}
        words = plain(self.words(cell))
        if words in worth and (self.choices or not cell.strip().isdigit()):
            return worth[words]
        if not self.choices:
            return cell
        raw = cell.strip() if cell.strip() in self.choices else self._raw(words)
        expected = {str(n) for n in range(instrument.lowest_answer, instrument.highest_answer + 1)}
        return raw if raw in expected and expected == set(self.choices) else None

    def _raw(self, words: str) -> str | None:
        return next((raw for raw, label in self.choices.items() if plain(label) == words), None)


@dataclass(frozen=True, slots=True)
class Dictionary:
    name: str
    fields: dict[str, Field]

    def describes(self, header: Sequence[str]) -> bool:
        """Whether a table is an export of this project: most of its own columns are known."""
        own = [name for name in header if name and not name.startswith("redcap_")]
        known = sum(self.find(name) is not None or is_added(name) for name in own)
        return bool(own) and 2 * known > len(own)

    def find(self, column: str) -> Field | None:
        return self.fields.get(column) or self.fields.get(column.split("___")[0])


def is_added(column: str) -> bool:
    """Whether REDCap itself adds such a column to an export."""
    return column.endswith(("_complete", "_timestamp"))


def is_dictionary(header: Sequence[str]) -> bool:
    columns = {name.strip().casefold() for name in header}
    return all(columns & set(HEADINGS[part]) for part in ("name", "form", "kind"))


def read_dictionary(sheet: Sheet) -> Dictionary:
    """Read a dictionary; a row that names no field is passed over."""
    columns = [name.strip().casefold() for name in sheet.header]
    at = {
        part: next((columns.index(name) for name in names if name in columns), None)
        for part, names in HEADINGS.items()
    }
    fields: dict[str, Field] = {}
    for _, cells in sheet.rows:
        values = {
            part: cells[index].strip() if index is not None and index < len(cells) else ""
            for part, index in at.items()
        }
        choices = values.pop("choices")
        if values["name"]:
            chosen = _choices(choices) if values["kind"] in CHOSEN else {}
            fields[values["name"]] = Field(**values, choices=chosen)
    return Dictionary(sheet.name, fields)


def _choices(text: str) -> dict[str, str]:
    """Read `0, Not at all | 1, Several days`."""
    found = {}
    for choice in text.split("|"):
        raw, comma, label = choice.partition(",")
        if comma and raw.strip():
            found[raw.strip()] = label.strip()
    return found


def plain(label: str) -> str:
    """Return a label without markup and without the number some projects put beside it."""
    bare = " ".join(TAG.sub(" ", label).split()).casefold()
    return EDGE.sub("", bare) or bare
