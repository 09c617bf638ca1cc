"""Who may come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select

from data import clock
from data.database import reading
from data.looks import note_look
from models.policy import Denied, Operation, Person, Relation, Role
from models.tables import Identity, OneTimeToken, Patient, Session, Site, User, UserSite


@dataclass(frozen=True)
class UserRow:
    """A user as administrators see them; no secret and no hash of one.

    `has_identity`: an identity provider may vouch for them.
    `link_until`: how long a welcome link that was not used yet will work.
    """

    user_id: UUID
    sign_in_name: str
    name: str
    roles: frozenset[Role]
    sees_all_sites: bool
    site_ids: frozenset[UUID]
    sites: tuple[str, ...]
    patient_number: str | None
    has_password: bool
    has_identity: bool
    has_second_factor: bool
    disabled_at: datetime | None
    last_seen_at: datetime | None
    link_until: datetime | None
    version: int


def list_users(engine: Engine, person: Person) -> list[UserRow]:
    """Return all users, by name, those who may no longer come in last."""
    with reading(engine) as connection:
        _require(person)
        query = select(User.__table__, Patient.code).outerjoin(
            Patient, Patient.patient_id == User.patient_id
        )
        users = connection.execute(query).all()
        places = (
            select(UserSite.user_id, Site.site_id, Site.name)
            .join(Site, Site.site_id == UserSite.site_id)
            .order_by(Site.name)
        )
        sites: dict[UUID, list[Any]] = {}
        for row in connection.execute(places):
            sites.setdefault(row.user_id, []).append(row)
        last = select(Session.user_id, func.max(Session.seen_at)).group_by(Session.user_id)
        seen = {row[0]: row[1] for row in connection.execute(last)}
        linked = set(connection.scalars(select(Identity.user_id)))
        links = {row[0]: row[1] for row in connection.execute(_open_links())}
    note_look(engine, person, Operation.MANAGE_USERS, looked="users")
    rows = [
        _row(user, sites.get(user.user_id, []), user.user_id in linked, seen, links)
        for user in users
    ]
    return sorted(rows, key=lambda row: (row.disabled_at is not None, row.name.casefold()))


def _require(person: Person) -> None:
    """Raise Denied to all but administrators. To look needs no confirmation; to change does."""
    if not person.may(Operation.MANAGE_USERS, Relation.OTHER_SITE):
        raise Denied(person, Operation.MANAGE_USERS, None)


def _open_links() -> Any:
    return (
        select(OneTimeToken.user_id, func.max(OneTimeToken.expires_at))
        .where(
            OneTimeToken.user_id.is_not(None),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > clock.now(),
        )
        .group_by(OneTimeToken.user_id)
    )


def _row(
    user: Any,
    sites: list[Any],
    has_identity: bool,
    seen: dict[UUID, datetime],
    links: dict[UUID, datetime],
) -> UserRow:
    return UserRow(
        user_id=user.user_id,
        sign_in_name=user.sign_in_name,
        name=user.name,
        roles=frozenset(map(Role, user.roles)),
        sees_all_sites=user.sees_all_sites,
        site_ids=frozenset(site.site_id for site in sites),
        sites=tuple(site.name for site in sites),
        patient_number=user.code,
        has_password=user.password_hash is not None,
        has_identity=has_identity,
        has_second_factor=user.totp_secret is not None,
        disabled_at=user.disabled_at,
        last_seen_at=seen.get(user.user_id),
        link_until=links.get(user.user_id),
        version=user.version,
    )
