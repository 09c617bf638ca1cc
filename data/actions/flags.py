"""Acting on a flag: a named person says what they did, and in the end closes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, func, insert, select, update
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.database import writing
from data.places import hold_place
from models.errors import Conflict, NotFound, Refused
from models.flags import ACKNOWLEDGED, CLOSED
from models.policy import Operation, Person
from models.tables import Flag, FlagAction

LONGEST = 400


def acknowledge_flag(
    engine: Engine, person: Person, *, patient_id: UUID, flag_id: UUID, seen_version: int, said: str
) -> None:
    """Note what was done about a flag, which stays open. Raises Conflict if others acted since."""
    _act(engine, person, ACKNOWLEDGED, patient_id, flag_id, seen_version, said)


def close_flag(
    engine: Engine, person: Person, *, patient_id: UUID, flag_id: UUID, seen_version: int, said: str
) -> None:
    """Close a flag with what was done. Raises Conflict if somebody else has acted since."""
    _act(engine, person, CLOSED, patient_id, flag_id, seen_version, said)


def _act(
    engine: Engine,
    person: Person,
    action: str,
    patient_id: UUID,
    flag_id: UUID,
    seen_version: int,
    said: str,
) -> None:
    with writing(engine) as connection:
        site_id, _ = hold_place(connection, person, Operation.ACT_ON_FLAG, patient_id)
        said = " ".join(said.split())
        if not said:
            raise Refused("Please say what was done.")
        if len(said) > LONGEST:
            raise Refused(f"Please say it in at most {LONGEST} characters.")
        _move(connection, person, action, patient_id, flag_id, seen_version)
        _note(connection, person, action, patient_id, flag_id, said)
        write_line(
            connection,
            person,
            Operation.ACT_ON_FLAG,
            site_id=site_id,
            patient_id=patient_id,
            record_id=flag_id,
            action=action,
            version=seen_version + 1,
        )


def _move(
    connection: Connection,
    person: Person,
    action: str,
    patient_id: UUID,
    flag_id: UUID,
    seen_version: int,
) -> None:
    """Write the flag's next version. The first to act is remembered, whoever closes it."""
    here = (Flag.patient_id == patient_id) & (Flag.flag_id == flag_id)
    now = clock.now()
    values: dict[str, Any] = {
        "version": seen_version + 1,
        "first_action_at": func.coalesce(Flag.first_action_at, now),
        "first_action_by": func.coalesce(Flag.first_action_by, person.name),
    }
    if action == CLOSED:
        values |= {"closed_at": now, "closed_by": person.name}
    moved = connection.execute(
        update(Flag)
        .where(here, Flag.version == seen_version, Flag.closed_at.is_(None))
        .values(**values)
    )
    if moved.rowcount != 1:
        raise _why_not(connection, patient_id, flag_id)


def _why_not(connection: Connection, patient_id: UUID, flag_id: UUID) -> NotFound | Conflict:
    last = connection.execute(
        select(FlagAction.action, FlagAction.said, FlagAction.taken_by)
        .where(FlagAction.patient_id == patient_id, FlagAction.flag_id == flag_id)
        .order_by(FlagAction.action_id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return NotFound("There is no such flag for this patient.")
    done = last.action.replace("_", " ")
    return Conflict(f"Meanwhile this flag was {done} by {last.taken_by}: {last.said}")


def _note(
    connection: Connection, person: Person, action: str, patient_id: UUID, flag_id: UUID, said: str
) -> None:
    connection.execute(
        insert(FlagAction),
        {
            "patient_id": patient_id,
            "flag_id": flag_id,
            "action_id": uuid7(),
            "action": action,
            "said": said,
            "taken_at": clock.now(),
            "taken_by": person.name,
        },
    )
