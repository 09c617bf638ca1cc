"""Lets somebody in as if they had just signed in: a user, a session, and its cookie's value."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, insert, update

from data import clock
from data.database import writing
from data.doors.openings import open_session
from data.doors.secrets import hash_token
from data.doors.users import hold_user, new_user_row
from data.passwords import hash_password
from models.access import Stage
from models.policy import Role
from models.tables import Session, User, UserSite

COOKIE = "afterglow"  # on one computer, without TLS


def add_user(
    engine: Engine,
    name: str,
    *roles: Role,
    sites: tuple[UUID, ...] = (),
    patient_id: UUID | None = None,
    password: str | None = None,
) -> UUID:
    """Add somebody who signs in by their name in small letters; without sites they see all."""
    row = new_user_row(
        sign_in_name=name,
        name=name,
        roles=frozenset(roles),
        recorded_by="test",
        password_hash=hash_password(password) if password else None,
    )
    row |= {"sees_all_sites": not sites and patient_id is None, "patient_id": patient_id}
    with writing(engine) as connection:
        connection.execute(insert(User), row)
        for site_id in sites:
            connection.execute(insert(UserSite), {"user_id": row["user_id"], "site_id": site_id})
    user_id: UUID = row["user_id"]
    return user_id


def token_of(engine: Engine, user_id: UUID, stage: Stage = Stage.OPEN) -> str:
    """Open a session for a user, confirmed a moment ago, and return its token."""
    with writing(engine) as connection:
        user = hold_user(connection, user_id)
        token = open_session(connection, user, client="127.0.0.1", browser="test").token
        confirmed_at = clock.now() if stage is Stage.OPEN else None
        mine = update(Session).where(Session.token_hash == hash_token(token))
        connection.execute(mine.values(stage=stage.value, confirmed_at=confirmed_at))
    return token
