"""The audit line: who did what to which record, written in the same transaction.

Lines form one chain a site. Each holds the hash of the one before, so that an edited, dropped,
swapped or inserted line shows (`data/audit_check.py`); a chain of its own for each site keeps
writers at one site from waiting for those at another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data import clock
from models.policy import Person
from models.tables import AuditHead, AuditLine
from models.tables.audit import GROUP_CHAIN

FIRST_HASH = "0" * 64
DONE, DENIED, FAILED = "done", "denied", "failed"

LINE = insert(AuditLine)
# Whoever holds the head of a chain writes its next line; on SQLite the whole database is held.
HEAD = (
    select(AuditHead.lines, AuditHead.line_hash)
    .where(AuditHead.chain_id == bindparam("chain"))
    .with_for_update()
)
MOVE_HEAD = update(AuditHead).where(AuditHead.chain_id == bindparam("chain"))
# What is hashed of a line: all of it but the hash, by name. A new column needs an order of its own
# after these, blank for lines from before it.
SAID = tuple(sorted(set(AuditLine.__table__.columns.keys()) - {"line_hash"}))
ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def write_line(
    connection: Connection,
    person: Person,
    operation: StrEnum,
    *,
    site_id: UUID | None = None,
    patient_id: UUID | None = None,
    record_id: UUID | None = None,
    outcome: str = DONE,
    **detail: Any,
) -> None:
    """Add one line to the site's chain, or to the group's. Call it last: others wait for the chain.

    `detail` holds names of fields and counts, never what they say: whole numbers, text, lists.
    """
    if not connection.get_execution_options().get("writes"):
        raise ValueError("an audit line belongs to a transaction opened by writing()")
    chain = site_id or GROUP_CHAIN
    number, previous = _next_of(connection, chain)
    line = {
        "chain_id": chain,
        "number": number,
        "at": clock.now(),
        "person": person.name,
        "user_id": person.user_id,
        "role": "+".join(sorted(person.roles)),
        "operation": operation.value,
        "outcome": outcome,
        "patient_id": patient_id,
        "record_id": record_id,
        "detail": json.loads(json.dumps(detail)),
        "client": person.client,
        "request": person.request,
        "previous_hash": previous,
    }
    line["line_hash"] = hash_line(line)
    connection.execute(LINE, line)
    connection.execute(
        MOVE_HEAD,
        {"chain": chain, "lines": number, "line_hash": line["line_hash"], "at": line["at"]},
    )


def _next_of(connection: Connection, chain: UUID) -> tuple[int, str]:
    """Return the next number of a chain and the hash it follows, and hold the chain."""
    head = connection.execute(HEAD, {"chain": chain}).one_or_none()
    if head is None:  # two may begin a chain at once: one does, the other waits for it
        begin = INSERTS[connection.dialect.name](AuditHead).on_conflict_do_nothing()
        first = {"chain_id": chain, "lines": 0, "line_hash": FIRST_HASH, "at": clock.now()}
        connection.execute(begin, first)
        head = connection.execute(HEAD, {"chain": chain}).one()
    return head.lines + 1, head.line_hash


def hash_line(line: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything a line says, its place in the chain included."""
    return hash_said([plain(line[name]) for name in SAID])


def hash_said(said: list[Any]) -> str:
    """Return the SHA-256 of plain values in the order of SAID."""
    return hashlib.sha256(ENCODE(said).encode()).hexdigest()


def plain(value: Any) -> Any:
    """Return a value as it is hashed, alike on either database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, UUID) else value
