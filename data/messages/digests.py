"""The daily digest: counts of Today by mail, on weekdays, for each site that wants it. No names."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from data import clock
from data.database import reading, writing
from data.messages.outbox import MAIL, put
from data.messages.templates import Digest
from data.outlook_switch import is_outlook_on
from data.queries.due import read_missed
from data.queries.morning import read_morning
from data.queries.morning_outlooks import read_morning_outlooks
from data.site_contacts import Contact, contact_in_force, contacts_with_digest, mail_place
from models.policy import Person, Role
from models.tables import OutgoingMessage, Site

KIND = "digest"
FRIDAY = 4


def plan_digests(engine: Engine, *, now: datetime | None = None) -> int:
    """Put today's digests that are due into the outbox; return how many were new.

    One a site and day, whoever asks how often. A day whose hour was missed is made up for on the
    same day and never on another.
    """
    now = now or clock.now()
    with reading(engine) as connection:
        due = [_message(contact, zone, now) for contact, zone in contacts_with_digest(connection)]
        wanted = [each for each in due if each is not None]
        keys = [each["key"] for each in wanted]
        query = select(OutgoingMessage.key).where(OutgoingMessage.key.in_(keys))
        known = set(connection.scalars(query)) if keys else set()
    new = [each for each in wanted if each["key"] not in known]
    if not new:
        return 0
    with writing(engine) as connection:
        return sum(put(connection, **each) for each in new)


def _message(contact: Contact, zone: str, now: datetime) -> dict[str, Any] | None:
    local = now.astimezone(ZoneInfo(zone))
    assert contact.digest_hour is not None
    if local.weekday() > FRIDAY or local.hour < contact.digest_hour:
        return None
    return {
        "key": f"{KIND}:{contact.site_id}:{local.date()}",
        "channel": MAIL,
        "kind": KIND,
        "address": contact.flag_mail,
        "content": {
            "template": KIND,
            "site_id": str(contact.site_id),
            "day": local.date().isoformat(),
            "sealed_for": mail_place(contact.site_id),
        },
        "due_at": now,
    }


def read_digest(engine: Engine, row: Any, now: datetime) -> Digest | None:
    """Return what a digest says at the moment it is sent.

    None where its day is over or nobody wants it any more, at that address.
    """
    site_id, day = UUID(row.content["site_id"]), date.fromisoformat(row.content["day"])
    with reading(engine) as connection:
        site = _still_wanted(connection, site_id, row.address)
    if site is None or now.astimezone(ZoneInfo(site.time_zone)).date() != day:
        return None
    reader = reader_of(site_id)
    here: dict[str, Any] = {"today": day, "site_id": site_id}
    outlooks = read_morning_outlooks(engine, reader, **here) if is_outlook_on() else {}
    missed = read_missed(engine, reader, site_id)
    morning = read_morning(engine, reader, **here, missed=missed, outlooks=outlooks)
    counts = Counter(found.reason for found in morning.rows)
    return Digest(site.name, counts, len(morning.aside), morning.is_cut, outlooks is not None)


def reader_of(site_id: UUID) -> Person:
    """Return who reads the list for a site's mail: somebody who may do that there, and no more."""
    return Person("daily digest", frozenset({Role.DIGEST}), frozenset({site_id}))


def _still_wanted(connection: Connection, site_id: UUID, address: str) -> Any:
    contact = contact_in_force(connection, site_id)
    if contact is None or contact.digest_hour is None or contact.flag_mail != address:
        return None
    return connection.execute(select(Site.__table__).where(Site.site_id == site_id)).one_or_none()
