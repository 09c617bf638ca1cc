"""Looking users up at the door, and the passwords they may choose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select, update
from uuid_utils.compat import uuid7

from data import clock
from data.database import reading
from data.doors.throttles import normalise_name
from data.passwords import blocklist, hash_password
from data.policies import SIGNING_IN, in_force
from models.errors import Refused
from models.passwords import MIN_ALONE, MIN_WITH_SECOND_FACTOR, find_weakness
from models.policy import Role
from models.tables import Identity, Site, User

EVERYTHING = select(User.__table__)


def find_user(connection: Connection, sign_in_name: str) -> Any:
    """Return a user's row, None for a name that nobody has."""
    name = normalise_name(sign_in_name)
    return connection.execute(EVERYTHING.where(User.sign_in_name == name)).one_or_none()


def hold_user(connection: Connection, user_id: UUID) -> Any:
    """Return a user's row and keep it from others until the end of the transaction."""
    query = EVERYTHING.where(User.user_id == user_id).with_for_update()
    return connection.execute(query).one_or_none()


def find_identity(connection: Connection, issuer: str, subject: str) -> Any:
    """Return the user an identity provider means, None for one that was never linked."""
    query = EVERYTHING.join(Identity, Identity.user_id == User.user_id).where(
        Identity.issuer == issuer, Identity.subject == subject
    )
    return connection.execute(query).one_or_none()


def new_user_row(
    *, sign_in_name: str, name: str, roles: frozenset[Role], recorded_by: str, **more: Any
) -> dict[str, Any]:
    """Return a user's row without a password. Raises Refused for a name that will not do."""
    row = {
        "user_id": uuid7(),
        "sign_in_name": normalise_name(sign_in_name),
        "name": " ".join(name.split()),
        "roles": sorted(roles),
        "sees_all_sites": False,
        "version": 1,
        "recorded_at": clock.now(),
        "recorded_by": recorded_by,
        **more,
    }
    for what in ("sign_in_name", "name"):
        if not 0 < len(row[what]) <= 80 or not row[what].isprintable():
            raise Refused(f"The {what.replace('_', '-')} must have 1 to 80 characters.")
    return row


def hash_new_password(
    engine: Engine, password: str, *, names: tuple[str, ...], roles: frozenset[Role]
) -> str:
    """Return the hash of a password somebody chooses. Raises Refused, with why, for a weak one.

    Whoever has no second factor needs a longer one. Never inside a transaction: it takes a while.
    """
    with reading(engine) as connection:
        sites = connection.scalars(select(Site.name)).all()
        settings = in_force(connection, SIGNING_IN)
    least = MIN_WITH_SECOND_FACTOR if settings.needs_second_factor(roles) else MIN_ALONE
    weakness = find_weakness(password, context=[*sites, *names], blocklist=blocklist(), least=least)
    if weakness is not None:
        raise Refused(weakness)
    return hash_password(password)


def store_password(connection: Connection, user_id: UUID, password_hash: str) -> None:
    connection.execute(
        update(User)
        .where(User.user_id == user_id)
        .values(password_hash=password_hash, password_set_at=clock.now())
    )
