"""What the audit says about coming in and leaving."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from data.audit import DONE, FAILED, write_line
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
