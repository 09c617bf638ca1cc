"""The outbox: a message is a row, written in the transaction it is about, and sent later.

What is kept of a message is a template's name and what fills it: no names, no scores, and the
address sealed, for the place that `content["sealed_for"]` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from uuid_utils.compat import uuid7

from data import clock
from models.tables import OutgoingMessage

MAIL, TEXT = "mail", "text"
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def put(
    connection: Connection,
    *,
    key: str,
    channel: str,
    kind: str,
    address: str,
    content: Mapping[str, Any],
    due_at: datetime,
    patient_id: UUID | None = None,
) -> bool:
    """Put a message into the outbox; return whether it was new. The same key again is nothing."""
    insert = INSERTS[connection.dialect.name](OutgoingMessage)
    added = connection.execute(
        insert.on_conflict_do_nothing(index_elements=["key"]).execution_options(
            preserve_rowcount=True
        ),
        {
            "message_id": uuid7(),
            "key": key,
            "channel": channel,
            "kind": kind,
            "patient_id": patient_id,
            "address": address,
            "content": dict(content),
            "made_at": clock.now(),
            "due_at": due_at,
            "tries": 0,
        },
    )
    return bool(added.rowcount)
