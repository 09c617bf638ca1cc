"""Who is there: a session looked up anew for every request and every message of a page."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, bindparam, select, update

from data import clock
from data.database import reading, writing
from data.doors.events import LONGEST_CLIENT, Event, write_event
from data.doors.openings import end_sessions, roles_of
from data.doors.secrets import hash_token
from data.doors.users import hold_user
from data.policies import SIGNING_IN, in_force
from models.access import CONFIRMATION_LASTS, Settings, Stage
from models.errors import Unavailable
from models.policy import Person
from models.tables import Emergency, Session, User, UserSite

# How exactly activity is kept: a busy person costs three small writes a minute.
SEEN_EVERY = timedelta(seconds=20)

BY_TOKEN = (
    select(
        Session.session_id,
        Session.stage,
        Session.created_at,
        Session.seen_at,
        Session.expires_at,
        Session.confirmed_at,
        User.__table__,
    )
    .join(User, User.user_id == Session.user_id)
    .where(Session.token_hash == bindparam("token_hash"), Session.ended_at.is_(None))
)
SITES = select(UserSite.site_id).where(UserSite.user_id == bindparam("user_id"))
EMERGENCIES = select(Emergency.patient_id).where(
    Emergency.user_id == bindparam("user_id"), Emergency.until_at > bindparam("now")
)


@dataclass(frozen=True)
class Presence:
    """Somebody in a browser. Ids may be shown and logged; none of them opens anything."""

    session_id: UUID
    user_id: UUID
    stage: Stage
    person: Person
    sign_in_name: str
    idle_until: datetime
    expires_at: datetime
    has_password: bool
    has_second_factor: bool


def find_presence(
    engine: Engine, token: str, *, is_active: bool, client: str | None = None
) -> Presence | None:
    """Return who a token belongs to, with the rights they have at this moment.

    None for a token that is unknown, has ended, was idle too long or is too old, and for a
    disabled user; such a session is closed. Only somebody doing something (`is_active`) keeps a
    session alive, not a page that asks by itself.
    """
    with reading(engine) as connection:
        row = connection.execute(BY_TOKEN, {"token_hash": hash_token(token)}).one_or_none()
        if row is None:
            return None
        idle_until, expires_at = ends_of(row, in_force(connection, SIGNING_IN))
        reason = _why_dead(row, idle_until, expires_at)
        person = None if reason else _person(connection, row, client)
    if person is None:
        _close(engine, row, reason or "", client)
        return None
    if is_active and clock.now() - row.seen_at >= SEEN_EVERY:
        idle_until += clock.now() - row.seen_at
        _note_activity(engine, row.session_id)
    return _presence(row, person, idle_until, expires_at)


def end_session(engine: Engine, presence: Presence) -> None:
    """Sign out."""
    with writing(engine) as connection:
        if _end(connection, presence.session_id):
            write_event(connection, Event.SIGN_OUT, presence.person, client=presence.person.client)


def end_all_sessions(engine: Engine, presence: Presence) -> None:
    """Sign out everywhere, here too."""
    with writing(engine) as connection:
        hold_user(connection, presence.user_id)
        ended = end_sessions(connection, presence.user_id)
        write_event(
            connection,
            Event.SIGN_OUT_EVERYWHERE,
            presence.person,
            client=presence.person.client,
            sessions=ended,
        )


def ends_of(row: Any, settings: Settings) -> tuple[datetime, datetime]:
    """Return when a session ends by doing nothing and when it ends anyway.

    A setting that was made stricter holds for sessions that are open already.
    """
    longest = row.created_at + timedelta(hours=settings.longest_hours)
    return row.seen_at + settings.idle_after(roles_of(row)), min(row.expires_at, longest)


def _why_dead(row: Any, idle_until: datetime, expires_at: datetime) -> str | None:
    now = clock.now()
    if row.disabled_at is not None:
        return "disabled"
    if now >= expires_at:
        return "too old"
    return "idle" if now >= idle_until else None


def _person(connection: Connection, row: Any, client: str | None) -> Person:
    whose = {"user_id": row.user_id}
    sites = None if row.sees_all_sites else frozenset(connection.scalars(SITES, whose))
    emergencies = connection.scalars(EMERGENCIES, {**whose, "now": clock.now()})
    confirmed = row.confirmed_at
    return Person(
        row.name,
        roles_of(row),
        sites=sites,
        patient_id=row.patient_id,
        user_id=row.user_id,
        emergencies=frozenset(emergencies),
        is_confirmed=confirmed is not None and clock.now() - confirmed < CONFIRMATION_LASTS,
        client=client[:LONGEST_CLIENT] if client else None,
        request=secrets.token_hex(4),
    )


def _presence(row: Any, person: Person, idle_until: datetime, expires_at: datetime) -> Presence:
    return Presence(
        row.session_id,
        row.user_id,
        Stage(row.stage),
        person,
        row.sign_in_name,
        idle_until,
        expires_at,
        has_password=row.password_hash is not None,
        has_second_factor=row.totp_secret is not None,
    )


def _note_activity(engine: Engine, session_id: UUID) -> None:
    here = (Session.session_id == session_id) & Session.ended_at.is_(None)
    try:
        with writing(engine) as connection:
            connection.execute(update(Session).where(here).values(seen_at=clock.now()))
    except Unavailable:
        pass  # the next message tries again; a full disk signs nobody out at once


def _close(engine: Engine, row: Any, reason: str, client: str | None) -> None:
    """Close a session that is over and say why, once; it is dead whether or not this works."""
    try:
        with writing(engine) as connection:
            if _end(connection, row.session_id):
                write_event(connection, Event.SESSION_ENDED, row, client=client, reason=reason)
    except Unavailable:
        pass


def _end(connection: Connection, session_id: UUID) -> bool:
    here = (Session.session_id == session_id) & Session.ended_at.is_(None)
    return (
        connection.execute(update(Session).where(here).values(ended_at=clock.now())).rowcount == 1
    )
