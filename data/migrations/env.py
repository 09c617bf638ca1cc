"""Alembic's entry point. The connection is handed over by data.migrations."""

from __future__ import annotations

from typing import Any

from alembic import context

from models.tables import Base
from models.tables.base import PlainJson, UtcTime


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write our own types in SQLAlchemy's words, so that a migration never changes meaning."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, type(PlainJson)) and item.should_evaluate_none is False:
        return "PLAIN_JSON" if item.none_as_null else False
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a constraint in place
    compare_type=True,
    render_item=render_item,
)
context.run_migrations()
