"""One-time links: setting up, choosing a password, linking an identity.

Looking at a link never uses it up (mail programs look at links by themselves). Using one, or
making a new one, kills every earlier one of the same user.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from data import clock
from data.database import reading, writing
from data.doors.events import Event, write_address_lockout, write_event
from data.doors.openings import SignedIn, end_sessions, open_session
from data.doors.refusals import DeadLink
from data.doors.secrets import hash_token, new_token
from data.doors.throttles import admit_address, code_key, forgive, name_key
from data.doors.users import hash_new_password, hold_user, new_user_row, store_password
from models.access import TOKEN_LASTS, Purpose
from models.errors import Refused
from models.policy import OPERATOR, Role
from models.tables import Identity, OneTimeToken, User

FIRST_ROLES = frozenset({Role.ADMINISTRATOR})


def make_set_up_token(engine: Engine) -> str | None:
    """Return what makes the first administrator, None where there is a user already."""
    with writing(engine) as connection:
        if _has_users(connection):
            return None
        token = make_token(connection, Purpose.SET_UP, None, made_by=OPERATOR.name)
        write_event(connection, Event.SET_UP, OPERATOR, client=None, made="token")
        return token


def make_token(
    connection: Connection, purpose: Purpose, user_id: UUID | None, *, made_by: str
) -> str:
    """Return a new one-time token; the earlier ones of this user are dead."""
    kill_tokens(connection, user_id)
    token, now = new_token(), clock.now()
    row = {
        "token_hash": hash_token(token),
        "purpose": purpose.value,
        "user_id": user_id,
        "made_at": now,
        "made_by": made_by,
        "expires_at": now + TOKEN_LASTS,
        "used_at": None,
    }
    connection.execute(insert(OneTimeToken), row)
    return token


def is_open(engine: Engine, token: str, purpose: Purpose) -> bool:
    """Tell whether a link would still work, without using it up."""
    with reading(engine) as connection:
        return _find_open(connection, token, purpose) is not None


def look_at(engine: Engine, token: str, purpose: Purpose, client: str | None) -> None:
    """Raise DeadLink for a link that opens nothing, and TryLater for too many of those.

    Whoever comes with one leaves a line: it may have been stolen, and used by its owner before.
    """
    if not is_open(engine, token, purpose):
        _look_first(engine, token, purpose, client)


def set_up(
    engine: Engine,
    token: str,
    *,
    sign_in_name: str,
    name: str,
    password: str,
    client: str | None,
    browser: str | None,
) -> SignedIn:
    """Make the first administrator. Raises DeadLink, or Refused for a name or password."""
    _look_first(engine, token, Purpose.SET_UP, client)
    row = new_user_row(
        sign_in_name=sign_in_name, name=name, roles=FIRST_ROLES, recorded_by=OPERATOR.name
    )
    names = (row["sign_in_name"], row["name"])
    row["password_hash"] = hash_new_password(engine, password, names=names, roles=FIRST_ROLES)
    row["password_set_at"] = clock.now()
    with writing(engine) as connection:
        _use_up(connection, token, Purpose.SET_UP)
        if _has_users(connection):
            raise DeadLink
        connection.execute(insert(User), row)
        user = hold_user(connection, row["user_id"])
        signed_in = open_session(connection, user, client=client, browser=browser)
        write_event(connection, Event.SET_UP, user, client=client, stage=signed_in.stage)
        return signed_in


def choose_password(
    engine: Engine, token: str, password: str, client: str | None, browser: str | None
) -> SignedIn:
    """Set the password of whom a link was made for. Raises DeadLink, or Refused for a weak one."""
    user = _look_first(engine, token, Purpose.WELCOME, client)
    names, roles = (user.sign_in_name, user.name), frozenset(map(Role, user.roles))
    password_hash = hash_new_password(engine, password, names=names, roles=roles)
    with writing(engine) as connection:
        held = _welcome(connection, token)
        store_password(connection, held.user_id, password_hash)
        end_sessions(connection, held.user_id)
        signed_in = open_session(connection, held, client=client, browser=browser)
        write_event(connection, Event.CHOOSE_PASSWORD, held, client=client, stage=signed_in.stage)
        return signed_in


def link_identity(
    engine: Engine,
    token: str,
    issuer: str,
    subject: str,
    *,
    client: str | None,
    browser: str | None,
) -> SignedIn:
    """Let an identity provider vouch from now on for whom a link was made for."""
    _look_first(engine, token, Purpose.WELCOME, client)
    with writing(engine) as connection:
        held = _welcome(connection, token)
        row = {
            "issuer": issuer,
            "subject": subject,
            "user_id": held.user_id,
            "linked_at": clock.now(),
        }
        try:
            connection.execute(insert(Identity), row)
        except IntegrityError as error:
            raise Refused("This account of the provider belongs to another user here.") from error
        end_sessions(connection, held.user_id)
        signed_in = open_session(connection, held, client=client, browser=browser)
        write_event(connection, Event.LINK_IDENTITY, held, client=client, stage=signed_in.stage)
        return signed_in


def _look_first(engine: Engine, token: str, purpose: Purpose, client: str | None) -> Any:
    """Return the user of an open link (None where it makes one); a dead one costs no hash."""
    with writing(engine) as connection:
        tries = admit_address(connection, client)
        found = _find_open(connection, token, purpose)
        if found is None:
            _write_dead(connection, token, purpose, client)
        write_address_lockout(connection, client, tries)
        user = hold_user(connection, found.user_id) if found and found.user_id else None
    if found is None:
        raise DeadLink
    return user


def _write_dead(connection: Connection, token: str, purpose: Purpose, client: str | None) -> None:
    """Write that somebody came with a dead link, and whose it had been; they are not the owner."""
    here = (OneTimeToken.token_hash == hash_token(token)) & (OneTimeToken.purpose == purpose.value)
    query = select(OneTimeToken.user_id, OneTimeToken.used_at).where(here)
    was = connection.execute(query).one_or_none()
    link = "unknown" if was is None else "too old" if was.used_at is None else "used or replaced"
    event = Event.SET_UP if purpose is Purpose.SET_UP else Event.CHOOSE_PASSWORD
    whose = was.user_id if was else None
    write_event(connection, event, None, client=client, has_failed=True, record_id=whose, link=link)


def _welcome(connection: Connection, token: str) -> Any:
    """Use up a link and return its user, with a clean slate of failures and links."""
    user_id = _use_up(connection, token, Purpose.WELCOME)
    held = hold_user(connection, user_id)
    if held is None or held.disabled_at is not None:
        raise DeadLink
    kill_tokens(connection, user_id)
    forgive(connection, name_key(held.sign_in_name), code_key(held.user_id))
    return held


def _use_up(connection: Connection, token: str, purpose: Purpose) -> UUID | None:
    """Use a link up and return its user. Of twenty at once, one gets past here."""
    used = (
        update(OneTimeToken)
        .where(*_is_open(token, purpose))
        .values(used_at=clock.now())
        .returning(OneTimeToken.user_id)
    )
    row = connection.execute(used).one_or_none()
    if row is None:
        raise DeadLink
    return row.user_id


def _find_open(connection: Connection, token: str, purpose: Purpose) -> Any:
    query = select(OneTimeToken.user_id).where(*_is_open(token, purpose))
    return connection.execute(query).one_or_none()


def _is_open(token: str, purpose: Purpose) -> tuple[Any, ...]:
    return (
        OneTimeToken.token_hash == hash_token(token),
        OneTimeToken.purpose == purpose.value,
        OneTimeToken.used_at.is_(None),
        OneTimeToken.expires_at > clock.now(),
    )


def kill_tokens(connection: Connection, user_id: UUID | None) -> None:
    whose = OneTimeToken.user_id.is_(None) if user_id is None else OneTimeToken.user_id == user_id
    still_open = update(OneTimeToken).where(whose, OneTimeToken.used_at.is_(None))
    connection.execute(still_open.values(used_at=clock.now()))


def _has_users(connection: Connection) -> bool:
    return connection.scalar(select(User.user_id).limit(1)) is not None
