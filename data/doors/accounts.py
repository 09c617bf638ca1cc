"""What somebody who is signed in may change about their own account."""

from __future__ import annotations

from sqlalchemy import Engine

from data.database import reading, writing
from data.doors.events import Event, write_event, write_guess
from data.doors.openings import SignedIn, end_sessions, hold_session, renew
from data.doors.refusals import NotConfirmed
from data.doors.second_factor import require_confirmation
from data.doors.sessions import Presence
from data.doors.sign_in import PASSWORD, verify
from data.doors.throttles import forgive, name_key
from data.doors.users import hash_new_password, store_password
from models.access import Stage


def change_password(
    engine: Engine, presence: Presence, *, old: str | None, new: str, client: str | None
) -> SignedIn:
    """Set another password, after the old one or a confirmation; all other sessions end.

    Raises NotConfirmed for a wrong old one, Unconfirmed without either, Refused for a weak new
    one.
    """
    is_right = False
    if old is not None:
        user, is_right, failures = verify(engine, presence.sign_in_name, old, client)
        if not is_right:
            _note_failure(engine, presence, client, failures)
            raise NotConfirmed
    else:
        _require_confirmation(engine, presence)
    names = (presence.sign_in_name, presence.person.name)
    password_hash = hash_new_password(engine, new, names=names, roles=presence.person.roles)
    with writing(engine) as connection:
        held = hold_session(connection, presence.session_id, presence.user_id, Stage.OPEN)
        if not is_right:
            require_confirmation(held)
        elif held.password_hash != user.password_hash:
            raise NotConfirmed
        forgive(connection, name_key(presence.sign_in_name))
        store_password(connection, held.user_id, password_hash)
        end_sessions(connection, held.user_id, but=presence.session_id)
        signed_in = renew(connection, presence.session_id, from_stage=Stage.OPEN)
        write_event(connection, Event.CHANGE_PASSWORD, held, client=client)
        return signed_in


def _note_failure(engine: Engine, presence: Presence, client: str | None, failures: int) -> None:
    with writing(engine) as connection:
        held = hold_session(connection, presence.session_id, presence.user_id, Stage.OPEN)
        write_guess(
            connection,
            Event.CHANGE_PASSWORD,
            held,
            client=client,
            failures=failures,
            guessed=PASSWORD,
        )


def _require_confirmation(engine: Engine, presence: Presence) -> None:
    """Ask before the costly hash; it is asked again where the password is set."""
    with reading(engine) as connection:
        require_confirmation(
            hold_session(connection, presence.session_id, presence.user_id, Stage.OPEN)
        )
