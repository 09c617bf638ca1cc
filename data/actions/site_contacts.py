"""Where a site's flags are mailed to, and its own rules for raising them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from data import clock
from data.audit import write_line
from data.database import writing
from data.doors.sealing import seal
from data.instruments import catalogue
from data.site_contacts import Contact, contact_in_force, mail_place
from models.addresses import read_mail
from models.errors import Conflict, NotFound, Refused
from models.flags import FlagRule
from models.policy import Operation, Person, require
from models.tables import Site, SiteContact

MOST_RULES = 20


def set_site_contact(
    engine: Engine,
    person: Person,
    *,
    site_id: UUID,
    seen_revision: int,
    flag_mail: str | None,
    rules: Sequence[FlagRule],
) -> int:
    """Write a new revision and return its number; earlier ones are kept.

    `seen_revision` is 0 where there was none. The address is sealed. Rules apply to what is
    written from now on. A daily digest goes on to the new address, and ends with none. Raises
    Conflict if somebody else has written a revision since.
    """
    with writing(engine) as connection:
        now = _hold(connection, person, site_id, seen_revision)
        address = read_mail(flag_mail) if flag_mail and flag_mail.strip() else None
        _check(rules)
        row = {
            "flag_mail": seal(address, mail_place(site_id)) if address else None,
            "rules": [rule.to_dict() for rule in rules],
            "digest_hour": now.digest_hour if now and address else None,
        }
        _write(connection, person, site_id, seen_revision + 1, row)
    return seen_revision + 1


def set_digest(
    engine: Engine, person: Person, *, site_id: UUID, seen_revision: int, hour: int | None
) -> int:
    """Mail counts of Today at an hour of the site's weekdays, or no more; return the revision.

    They go to the address for flags: without one it is refused. Raises like `set_site_contact`.
    """
    with writing(engine) as connection:
        now = _hold(connection, person, site_id, seen_revision)
        if hour is not None and not 0 <= hour <= 23:
            raise Refused("An hour is a whole number from 0 to 23.")
        if now is None or not now.flag_mail:
            raise Refused("Please save an address for flags first: the digest goes there.")
        if hour == now.digest_hour:
            raise Refused("This is how it is already.")
        row = {
            "flag_mail": now.flag_mail,
            "rules": [rule.to_dict() for rule in now.rules],
            "digest_hour": hour,
        }
        _write(connection, person, site_id, seen_revision + 1, row)
    return seen_revision + 1


def _hold(
    connection: Connection, person: Person, site_id: UUID, seen_revision: int
) -> Contact | None:
    """Return what is in force, once the person may change it and has seen it."""
    require(person, Operation.SET_CRISIS_TEXT, site_id=site_id)
    if connection.scalar(select(Site.site_id).where(Site.site_id == site_id)) is None:
        raise NotFound("There is no such site.")
    now = contact_in_force(connection, site_id)
    if (now.revision if now else 0) != seen_revision:
        who = now.recorded_by if now else "somebody else"
        raise Conflict(f"This contact was changed by {who} in the meantime.")
    return now


def _check(rules: Sequence[FlagRule]) -> None:
    if len(rules) > MOST_RULES:
        raise Refused(f"A site has at most {MOST_RULES} rules of its own.")
    if len({rule.name for rule in rules}) < len(rules):
        raise Refused("Two rules have the same name.")
    for rule in rules:
        instrument = catalogue().get(rule.instrument)
        if instrument is None:
            raise Refused(f"{rule.name}: {rule.instrument} is not an instrument this clinic uses.")
        lowest, highest = instrument.lowest, instrument.highest
        line = rule.total_at_most if rule.total_at_least is None else rule.total_at_least
        if rule.item is not None:
            if rule.item > instrument.items_count:
                raise Refused(f"{rule.name}: {instrument.code} has no item {rule.item}.")
            lowest, highest = instrument.lowest_answer, instrument.highest_answer
            line = rule.answer_at_least
        if line is None or not lowest <= line <= highest:
            raise Refused(f"{rule.name}: expected {lowest:g} to {highest:g}.")


def _write(
    connection: Connection, person: Person, site_id: UUID, revision: int, row: dict[str, Any]
) -> None:
    """Write a revision, and a line that names the fields that are set, never the address."""
    stamp = {"recorded_at": clock.now(), "recorded_by": person.name}
    try:
        connection.execute(
            insert(SiteContact), {"site_id": site_id, "revision": revision, **row, **stamp}
        )
    except IntegrityError as error:
        raise Conflict("This contact was changed by somebody else in the meantime.") from error
    write_line(
        connection,
        person,
        Operation.SET_CRISIS_TEXT,
        site_id=site_id,
        record_id=site_id,
        revision=revision,
        flag_mail="set" if row["flag_mail"] else "none",
        digest="none" if row["digest_hour"] is None else f"{row['digest_hour']:02d}:00",
        rules=[rule["name"] for rule in row["rules"]],
    )
