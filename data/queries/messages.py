"""Messages that did not reach anybody: given up, or waiting for longer than they should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, and_, func, or_, select

from data import clock
from data.database import reading
from data.messages.worker import NOT_NEEDED
from data.site_contacts import mail_place
from models.policy import Operation, Person, readable_sites
from models.tables import OutgoingMessage, Patient, Site

SHOWN_FOR = timedelta(days=7)
# A mail server may be away for a while; an hour later somebody should know.
LATE_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """`patient_id` and `code` are None for a mail about several patients of a site."""

    kind: str
    made_at: datetime
    is_given_up: bool
    trouble: str | None
    patient_id: UUID | None
    code: str | None
    site: str


def read_undelivered(
    engine: Engine, person: Person, *, site_id: UUID | None = None
) -> tuple[Undelivered, ...]:
    """Return what did not reach patients or the clinic at one's sites lately, the latest first."""
    now = clock.now()
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        given_up = OutgoingMessage.given_up_at >= now - SHOWN_FOR
        has_point = func.coalesce(OutgoingMessage.trouble, "") != NOT_NEEDED
        waits = and_(
            OutgoingMessage.given_up_at.is_(None),
            OutgoingMessage.made_at < now - LATE_AFTER,
            OutgoingMessage.due_at < now + LATE_AFTER,
        )
        query = (
            select(OutgoingMessage.__table__, Patient.code, Patient.site_id)
            .outerjoin(Patient, Patient.patient_id == OutgoingMessage.patient_id)
            .where(OutgoingMessage.sent_at.is_(None), or_(given_up, waits), has_point)
            .order_by(OutgoingMessage.made_at.desc())
        )
        rows = connection.execute(query).all()
        names = {row.site_id: row.name for row in connection.execute(select(Site.__table__))}
    found = ((_site_of(row, names), row) for row in rows)
    return tuple(
        _undelivered(row, names[where])
        for where, row in found
        if where is not None
        and (sites is None or where in sites)
        and (site_id is None or where == site_id)
    )


def _site_of(row: Any, names: dict[UUID, str]) -> UUID | None:
    """Return whose message it is: the patient's site, or the one whose address it goes to."""
    if row.site_id is not None:
        return row.site_id
    place = row.content.get("sealed_for")
    return next((site for site in names if mail_place(site) == place), None)


def _undelivered(row: Any, site: str) -> Undelivered:
    return Undelivered(
        kind=row.kind,
        made_at=row.made_at,
        is_given_up=row.given_up_at is not None,
        trouble=row.trouble,
        patient_id=row.patient_id,
        code=row.code,
        site=site,
    )
