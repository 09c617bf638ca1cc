"""Opening a session, and giving it a new token when it comes to mean more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update
from uuid_utils.compat import uuid7

from data import clock
from data.doors.events import LONGEST_CLIENT
from data.doors.refusals import SIGN_IN_AGAIN, NotSignedIn
from data.doors.secrets import hash_token, new_token
from data.policies import SIGNING_IN, in_force
from models.access import Settings, Stage
from models.policy import Role
from models.tables import Session, User

# Long enough to find the telephone, or to install an authenticator; nothing is open meanwhile.
HALF_WAY_LASTS = {Stage.PASSWORD: timedelta(minutes=10), Stage.ENROLMENT: timedelta(minutes=30)}
LONGEST_BROWSER = 400


@dataclass(frozen=True)
class SignedIn:
    """The token belongs into the cookie and nowhere else; it is kept hashed only."""

    token: str
    stage: Stage

    def __repr__(self) -> str:
        return f"SignedIn(stage={self.stage!r})"  # a token must not end in a log


def roles_of(user: Any) -> frozenset[Role]:
    return frozenset(Role(role) for role in user.roles)


def stage_of(user: Any, settings: Settings) -> Stage:
    """Return how far somebody comes who has shown who they are once."""
    if user.totp_secret is not None:
        return Stage.PASSWORD
    if settings.needs_second_factor(roles_of(user)):
        return Stage.ENROLMENT
    return Stage.OPEN


def open_session(
    connection: Connection, user: Any, *, client: str | None, browser: str | None
) -> SignedIn:
    """Open a session for a user, as far as the settings let it come."""
    settings, now, token = in_force(connection, SIGNING_IN), clock.now(), new_token()
    stage = stage_of(user, settings)
    row = {
        "session_id": uuid7(),
        "token_hash": hash_token(token),
        "user_id": user.user_id,
        "stage": stage.value,
        "created_at": now,
        "seen_at": now,
        "expires_at": _expires(stage, settings, now),
        "confirmed_at": now if stage is Stage.OPEN else None,
        "ended_at": None,
        "client": (client or "")[:LONGEST_CLIENT] or None,
        "browser": (browser or "")[:LONGEST_BROWSER] or None,
    }
    connection.execute(insert(Session), row)
    return SignedIn(token, stage)


def hold_session(connection: Connection, session_id: UUID, user_id: UUID, stage: Stage) -> Any:
    """Return a live session with its user, both held until the end of the transaction.

    The user first, in the order of whoever takes away rights, or two would wait for each other.
    Raises NotSignedIn where it has ended or is at another stage: a page may be older than that.
    """
    connection.execute(select(User.user_id).where(User.user_id == user_id).with_for_update())
    row = connection.execute(
        select(Session.confirmed_at, *User.__table__.c)
        .join(User, User.user_id == Session.user_id)
        .where(
            Session.session_id == session_id,
            Session.user_id == user_id,
            Session.stage == stage.value,
            Session.ended_at.is_(None),
            Session.expires_at > clock.now(),
            User.disabled_at.is_(None),
        )
        .with_for_update(of=Session)
    ).one_or_none()
    if row is None:
        raise NotSignedIn(SIGN_IN_AGAIN)
    return row


def renew(connection: Connection, session_id: UUID, *, from_stage: Stage) -> SignedIn:
    """Give a session that has just proved itself a new token; the old one is dead."""
    settings, now, token = in_force(connection, SIGNING_IN), clock.now(), new_token()
    values = {
        "token_hash": hash_token(token),
        "stage": Stage.OPEN.value,
        "confirmed_at": now,
        "seen_at": now,
    }
    if from_stage is not Stage.OPEN:
        values["created_at"] = now
        values["expires_at"] = _expires(Stage.OPEN, settings, now)
    connection.execute(update(Session).where(Session.session_id == session_id).values(**values))
    return SignedIn(token, Stage.OPEN)


def end_sessions(connection: Connection, user_id: UUID, *, but: UUID | None = None) -> int:
    """End every session of a user, or every other one; return how many."""
    query = update(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))
    if but is not None:
        query = query.where(Session.session_id != but)
    return connection.execute(query.values(ended_at=clock.now())).rowcount


def _expires(stage: Stage, settings: Settings, now: datetime) -> datetime:
    return now + HALF_WAY_LASTS.get(stage, timedelta(hours=settings.longest_hours))
