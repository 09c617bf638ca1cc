"""Booking a patient's next infusion, moving it, taking it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.database import writing
from data.places import hold_place
from models.entries import InvalidEntry
from models.errors import Conflict, Refused
from models.policy import Operation, Person
from models.tables import PlannedInfusion

FARTHEST = timedelta(days=366)
CHANGED = "The next infusion was booked otherwise by somebody else in the meantime."


def plan_infusion(
    engine: Engine, person: Person, *, patient_id: UUID, planned_on: date, seen_version: int
) -> int:
    """Book the next infusion for a day, in place of what was booked; return the version.

    Raises InvalidEntry for a day gone by or over a year ahead, Conflict where somebody has booked
    or withdrawn since `seen_version` was read (0: nothing ever was). The same day again by a
    double click changes nothing.
    """
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.PLAN_INFUSION, patient_id)
        today = clock.today(zone)
        if planned_on < today:
            raise InvalidEntry("planned_on", f"{planned_on.isoformat()} has gone by")
        if planned_on - today > FARTHEST:
            raise InvalidEntry("planned_on", f"{planned_on.isoformat()} is over a year ahead")
        values = {"planned_on": planned_on, "made_on": today, "reason": None}
        return _add(connection, person, patient_id, site_id, seen_version, values)


def withdraw_planned(
    engine: Engine, person: Person, *, patient_id: UUID, seen_version: int, reason: str
) -> int:
    """Say that nothing is booked any more, and why; return the version."""
    with writing(engine) as connection:
        site_id, zone = hold_place(connection, person, Operation.PLAN_INFUSION, patient_id)
        if not reason.strip():
            raise Refused("To take a booked infusion back needs a reason.")
        values = {
            "planned_on": None,
            "made_on": clock.today(zone),
            "reason": reason.strip()[:400],
        }
        return _add(connection, person, patient_id, site_id, seen_version, values)


def _add(
    connection: Connection,
    person: Person,
    patient_id: UUID,
    site_id: UUID,
    seen_version: int,
    values: dict[str, Any],
) -> int:
    table = PlannedInfusion.__table__
    latest = connection.execute(
        select(table)
        .where(table.c.patient_id == patient_id)
        .order_by(table.c.version.desc())
        .limit(1)
    ).one_or_none()
    version = latest.version if latest else 0
    if latest and _says_the_same(latest, values, person, seen_version):
        return version
    if version != seen_version:
        raise Conflict(CHANGED)
    if values["planned_on"] is None and (latest is None or latest.planned_on is None):
        raise Refused("Nothing is booked for this patient.")
    planned_id = uuid7()
    row = {
        "patient_id": patient_id,
        "planned_id": planned_id,
        "site_id": site_id,
        "version": version + 1,
        "recorded_at": clock.now(),
        "recorded_by": person.name,
    }
    try:
        connection.execute(insert(PlannedInfusion), {**row, **values})
    except IntegrityError as error:
        raise Conflict(CHANGED) from error
    write_line(
        connection,
        person,
        Operation.PLAN_INFUSION,
        site_id=site_id,
        patient_id=patient_id,
        record_id=planned_id,
        version=version + 1,
        what="booked" if values["planned_on"] else "withdrawn",
    )
    return version + 1


def _says_the_same(latest: Any, values: dict[str, Any], person: Person, seen_version: int) -> bool:
    """Whether a second click has sent again what the first one wrote, or nothing new at all."""
    said = ("planned_on", "made_on", "reason")
    is_same = all(getattr(latest, name) == values[name] for name in said)
    is_again = latest.version == seen_version + 1 and latest.recorded_by == person.name
    return is_same and (is_again or latest.version == seen_version)
