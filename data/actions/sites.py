"""Opening and renaming sites."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select, update
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.database import writing
from models.errors import NotFound, Refused
from models.policy import Operation, Person, require_everywhere
from models.tables import Site


def open_site(engine: Engine, person: Person, *, name: str, time_zone: str) -> UUID:
    """Open a site. Raises Refused for a name in use or a zone that does not exist."""
    with writing(engine) as connection:
        require_everywhere(person, Operation.MANAGE_SITES)
        site_id = insert_site(connection, name=name.strip(), time_zone=time_zone)
        write_line(
            connection,
            person,
            Operation.MANAGE_SITES,
            site_id=site_id,
            record_id=site_id,
            opened=name,
        )
        return site_id


def rename_site(engine: Engine, person: Person, *, site_id: UUID, name: str) -> None:
    """Give a site another name. Raises Refused for one in use."""
    name = name.strip()
    with writing(engine) as connection:
        require_everywhere(person, Operation.MANAGE_SITES)
        if connection.scalar(select(Site.site_id).where(Site.site_id == site_id)) is None:
            raise NotFound("There is no such site.")
        _check_name(connection, name)
        connection.execute(update(Site).where(Site.site_id == site_id).values(name=name))
        write_line(
            connection,
            person,
            Operation.MANAGE_SITES,
            site_id=site_id,
            record_id=site_id,
            renamed=name,
        )


def insert_site(
    connection: Connection, *, name: str, time_zone: str, is_pretend: bool = False
) -> UUID:
    _check_name(connection, name)
    if time_zone not in clock.zones():
        raise Refused(f"{time_zone!r} is not a time zone; expected one such as America/Chicago.")
    site_id = uuid7()
    connection.execute(
        insert(Site),
        {
            "site_id": site_id,
            "name": name,
            "time_zone": time_zone,
            "is_pretend": is_pretend,
            "recorded_at": clock.now(),
        },
    )
    return site_id


def _check_name(connection: Connection, name: str) -> None:
    if not name or len(name) > 80:
        raise Refused("A site needs a name of 1 to 80 characters.")
    if connection.scalar(select(Site.site_id).where(Site.name == name)):
        raise Refused(f"There is already a site called {name}.")
