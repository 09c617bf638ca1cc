"""The check-in somebody is filling in: found by their link, or by who they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.checkins.dues import dues_of
from data.checkins.links import LASTS, LINK, LinkOver, find_link, holder, is_live
from data.checkins.standings import note_asked
from data.instruments import catalogue
from data.policies import PLAN, in_force
from models.errors import NotFound, Refused
from models.instrument import Instrument
from models.policy import Operation, Person, require
from models.tables import CheckIn

SIGNED_IN = "patient"  # the mode of a form that was reached by signing in
# What was begun may be finished, even where its window closed at midnight.
FINISHED_WITHIN: timedelta = LASTS[LINK]
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Who = str | Person  # a link's token, or whoever is signed in


class AlreadySubmitted(Refused):
    """Nothing can be changed any more; there is a receipt to show."""

    def __init__(self) -> None:
        super().__init__("This check-in has been submitted already.")


class TooLate(Refused):
    """A form left for days: what was answered is kept, and nothing more is taken."""

    def __init__(self) -> None:
        super().__init__("This check-in was begun too long ago. Please begin a new one.")


@dataclass(frozen=True)
class Filling:
    """A check-in's row and who is at it. `is_open`: answers may still be given."""

    row: Any
    actor: Person
    mode: str
    token: str | None
    expires_at: datetime | None
    is_open: bool


def find_filling(
    connection: Connection, who: Who, key: str | None, client: str | None, *, hold: bool = False
) -> Filling:
    """Return the check-in of a link, or the one that `key` names of whoever is signed in.

    Raises LinkOver for a link that leads nowhere, NotFound for somebody else's check-in.
    """
    if isinstance(who, Person):
        return _of_person(connection, who, key, hold)
    link = find_link(connection, who)
    if link is None:
        raise LinkOver
    row = find_checkin(connection, link.patient_id, CheckIn.due_on == link.due_on, hold)
    if row is None or (row.submitted_at is None and not is_live(link)):
        raise LinkOver
    actor = holder(link.patient_id, client)
    is_open = row.submitted_at is None
    return Filling(row, actor, link.mode, who, link.expires_at, is_open)


def _of_person(connection: Connection, person: Person, key: str | None, hold: bool) -> Filling:
    patient_id = own_patient(person)
    row = None
    if key is not None and _is_id(key):
        row = find_checkin(connection, patient_id, CheckIn.checkin_id == UUID(key), hold)
    if row is None:
        raise NotFound("There is no such check-in.")
    is_open = row.submitted_at is None and clock.now() - row.saved_at < FINISHED_WITHIN
    if not is_open and row.submitted_at is None:
        raise TooLate
    return Filling(row, person, SIGNED_IN, None, None, is_open)


def own_patient(person: Person) -> UUID:
    """Return who answers; raises Denied for anybody but a patient about themselves."""
    require(person, Operation.ANSWER_CHECKIN, patient_id=person.patient_id)
    assert person.patient_id is not None  # nobody else's relation is OWN
    return person.patient_id


def _is_id(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True


def find_checkin(connection: Connection, patient_id: UUID, which: Any, hold: bool = False) -> Any:
    query = select(CheckIn.__table__).where(CheckIn.patient_id == patient_id, which)
    query = query.with_for_update() if hold else query
    return connection.execute(query).one_or_none()


def begin(
    connection: Connection, actor: Person, *, patient_id: UUID, due_on: date, mode: str
) -> Any:
    """Return the check-in of a due day, made if need be; its first opening is audited."""
    found = dues_of(connection, patient_id)
    if found is None:
        raise NotFound("There is no such patient.")
    facts, dues = found
    asked = next((due.instruments for due in dues if due.due_on == due_on), None)
    now = clock.now()
    row = {
        "patient_id": patient_id,
        "checkin_id": uuid7(),
        "due_on": due_on,
        "mode": mode,
        "language": facts.wishes.language,
        "instruments": list(asked or in_force(connection, PLAN).instruments_of(facts.indication)),
        "answers": {},
        "chips": [],
        "note": None,
        "started_at": now,
        "saved_at": now,
        "submitted_at": None,
    }
    insert = INSERTS[connection.dialect.name](CheckIn).on_conflict_do_nothing(
        index_elements=["patient_id", "due_on"]
    )
    made = connection.execute(insert.execution_options(preserve_rowcount=True), row)
    if made.rowcount:
        note_asked(connection, patient_id)
        write_line(
            connection,
            actor,
            Operation.ANSWER_CHECKIN,
            site_id=facts.site_id,
            patient_id=patient_id,
            record_id=row["checkin_id"],
            event="opened",
            mode=mode,
        )
    return find_checkin(connection, patient_id, CheckIn.due_on == due_on)


def instruments_of(row: Any) -> tuple[Instrument, ...]:
    """Return what a check-in asks, of what this clinic (still) has."""
    known = catalogue()
    return tuple(known[code] for code in row.instruments if code in known)
