"""Many rows into one table, with the column types' own rules and without their cost per row.

SQLAlchemy turns each value of each row on its own way to the driver. An import repeats most of
them (the site, the patient, the day), so here a column is turned at once and a repeated value
only the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert

# Columns in which rows of an import share one object; an answer list or a key is its row's own.
REPEATING = frozenset({"patient_id", "site_id", "given_on", "taken_on"})


def insert_rows(
    connection: Connection,
    model: type[Any],
    rows: Sequence[dict[str, Any]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows that all name the same columns; `same` is what every row says besides."""
    if not rows:
        return
    table = model.__table__
    values = {name: [row[name] for row in rows] for name in rows[0]}
    bound = {name: _bind(connection, table.c[name], each) for name, each in values.items()}
    for name, value in (same or {}).items():
        bound[name] = _bind(connection, table.c[name], [value]) * len(rows)
    statement = insert(table).compile(dialect=connection.dialect, column_keys=list(bound))
    lines: Any
    if statement.positional:
        order = statement.positiontup or ()
        lines = list(zip(*(bound[name] for name in order), strict=True))
    else:
        lines = [dict(zip(bound, line, strict=True)) for line in zip(*bound.values(), strict=True)]
    connection.exec_driver_sql(statement.string, lines)


def _bind(connection: Connection, column: Any, values: list[Any]) -> list[Any]:
    """Return one column's values as the driver wants them."""
    process: Callable[[Any], Any] | None = column.type.dialect_impl(
        connection.dialect
    ).bind_processor(connection.dialect)
    if process is None:
        return values
    if column.name in REPEATING:
        # By identity: to hash an identifier costs about as much as to turn it.
        places = list(map(id, values))
        different = dict(zip(places, values, strict=True))
        turned = {place: process(value) for place, value in different.items()}
        return [turned[place] for place in places]
    return [process(value) for value in values]
