"""The audit: who did what, in chains that no one can edit unnoticed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, short

line_digest = Annotated[str, mapped_column(String(64))]

# The chain of what concerns no single site.
GROUP_CHAIN = UUID(int=0)


class AuditLine(Base):
    """Who read or changed what. Written in the transaction of the change itself, never changed.

    Lines of a site are numbered from 1 without a gap, and each holds the hash of the one before.
    """

    __tablename__ = "audit_lines"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)  # a site, or GROUP_CHAIN
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    person: Mapped[short]
    user_id: Mapped[UUID | None]
    role: Mapped[short]
    operation: Mapped[short]
    outcome: Mapped[short]
    patient_id: Mapped[UUID | None]
    record_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]]
    client: Mapped[short | None]
    request: Mapped[short | None]
    previous_hash: Mapped[line_digest]
    line_hash: Mapped[line_digest]

    __table_args__ = (
        Index(None, "patient_id", "at"),
        Index(None, "at"),
        Index(None, "person", "at"),
        Index(None, "operation", "at"),
        Index(None, "outcome", "at"),
    )


class AuditHead(Base):
    """The last line of each chain: whoever cuts off its end has to change this as well."""

    __tablename__ = "audit_heads"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    lines: Mapped[int]
    line_hash: Mapped[line_digest]
    at: Mapped[datetime]
