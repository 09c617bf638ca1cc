"""Who is signed in at the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, select

from data import clock
from data.database import reading
from data.doors.sessions import ends_of
from data.looks import note_look
from data.policies import SIGNING_IN, in_force
from models.access import Stage
from models.policy import Operation, Person, Role, require_everywhere
from models.tables import Session, User


@dataclass(frozen=True)
class SessionRow:
    """One browser that somebody is signed in with; nothing in it could open that session."""

    session_id: UUID
    user_id: UUID
    name: str
    roles: frozenset[Role]
    stage: Stage
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    client: str | None
    browser: str | None


def list_sessions(engine: Engine, person: Person) -> list[SessionRow]:
    """Return the sessions that are alive, whoever did something last first."""
    query = (
        select(Session.__table__, User.name, User.roles, User.disabled_at)
        .join(User, User.user_id == Session.user_id)
        .where(Session.ended_at.is_(None))
        .order_by(Session.seen_at.desc(), Session.session_id)
    )
    with reading(engine) as connection:
        require_everywhere(person, Operation.END_SESSIONS)
        settings = in_force(connection, SIGNING_IN)
        found = connection.execute(query).all()
    note_look(engine, person, Operation.END_SESSIONS, looked="sessions")
    now = clock.now()
    return [
        SessionRow(
            row.session_id,
            row.user_id,
            row.name,
            frozenset(map(Role, row.roles)),
            Stage(row.stage),
            row.created_at,
            row.seen_at,
            ends_of(row, settings)[1],
            row.client,
            row.browser,
        )
        for row in found
        if row.disabled_at is None and now < min(ends_of(row, settings))
    ]
