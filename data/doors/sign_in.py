"""Signing in: with a password, a code, or an identity provider; and showing once more who it is.

A name that nobody has costs the same statements and the same hash as a wrong password, and gets
the same words. Argon2 never runs inside a transaction, which would keep others waiting.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, update

from data.database import writing
from data.doors.codes import Proof, check_code
from data.doors.events import Event, write_address_lockout, write_event, write_guess
from data.doors.openings import SignedIn, hold_session, open_session, renew
from data.doors.refusals import NotConfirmed, NotSignedIn, TryLater, WrongCode
from data.doors.sessions import Presence
from data.doors.throttles import LAST_FAILURE, admit, admit_address, code_key, forgive, name_key
from data.doors.users import find_identity, find_user, hold_user
from data.passwords import hash_password, needs_rehash, verify_password
from models.access import Stage
from models.tables import User

# What somebody guesses at, as the audit says it.
PASSWORD, CODE = "password", "second step"

__all__ = ["NotSignedIn", "SignedIn", "TryLater", "confirm", "give_code", "sign_in", "sign_in_with"]


def sign_in(
    engine: Engine, *, sign_in_name: str, password: str, client: str | None, browser: str | None
) -> SignedIn:
    """Open a session. Raises NotSignedIn or TryLater, neither telling whether the name exists."""
    user, is_right, failures = verify(engine, sign_in_name, password, client)
    better = _better_hash(user, password) if is_right else None
    with writing(engine) as connection:
        held = _still_the_same(connection, user) if is_right else None
        if held is not None:
            _replace_hash(connection, held, better)
            forgive(connection, name_key(sign_in_name))
            signed_in = open_session(connection, held, client=client, browser=browser)
            write_event(connection, Event.SIGN_IN, held, client=client, stage=signed_in.stage)
            return signed_in
        write_guess(
            connection, Event.SIGN_IN, user, client=client, failures=failures, guessed=PASSWORD
        )
    raise NotSignedIn


def give_code(engine: Engine, presence: Presence, code: str, *, client: str | None) -> SignedIn:
    """Open a half-open session with a code of the authenticator, or with a recovery code."""
    signed_in = _prove_by_code(engine, presence, code, Event.SECOND_FACTOR, client)
    if signed_in is None:
        raise WrongCode
    return signed_in


def confirm(
    engine: Engine, presence: Presence, *, password: str | None = None, code: str | None = None
) -> SignedIn:
    """Note that it is still them, for what asks; the session gets a new token.

    Raises NotConfirmed, TryLater, or NotSignedIn where the session is over.
    """
    client = presence.person.client
    if code is not None:
        signed_in = _prove_by_code(engine, presence, code, Event.CONFIRM, client)
    else:
        signed_in = _prove_by_password(engine, presence, password or "", client)
    if signed_in is None:
        raise NotConfirmed
    return signed_in


def sign_in_with(
    engine: Engine,
    *,
    issuer: str,
    subject: str,
    email_or_name: str | None,
    client: str | None,
    browser: str | None,
) -> SignedIn:
    """Open a session for somebody an identity provider vouches for.

    Only a linked identity counts: an address may pass to somebody else, a subject never does, so
    `email_or_name` opens nothing. Raises NotSignedIn otherwise.
    """
    with writing(engine) as connection:
        user = find_identity(connection, issuer, subject)
        held = hold_user(connection, user.user_id) if user is not None else None
        if held is not None and held.disabled_at is None:
            signed_in = open_session(connection, held, client=client, browser=browser)
            write_event(
                connection, Event.SIGN_IN, held, client=client, stage=signed_in.stage, by="provider"
            )
            return signed_in
        write_event(connection, Event.SIGN_IN, user, client=client, has_failed=True, by="provider")
    raise NotSignedIn


def note_unvouched(engine: Engine, client: str | None) -> None:
    """Write that somebody came back from a provider without what shows who they are.

    Raises TryLater for too many of those from one address.
    """
    with writing(engine) as connection:
        tries = admit_address(connection, client)
        write_event(connection, Event.SIGN_IN, None, client=client, has_failed=True, by="provider")
        write_address_lockout(connection, client, tries)


class Checked(NamedTuple):
    """`user` is None for a name that nobody has; `failures` in a row, if this was one."""

    user: Any
    is_right: bool
    failures: int


def verify(engine: Engine, sign_in_name: str, password: str, client: str | None) -> Checked:
    """Return a user, and whether this is the password to come in with.

    The try is counted first and forgiven by the caller. After too many in a row the password is
    not looked at any more: then it takes a new link.
    """
    with writing(engine) as connection:
        tries = admit_address(connection, client)
        before = admit(connection, name_key(sign_in_name))
        user = find_user(connection, sign_in_name)
        write_address_lockout(connection, client, tries)
    opens = user is not None and user.disabled_at is None and before < LAST_FAILURE
    is_right = verify_password(user.password_hash if opens else None, password)
    return Checked(user, is_right, before + 1)


def _still_the_same(connection: Connection, user: Any) -> Any:
    """Return the user, held; None if they were disabled or changed their password meanwhile."""
    held = hold_user(connection, user.user_id)
    is_same = held.disabled_at is None and held.password_hash == user.password_hash
    return held if is_same else None


def _better_hash(user: Any, password: str) -> str | None:
    return hash_password(password) if needs_rehash(user.password_hash) else None


def _replace_hash(connection: Connection, user: Any, better: str | None) -> None:
    if better is not None:
        here = User.user_id == user.user_id
        connection.execute(update(User).where(here).values(password_hash=better))


def _prove_by_password(
    engine: Engine, presence: Presence, password: str, client: str | None
) -> SignedIn | None:
    user, is_right, failures = verify(engine, presence.sign_in_name, password, client)
    with writing(engine) as connection:
        held = hold_session(connection, presence.session_id, presence.user_id, Stage.OPEN)
        if is_right and held.password_hash == user.password_hash:
            forgive(connection, name_key(presence.sign_in_name))
            signed_in = renew(connection, presence.session_id, from_stage=Stage.OPEN)
            write_event(connection, Event.CONFIRM, held, client=client)
            return signed_in
        write_guess(
            connection, Event.CONFIRM, held, client=client, failures=failures, guessed=PASSWORD
        )
    return None


def _prove_by_code(
    engine: Engine, presence: Presence, code: str, event: Event, client: str | None
) -> SignedIn | None:
    """Return the renewed session, None for a wrong code; both are written down."""
    stage = Stage.PASSWORD if event is Event.SECOND_FACTOR else Stage.OPEN
    with writing(engine) as connection:
        held = hold_session(connection, presence.session_id, presence.user_id, stage)
        before = admit(connection, code_key(held.user_id))
        proof = check_code(connection, held, code) if before < LAST_FAILURE else Proof.NONE
        if proof is Proof.NONE:
            write_guess(connection, event, held, client=client, failures=before + 1, guessed=CODE)
            return None
        forgive(connection, code_key(held.user_id))
        signed_in = renew(connection, presence.session_id, from_stage=stage)
        used = Event.RECOVERY_CODE if proof is Proof.RECOVERY else event
        write_event(connection, used, held, client=client)
        return signed_in
