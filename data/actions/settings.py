"""Changing the settings about signing in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, insert
from sqlalchemy.exc import IntegrityError

from data import clock
from data.audit import write_line
from data.database import writing
from data.doors.settings import settings_in_force
from models.access import SETTING_NAMES, Settings
from models.errors import Conflict, Refused
from models.policy import Operation, Person, require_everywhere
from models.tables import AccessSettings


def set_access_settings(
    engine: Engine, person: Person, *, changes: Mapping[str, Any], reason: str
) -> Settings:
    """Set some settings as a new revision. They hold at once, for open sessions too.

    Raises Refused without a reason or a change, DefinitionError for a value out of bounds.
    """
    with writing(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        settings = insert_settings(connection, person, changes, reason)
        write_line(
            connection,
            person,
            Operation.SET_POLICY,
            about="signing in",
            revision=settings.revision,
            changed=sorted(changes),
        )
    return settings


def insert_settings(
    connection: Connection, person: Person, changes: Mapping[str, Any], reason: str
) -> Settings:
    if not reason.strip():
        raise Refused("A change of how people sign in needs a reason.")
    now = settings_in_force(connection)
    _check_kinds(now, changes)
    settings = Settings(**{**now.to_dict(), **changes, "revision": now.revision + 1})
    if {**settings.to_dict(), "revision": now.revision} == now.to_dict():
        raise Refused("These are the settings already in force.")
    row = {
        "revision": settings.revision,
        "settings": settings.to_dict(),
        "reason": reason.strip()[:400],
        "recorded_at": clock.now(),
        "recorded_by": person.name,
    }
    try:
        connection.execute(insert(AccessSettings), row)
    except IntegrityError as error:
        raise Conflict("These settings were changed by somebody else in the meantime.") from error
    return settings


def _check_kinds(now: Settings, changes: Mapping[str, Any]) -> None:
    """Raise Refused for a setting that does not exist, or a value of another kind."""
    for name, value in changes.items():
        if name not in SETTING_NAMES:
            raise Refused(f"There is no setting {name!r}.")
        if type(value) is not type(getattr(now, name)):
            kind = "yes or no" if isinstance(getattr(now, name), bool) else "a whole number"
            raise Refused(f"{name.replace('_', ' ')}: expected {kind}.")
