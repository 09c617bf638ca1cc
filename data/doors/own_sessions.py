"""Where somebody is signed in, for themselves: they can tell a browser that is not theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from data import clock
from data.database import reading
from data.doors.sessions import Presence
from models.tables import Session

MOST_SHOWN = 20


@dataclass(frozen=True)
class OwnSession:
    is_here: bool
    created_at: datetime
    seen_at: datetime
    client: str | None
    browser: str | None


def list_own_sessions(engine: Engine, presence: Presence) -> list[OwnSession]:
    """Return the live sessions of a user, this one first, then the newest."""
    columns = (
        Session.session_id,
        Session.created_at,
        Session.seen_at,
        Session.client,
        Session.browser,
    )
    query = (
        select(*columns)
        .where(
            Session.user_id == presence.user_id,
            Session.ended_at.is_(None),
            Session.expires_at > clock.now(),
        )
        .order_by(Session.created_at.desc())
        .limit(MOST_SHOWN)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    own = [OwnSession(row.session_id == presence.session_id, *row[1:]) for row in rows]
    return sorted(own, key=lambda each: not each.is_here)
