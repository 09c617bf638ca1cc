"""The instruments this clinic can use: every TOML file in this folder, and the clinic's own.

A file's keys are the fields of `models.instrument.Instrument`, with [[options]], [[items]],
[[bands]] and [[translations]] as tables. A clinic adds an instrument by putting a file in the
folder that the environment variable AFTERGLOW_INSTRUMENTS names.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from models.errors import DefinitionError
from models.instrument import Band, Instrument, Item, Option, normalise_name
from models.translation import Translation

SHIPPED = Path(__file__).parent
OWN_FOLDER = "AFTERGLOW_INSTRUMENTS"


@cache
def catalogue() -> Mapping[str, Instrument]:
    """All instruments by code, read once a process. Raises DefinitionError naming file and key."""
    return read_folders(_folders())


def find(name: str) -> Instrument | None:
    """The instrument of that code or alias, whatever its case, spaces, hyphens, underscores."""
    code = _names().get(normalise_name(name))
    return None if code is None else catalogue()[code]


def forget() -> None:
    """Read the files anew at the next call, for a test or after a clinic has added one."""
    catalogue.cache_clear()
    _names.cache_clear()


def read_folders(folders: Iterable[Path]) -> Mapping[str, Instrument]:
    """The instruments of these folders, in order of file name. Refuses a name used twice."""
    found: dict[str, Instrument] = {}
    owners: dict[str, Path] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        instrument = read_instrument(path)
        for name in {normalise_name(name) for name in (instrument.code, *instrument.aliases)}:
            if name in owners:
                raise DefinitionError(
                    f"{path.name}: the name {name!r} is already taken by {owners[name].name}."
                )
            owners[name] = path
        found[instrument.code] = instrument
    return MappingProxyType(found)


def read_instrument(path: Path) -> Instrument:
    """The instrument of one file. Raises DefinitionError naming the file and the key."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _build_instrument(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, DefinitionError) as error:
        raise DefinitionError(f"{path.name}: {error}") from error


def _build_instrument(table: dict[str, Any]) -> Instrument:
    built: dict[str, Any] = dict(table)
    _build_each(built, "items", Item)
    _build_each(built, "options", Option)
    _build_each(built, "bands", Band)
    _build_each(built, "translations", Translation)
    for key in ("domains", "alternatives"):
        built[key] = _read_groups(key, built.get(key, []))
    instrument: Instrument = _build(Instrument, built, "")
    return instrument


def _read_groups(key: str, rows: Any) -> tuple[tuple[int, ...], ...]:
    groups = rows if isinstance(rows, list) else [rows]
    for group in groups:
        if not isinstance(group, list) or not all(type(number) is int for number in group):
            raise DefinitionError(f"{key} must be lists of item numbers, such as [[1, 2], [3]].")
    return tuple(tuple(group) for group in groups)


def _build_each(table: dict[str, Any], key: str, kind: type) -> None:
    """Replace the list of tables under `key` with a tuple of `kind`."""
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DefinitionError(f"{key} must be a list of tables, [[{key}]].")
    for number, row in enumerate(rows, start=1):
        if kind is Item:
            _build_each(row, "options", Option)
        rows[number - 1] = _build(kind, row, f"{key} {number}: ")
    if key in table:
        table[key] = tuple(rows)


def _build(kind: type, table: dict[str, Any], where: str) -> Any:
    """A `kind` from a table with exactly its fields, each of a type its annotation allows."""
    known = {field.name: field for field in fields(kind)}
    for key in table:
        if key not in known:
            raise DefinitionError(f"{where}unknown key {key!r}.")
    for key, field in known.items():
        if key not in table and field.default is MISSING:
            raise DefinitionError(f"{where}missing key {key!r}.")
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
    for key, value in values.items():
        if not _is_of(value, str(known[key].type)):
            raise DefinitionError(f"{where}{key!r} must be {known[key].type}, not {value!r}.")
    return kind(**values)


def _is_of(value: object, annotation: str) -> bool:
    """Whether a TOML value fits an annotation of our dataclasses, as written there."""
    if isinstance(value, bool):
        return annotation == "bool"
    if isinstance(value, str):
        return "str" in annotation.split(" | ") or annotation.startswith("Literal")
    if isinstance(value, tuple):
        inner = str if annotation == "tuple[str, ...]" else object
        return annotation.startswith("tuple") and all(isinstance(each, inner) for each in value)
    if isinstance(value, int):
        return bool({"int", "float"} & set(annotation.split(" | ")))
    return isinstance(value, float) and "float" in annotation.split(" | ")


def _folders() -> list[Path]:
    own = os.environ.get(OWN_FOLDER)
    if not own:
        return [SHIPPED]
    folder = Path(own)
    if not folder.is_dir():
        raise DefinitionError(f"{OWN_FOLDER} names {own!r}, which is not a folder.")
    return [SHIPPED, folder]


@cache
def _names() -> Mapping[str, str]:
    return {
        normalise_name(name): instrument.code
        for instrument in catalogue().values()
        for name in (instrument.code, *instrument.aliases)
    }
