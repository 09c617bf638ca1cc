"""Setting a second factor up, and taking it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyotp
from sqlalchemy import Connection, Engine, delete, update

from data import clock
from data.database import writing
from data.doors.codes import find_step, replace_recovery_codes, secret_place
from data.doors.events import Event, write_event
from data.doors.openings import SignedIn, end_sessions, hold_session, renew, roles_of
from data.doors.refusals import SIGN_IN_AGAIN, NotSignedIn, WrongCode
from data.doors.sealing import seal, unseal
from data.doors.sessions import Presence
from data.policies import SIGNING_IN, in_force
from models.access import CONFIRMATION_LASTS, Stage
from models.errors import Refused
from models.policy import Unconfirmed
from models.tables import RecoveryCode, User

ISSUER = "Afterglow"
UNCONFIRMED = "To change how you sign in, please confirm first that it is still you."
REQUIRED = "This clinic asks for a second factor, so it cannot be removed, only replaced."


@dataclass(frozen=True, repr=False)
class Enrolment:
    """What an authenticator needs, shown once. `sealed` comes back with the first code."""

    secret: str
    uri: str
    sealed: str


def begin_enrolment(engine: Engine, presence: Presence) -> Enrolment:
    """Return a new secret; it means nothing until a code has shown that the device has it."""
    with writing(engine) as connection:
        _hold(connection, presence)
    secret = pyotp.random_base32()
    return _enrolment(presence, secret, seal(secret, _pending_place(presence)))


def resume_enrolment(presence: Presence, sealed: str) -> Enrolment:
    """Return the same once more, for whoever has scanned it and mistyped the code.

    Raises Unavailable for what was not begun in this session.
    """
    return _enrolment(presence, unseal(sealed, _pending_place(presence)), sealed)


def _enrolment(presence: Presence, secret: str, sealed: str) -> Enrolment:
    uri = pyotp.TOTP(secret).provisioning_uri(name=presence.sign_in_name, issuer_name=ISSUER)
    return Enrolment(secret, uri, sealed)


def finish_enrolment(
    engine: Engine, presence: Presence, sealed: str, code: str
) -> tuple[SignedIn, list[str]]:
    """Take the second factor into use; return the session anew and the recovery codes.

    Other sessions of the user end. Raises WrongCode for a code that is not of this secret.
    """
    secret = unseal(sealed, _pending_place(presence))
    client = presence.person.client
    with writing(engine) as connection:
        held = _hold(connection, presence)
        step = find_step(secret, code)
        if step is None:
            write_event(connection, Event.ENROL_SECOND_FACTOR, held, client=client, has_failed=True)
        else:
            kept = {"totp_secret": seal(secret, secret_place(held.user_id)), "totp_step": step}
            _set(connection, held, kept)
            codes = replace_recovery_codes(connection, held.user_id)
            end_sessions(connection, held.user_id, but=presence.session_id)
            signed_in = renew(connection, presence.session_id, from_stage=presence.stage)
            write_event(connection, Event.ENROL_SECOND_FACTOR, held, client=client)
            return signed_in, codes
    raise WrongCode


def new_recovery_codes(engine: Engine, presence: Presence) -> list[str]:
    """Return ten new recovery codes; the earlier ones stop working. Needs a confirmation."""
    with writing(engine) as connection:
        held = _hold(connection, presence)
        if held.totp_secret is None:
            raise Refused("There is no second factor that recovery codes could stand in for.")
        codes = replace_recovery_codes(connection, held.user_id)
        write_event(
            connection, Event.RECOVERY_CODE, held, client=presence.person.client, made=len(codes)
        )
        return codes


def remove_second_factor(engine: Engine, presence: Presence) -> None:
    """Take the second factor away. Needs a confirmation; refused where the clinic asks for one."""
    with writing(engine) as connection:
        held = _hold(connection, presence)
        if in_force(connection, SIGNING_IN).needs_second_factor(roles_of(held)):
            raise Refused(REQUIRED)
        clear_second_factor(connection, held)
        end_sessions(connection, held.user_id, but=presence.session_id)
        write_event(connection, Event.REMOVE_SECOND_FACTOR, held, client=presence.person.client)


def clear_second_factor(connection: Connection, user: Any) -> None:
    """Forget a user's secret and recovery codes."""
    _set(connection, user, {"totp_secret": None, "totp_step": None})
    connection.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.user_id))


def _hold(connection: Connection, presence: Presence) -> Any:
    """Return the session and its user, held, if they may change how they sign in.

    Whoever has only given a password may set up a first second factor and never replace one: the
    password alone would then be enough after all.
    """
    if presence.stage is Stage.PASSWORD:
        raise NotSignedIn(SIGN_IN_AGAIN)
    held = hold_session(connection, presence.session_id, presence.user_id, presence.stage)
    if presence.stage is Stage.ENROLMENT and held.totp_secret is not None:
        raise NotSignedIn(SIGN_IN_AGAIN)
    if presence.stage is Stage.OPEN:
        require_confirmation(held)
    return held


def require_confirmation(held: Any) -> None:
    """Raise Unconfirmed unless the session's user has shown a moment ago that it is them."""
    confirmed = held.confirmed_at
    if confirmed is None or clock.now() - confirmed >= CONFIRMATION_LASTS:
        raise Unconfirmed(UNCONFIRMED)


def _pending_place(presence: Presence) -> str:
    return f"pending:totp_secret:{presence.user_id}:{presence.session_id}"


def _set(connection: Connection, user: Any, values: dict[str, Any]) -> None:
    connection.execute(update(User).where(User.user_id == user.user_id).values(**values))
