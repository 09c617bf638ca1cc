"""What each site tells somebody in danger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, and_, func, select

from data.database import reading
from models.policy import Operation, Person, readable_sites
from models.tables import CrisisText, Site


@dataclass(frozen=True)
class SiteCrisisText:
    """`revision` 0: this site has not written anything yet."""

    site_id: UUID
    site: str
    body: str
    phone: str | None
    revision: int
    recorded_at: datetime | None
    recorded_by: str | None

    @property
    def is_blank(self) -> bool:
        return not self.body


def read_crisis_texts(engine: Engine, person: Person) -> list[SiteCrisisText]:
    """Return the text in force at each site this person may write it for; blanks first."""
    newest = (
        select(CrisisText.site_id, func.max(CrisisText.revision).label("revision"))
        .group_by(CrisisText.site_id)
        .subquery()
    )
    is_newest = and_(
        CrisisText.site_id == newest.c.site_id, CrisisText.revision == newest.c.revision
    )
    query = (
        select(Site.site_id, Site.name, CrisisText.__table__.c["body", "phone", "revision"])
        .add_columns(CrisisText.recorded_at, CrisisText.recorded_by)
        .outerjoin(newest, newest.c.site_id == Site.site_id)
        .outerjoin(CrisisText, is_newest)
    )
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.SET_CRISIS_TEXT)
        if sites is not None:
            query = query.where(Site.site_id.in_(sites))
        found = connection.execute(query).all()
    texts = [
        SiteCrisisText(
            row.site_id,
            row.name,
            row.body or "",
            row.phone,
            row.revision or 0,
            row.recorded_at,
            row.recorded_by,
        )
        for row in found
    ]
    return sorted(texts, key=lambda text: (not text.is_blank, text.site.casefold()))
