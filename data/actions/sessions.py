"""Ending somebody's sessions."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, select, update

from data import clock
from data.audit import write_line
from data.database import writing
from data.doors.openings import end_sessions
from data.doors.users import hold_user
from models.errors import NotFound
from models.policy import Operation, Person, require_everywhere
from models.tables import Session


def end_session_of(engine: Engine, person: Person, *, session_id: UUID) -> None:
    """End one session; one that has ended already stays so."""
    with writing(engine) as connection:
        require_everywhere(person, Operation.END_SESSIONS)
        here = Session.session_id == session_id
        user_id = connection.scalar(select(Session.user_id).where(here))
        if user_id is None:
            raise NotFound("There is no such session.")
        ending = update(Session).where(here, Session.ended_at.is_(None))
        ended = connection.execute(ending.values(ended_at=clock.now())).rowcount
        write_line(connection, person, Operation.END_SESSIONS, record_id=user_id, sessions=ended)


def end_sessions_of(engine: Engine, person: Person, *, user_id: UUID) -> None:
    """End every session of a user."""
    with writing(engine) as connection:
        require_everywhere(person, Operation.END_SESSIONS)
        if hold_user(connection, user_id) is None:
            raise NotFound("There is no such user.")
        ended = end_sessions(connection, user_id)
        write_line(connection, person, Operation.END_SESSIONS, record_id=user_id, sessions=ended)
