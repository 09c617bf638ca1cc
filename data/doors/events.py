"""What the audit says about coming in and leaving."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from data.audit import DENIED, DONE, FAILED, write_line
from data.doors.throttles import FREE_FAILURES, LAST_FAILURE, TRIES_AN_ADDRESS
from models.policy import Person, Role

LONGEST_CLIENT = 80


class Event(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SIGN_OUT_EVERYWHERE = "sign_out_everywhere"
    SECOND_FACTOR = "second_factor"
    CONFIRM = "confirm"
    SET_UP = "set_up"
    CHOOSE_PASSWORD = "choose_password"
    CHANGE_PASSWORD = "change_password"
    LINK_IDENTITY = "link_identity"
    ENROL_SECOND_FACTOR = "enrol_second_factor"
    REMOVE_SECOND_FACTOR = "remove_second_factor"
    RECOVERY_CODE = "recovery_code"
    SESSION_ENDED = "session_ended"
    LOCKOUT = "lockout"


def actor(user: Any, client: str | None) -> Person:
    """Return a user as the audit names them.

    Nobody is "unknown": what was typed may be a password that slipped into the wrong field.
    """
    client = client[:LONGEST_CLIENT] if client else None
    if user is None:
        return Person("unknown", frozenset(), client=client)
    roles = frozenset(Role(role) for role in user.roles)
    return Person(user.name, roles, user_id=user.user_id, client=client)


def write_event(
    connection: Connection,
    event: Event,
    user: Any,
    *,
    client: str | None,
    has_failed: bool = False,
    **detail: Any,
) -> None:
    """Write the audit line of an event; last in its transaction, as every line."""
    outcome = FAILED if has_failed else DONE
    write_line(connection, actor(user, client), event, outcome=outcome, **detail)


def write_guess(
    connection: Connection,
    event: Event,
    user: Any,
    *,
    client: str | None,
    failures: int,
    guessed: str,
) -> None:
    """Write a wrong guess, and that guessing has to wait from here on.

    The waits double until somebody comes in, and the tries they refuse leave no line: so there is
    one where they begin, and one where only a new link helps.
    """
    write_event(connection, event, user, client=client, has_failed=True, failures=failures)
    if failures in (FREE_FAILURES, LAST_FAILURE):
        until = {"until": "a new link"} if failures == LAST_FAILURE else {}
        write_lockout(connection, user, client, guessed=guessed, failures=failures, **until)


def write_address_lockout(connection: Connection, client: str | None, tries: int) -> None:
    """Write that an address has to wait, at the last of the tries it has in a minute."""
    if tries == TRIES_AN_ADDRESS:
        write_lockout(connection, None, client, tries=tries)


def write_lockout(connection: Connection, user: Any, client: str | None, **detail: Any) -> None:
    write_line(connection, actor(user, client), Event.LOCKOUT, outcome=DENIED, **detail)
