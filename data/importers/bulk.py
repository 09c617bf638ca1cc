"""Many rows into one table, with the column types' own rules and without their cost per row.

SQLAlchemy turns each value of each row on its own way to the driver. An import repeats most of
them (the site, the patient, the day), so here a column is turned at once and a repeated value
only the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, insert

# Types whose values repeat within an import; an answer list or a key of its own does not.
REPEATING = frozenset({"patient_id", "site_id", "given_on", "taken_on", "recorded_at"})


def insert_rows(connection: Connection, model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    if not rows:
        return
    names = list(rows[0])
    table = model.__table__
    statement = insert(table).compile(dialect=connection.dialect, column_keys=names)
    columns = [_bound(connection, table.c[name], [row[name] for row in rows]) for name in names]
    if statement.positional:
        order = [names.index(name) for name in statement.positiontup or ()]
        values: Any = list(zip(*(columns[at] for at in order), strict=True))
    else:
        values = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    connection.exec_driver_sql(statement.string, values)


def _bound(connection: Connection, column: Any, values: list[Any]) -> list[Any]:
    """Return one column's values as the driver wants them."""
    process: Callable[[Any], Any] | None = column.type.dialect_impl(
        connection.dialect
    ).bind_processor(connection.dialect)
    if process is None:
        return values
    if column.name in REPEATING:
        turned = {value: process(value) for value in set(values)}
        return [turned[value] for value in values]
    return [process(value) for value in values]
