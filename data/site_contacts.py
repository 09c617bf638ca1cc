"""Where a site's flags and its daily digest are mailed to, and its own rules for raising flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Subquery, func, select

from data.histories import bind_patients, is_chosen
from models.flags import FlagRule, read_rules
from models.tables import Patient, Site, SiteContact


@dataclass(frozen=True, slots=True)
class Contact:
    """`flag_mail` is sealed, for the place `mail_place` names. `digest_hour` None: no digest."""

    site_id: UUID
    revision: int
    flag_mail: str | None
    rules: tuple[FlagRule, ...]
    digest_hour: int | None
    recorded_at: datetime
    recorded_by: str


def mail_place(site_id: UUID) -> str:
    return f"site_contacts:flag_mail:{site_id}"


def contacts_of(connection: Connection, patient_ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return the contact in force of each patient's site, of those that have one."""
    query = _of_patients(len(patient_ids) != 1)
    rows = connection.execute(query, bind_patients(patient_ids))
    return {row.patient_id: read_contact(row) for row in rows}


def contact_in_force(connection: Connection, site_id: UUID) -> Contact | None:
    query = select(SiteContact.__table__).where(SiteContact.site_id == site_id)
    row = connection.execute(query.order_by(SiteContact.revision.desc()).limit(1)).one_or_none()
    return None if row is None else read_contact(row)


def contacts_with_digest(connection: Connection) -> list[tuple[Contact, str]]:
    """Return the contacts in force that want a daily digest, each with its site's time zone."""
    newest = _newest()
    query = (
        select(SiteContact.__table__, Site.time_zone)
        .join(newest, newest.c.site_id == SiteContact.site_id)
        .join(Site, Site.site_id == SiteContact.site_id)
        .where(SiteContact.revision == newest.c.revision)
        .where(SiteContact.digest_hour.is_not(None), SiteContact.flag_mail.is_not(None))
        .order_by(SiteContact.site_id)
    )
    return [(read_contact(row), row.time_zone) for row in connection.execute(query)]


def read_contact(row: Any) -> Contact:
    return Contact(
        row.site_id,
        row.revision,
        row.flag_mail,
        read_rules(row.rules),
        row.digest_hour,
        row.recorded_at,
        row.recorded_by,
    )


@cache
def _of_patients(several: bool) -> Select[Any]:
    newest = _newest()
    return (
        select(SiteContact.__table__, Patient.patient_id)
        .join(newest, newest.c.site_id == SiteContact.site_id)
        .join(Patient, Patient.site_id == SiteContact.site_id)
        .where(SiteContact.revision == newest.c.revision)
        .where(is_chosen(Patient.patient_id, several))
    )


def _newest() -> Subquery:
    return (
        select(SiteContact.site_id, func.max(SiteContact.revision).label("revision"))
        .group_by(SiteContact.site_id)
        .subquery()
    )
