"""What a site told somebody in danger before: every revision, who wrote it and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from models.policy import Operation, Person, require
from models.tables import CrisisText


@dataclass(frozen=True)
class CrisisRevision:
    revision: int
    body: str
    phone: str | None
    recorded_at: datetime
    recorded_by: str


def read_crisis_history(engine: Engine, person: Person, *, site_id: UUID) -> list[CrisisRevision]:
    """Return the revisions of a site's text, the newest first."""
    table = CrisisText.__table__
    names = [column for column in table.c if column.name != "site_id"]
    with reading(engine) as connection:
        require(person, Operation.SET_CRISIS_TEXT, site_id=site_id)
        rows = connection.execute(
            select(*names).where(table.c.site_id == site_id).order_by(table.c.revision.desc())
        )
        return [CrisisRevision(**row._mapping) for row in rows]
