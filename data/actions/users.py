"""Adding users, changing what they may do, and letting them in again.

Whatever takes something away from somebody ends their sessions in the same transaction. The new
link is returned once; whoever gets it chooses a password, so no administrator ever knows one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from data import clock
from data.actions.user_entries import UserEntry, check_rights
from data.audit import write_line
from data.database import writing
from data.doors.links import kill_tokens, make_token
from data.doors.openings import end_sessions, roles_of
from data.doors.second_factor import clear_second_factor
from data.doors.throttles import code_key, forgive, name_key
from data.doors.users import hold_user, new_user_row
from models.access import Purpose
from models.errors import Conflict, NotFound, Refused
from models.policy import Operation, Person, Role, require_everywhere
from models.tables import Patient, User, UserSite

IN_USE = "A user with this name or sign-in name, or for this patient, exists already."


def add_user(engine: Engine, person: Person, *, entry: UserEntry) -> tuple[UUID, str]:
    """Add a user; return their id and the token of the link with which they choose a password."""
    with writing(engine) as connection:
        require_everywhere(person, Operation.MANAGE_USERS)
        user_id = insert_user(connection, person, entry)
        token = make_token(connection, Purpose.WELCOME, user_id, made_by=person.name)
        _note(connection, person, user_id, "added", roles=sorted(entry.roles))
        return user_id, token


def insert_user(connection: Connection, person: Person, entry: UserEntry, **columns: Any) -> UUID:
    """Insert a user and their sites. Raises Refused for a name in use or impossible rights."""
    check_rights(entry.roles, entry.site_ids, entry.sees_all_sites, entry.patient_number)
    row = new_user_row(
        sign_in_name=entry.sign_in_name,
        name=entry.name,
        roles=entry.roles,
        recorded_by=person.name,
        **{
            "sees_all_sites": entry.sees_all_sites,
            "patient_id": _find_patient(connection, entry.patient_number),
            **columns,
        },
    )
    same = (User.sign_in_name == row["sign_in_name"]) | (User.name == row["name"])
    if row["patient_id"] is not None:
        same |= User.patient_id == row["patient_id"]
    if connection.scalar(select(User.user_id).where(same).limit(1)) is not None:
        raise Refused(IN_USE)
    try:
        connection.execute(insert(User), row)
    except IntegrityError as error:  # somebody added it a moment ago
        raise Refused(IN_USE) from error
    _assign(connection, row["user_id"], entry.site_ids)
    return row["user_id"]


def change_user(
    engine: Engine,
    person: Person,
    *,
    user_id: UUID,
    seen_version: int,
    name: str,
    roles: Collection[Role],
    site_ids: Collection[UUID],
    sees_all_sites: bool,
) -> None:
    """Change a user. Raises Conflict if somebody else has changed them since `seen_version`."""
    with writing(engine) as connection:
        before, others = _hold(connection, person, user_id)
        number = None if before.patient_id is None else "unchanged"
        check_rights(frozenset(roles), frozenset(site_ids), sees_all_sites, number)
        if Role.ADMINISTRATOR not in roles:
            _keep_an_administrator(person, before, others)
        values = {
            "name": new_user_row(
                sign_in_name=before.sign_in_name,
                name=name,
                roles=frozenset(roles),
                recorded_by=person.name,
            )["name"],
            "roles": sorted(set(roles)),
            "sees_all_sites": sees_all_sites,
        }
        changed = sorted(key for key, value in values.items() if getattr(before, key) != value)
        sites_before = _sites_of(connection, user_id)
        if sites_before != frozenset(site_ids):
            changed.append("sites")
        _move(connection, person, before, seen_version, values)
        connection.execute(delete(UserSite).where(UserSite.user_id == user_id))
        _assign(connection, user_id, site_ids)
        if changed and changed != ["name"]:
            end_sessions(connection, user_id)
        _note(
            connection,
            person,
            user_id,
            "changed",
            fields=changed,
            roles=values["roles"],
            roles_before=before.roles,
            sites=sorted(map(str, site_ids)),
            sites_before=sorted(map(str, sites_before)),
        )


def disable_user(engine: Engine, person: Person, *, user_id: UUID) -> None:
    """Close somebody out at once: their sessions and links are dead. What they wrote stays."""
    with writing(engine) as connection:
        before, others = _hold(connection, person, user_id)
        _keep_an_administrator(person, before, others)
        _move(connection, person, before, before.version, {"disabled_at": clock.now()})
        end_sessions(connection, user_id)
        kill_tokens(connection, user_id)
        _note(connection, person, user_id, "disabled")


def enable_user(engine: Engine, person: Person, *, user_id: UUID) -> None:
    with writing(engine) as connection:
        before, _ = _hold(connection, person, user_id)
        _move(connection, person, before, before.version, {"disabled_at": None})
        _note(connection, person, user_id, "enabled")


def new_welcome_link(engine: Engine, person: Person, *, user_id: UUID) -> str:
    """Return a new one-time link for somebody who cannot come in; earlier links are dead.

    Their sessions end and their failed tries are forgotten; the password holds until they choose
    another one.
    """
    with writing(engine) as connection:
        before, _ = _hold(connection, person, user_id)
        if before.disabled_at is not None:
            raise Refused(f"{before.name} is disabled: enable them first.")
        end_sessions(connection, user_id)
        token = make_token(connection, Purpose.WELCOME, user_id, made_by=person.name)
        forgive(connection, name_key(before.sign_in_name), code_key(user_id))
        _note(connection, person, user_id, "new link")
        return token


def reset_second_factor(engine: Engine, person: Person, *, user_id: UUID) -> None:
    """Take away the second factor of somebody who has lost it, recovery codes included."""
    with writing(engine) as connection:
        before, _ = _hold(connection, person, user_id)
        clear_second_factor(connection, before)
        end_sessions(connection, user_id)
        forgive(connection, code_key(user_id))
        _note(connection, person, user_id, "second factor reset")


def _hold(connection: Connection, person: Person, user_id: UUID) -> tuple[Any, list[Any]]:
    """Return a user, and everybody of the staff who may come in, held until the end.

    All are held, in one order, so that two administrators cannot shut each other out at once.
    """
    require_everywhere(person, Operation.MANAGE_USERS)
    staff = (
        select(User.user_id, User.roles)
        .where(User.patient_id.is_(None), User.disabled_at.is_(None))
        .order_by(User.user_id)
        .with_for_update()
    )
    others = [row for row in connection.execute(staff) if row.user_id != user_id]
    user = hold_user(connection, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user, others


def _keep_an_administrator(person: Person, before: Any, others: list[Any]) -> None:
    if Role.ADMINISTRATOR not in roles_of(before):
        return
    if before.user_id == person.user_id:
        raise Refused("Nobody can take administration from themselves: ask another administrator.")
    if not any(Role.ADMINISTRATOR in roles_of(row) for row in others):
        raise Refused(f"{before.name} is the only administrator: make another one first.")


def _move(
    connection: Connection, person: Person, before: Any, seen_version: int, values: dict[str, Any]
) -> None:
    """Change the user as last seen, or say who has changed them since."""
    stamp = {"recorded_at": clock.now(), "recorded_by": person.name}
    moved = (
        update(User)
        .where(User.user_id == before.user_id, User.version == seen_version)
        .values(**values, **stamp, version=seen_version + 1)
    )
    try:
        count = connection.execute(moved).rowcount
    except IntegrityError as error:
        raise Refused(IN_USE) from error
    if count != 1:
        raise Conflict(f"{before.name} was changed by {before.recorded_by} in the meantime.")


def _assign(connection: Connection, user_id: UUID, site_ids: Collection[UUID]) -> None:
    rows = [{"user_id": user_id, "site_id": site_id} for site_id in sorted(set(site_ids))]
    if not rows:
        return
    try:
        connection.execute(insert(UserSite), rows)
    except IntegrityError as error:
        raise NotFound("There is no such site.") from error


def _sites_of(connection: Connection, user_id: UUID) -> frozenset[UUID]:
    query = select(UserSite.site_id).where(UserSite.user_id == user_id)
    return frozenset(connection.scalars(query))


def _find_patient(connection: Connection, number: str | None) -> UUID | None:
    if number is None:
        return None
    query = select(Patient.patient_id).where(Patient.code == number.strip())
    patient_id = connection.scalar(query)
    if patient_id is None:
        raise NotFound("There is no patient with this number.")
    return patient_id


def _note(connection: Connection, person: Person, user_id: UUID, what: str, **detail: Any) -> None:
    write_line(connection, person, Operation.MANAGE_USERS, record_id=user_id, what=what, **detail)
