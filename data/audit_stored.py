"""The audit's lines as they are stored, read quickly and without trusting what is in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, Text, cast, select, type_coerce
from sqlalchemy.types import NullType

from data.audit import SAID, plain
from models.tables import AuditHead, AuditLine

FETCHED_AT_ONCE = 5_000


def stored_heads(connection: Connection) -> Iterator[tuple[Any, Any, Any]]:
    """Yield each chain's id, how many lines its end says there are, and the hash of the last."""
    read = _READERS[connection.dialect.name]["chain_id"]
    columns = ("chain_id", "lines", "line_hash")
    for chain_id, lines, line_hash in connection.execute(_raw(connection, AuditHead, columns)):
        yield read(chain_id), lines, line_hash


def stored_lines(connection: Connection) -> Iterator[list[Any]]:
    """Yield what each line says, in the order of SAID, and its hash; chain by chain, in order."""
    query = _raw(connection, AuditLine, (*SAID, "line_hash")).order_by(
        AuditLine.chain_id, AuditLine.number
    )
    readers = _READERS[connection.dialect.name]
    places = [(place, readers[name]) for place, name in enumerate(SAID) if name in readers]
    result = connection.execution_options(yield_per=FETCHED_AT_ONCE).execute(query)
    for part in result.partitions():
        for row in part:
            values = list(row)
            for place, read in places:
                values[place] = read(values[place])
            yield values


def _raw(connection: Connection, model: type, names: Iterable[str]) -> Select[Any]:
    """Return columns as the driver gives them: what was edited may not be what a type expects.

    PostgreSQL turns its own types into text faster than its driver makes objects of them.
    """
    columns = model.__table__.c
    as_text = _AS_TEXT if connection.dialect.name == "postgresql" else ()
    chosen = {
        name: cast(columns[name], Text) if name in as_text else columns[name] for name in names
    }
    return select(*(type_coerce(c, NullType()).label(name) for name, c in chosen.items()))


def _id_of_sqlite(value: Any) -> Any:
    """Return 32 hex digits with dashes; anything else as it is, and then no hash fits it."""
    if not isinstance(value, str) or len(value) != 32:
        return None if value is None else str(value)
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def _time_of_sqlite(value: Any) -> Any:
    return f"{str(value).replace(' ', 'T', 1)}+00:00"


def _read_json(value: Any) -> Any:
    if value == "{}":
        return {}
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return f"not JSON: {value!r}"


_IDS = ("chain_id", "patient_id", "record_id", "user_id")
_AS_TEXT = (*_IDS, "detail")
_READERS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "sqlite": {
        **dict.fromkeys(_IDS, _id_of_sqlite),
        "at": _time_of_sqlite,
        "detail": _read_json,
    },
    "postgresql": {"chain_id": str, "at": plain, "detail": _read_json},
}
