"""Making a link to one check-in, by staff or by the patient."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from data.checkins.dues import Facts, dues_of
from data.checkins.links import LASTS, LINK, MadeLink, insert_link
from data.database import writing
from data.places import hold_place
from models.checkins.schedule import Due, open_today
from models.errors import NotFound, Refused
from models.policy import Operation, Person
from models.tables import CheckIn


def make_link(
    engine: Engine, person: Person, *, patient_id: UUID, due_on: date, mode: str = LINK
) -> MadeLink:
    """Make a link to the form that is open, or on a day without one to an extra form of today.

    A link lasts 72 hours, one for the tablet 30 minutes, and neither longer than its form is
    open. Raises Refused for a form that is not open or has been submitted.
    """
    with writing(engine) as connection:
        site_id, _ = hold_place(connection, person, Operation.PLAN_CHECKINS, patient_id)
        if mode not in LASTS:
            raise Refused(f"A link is one of {', '.join(LASTS)}.")
        until = closing_of(connection, patient_id, due_on)
        return insert_link(
            connection,
            person,
            patient_id=patient_id,
            site_id=site_id,
            due_on=due_on,
            mode=mode,
            until=until,
        )


def closing_of(connection: Connection, patient_id: UUID, due_on: date) -> datetime | None:
    """Return when a form closes, None for an extra one. Raises Refused where it is not open."""
    found = dues_of(connection, patient_id)
    if found is None:
        raise NotFound("There is no such patient.")
    facts, dues = found
    due = open_today(dues)
    if (due.due_on if due else facts.today) != due_on:
        raise Refused("This check-in is not open now.")
    if _is_submitted(connection, patient_id, due_on):
        raise Refused("This check-in has been submitted already.")
    return end_of(facts, due) if due else None


def end_of(facts: Facts, due: Due) -> datetime:
    """Return the midnight, on the patient's clock, at which a form closes."""
    midnight = datetime.combine(due.closes_on + timedelta(days=1), time.min, ZoneInfo(facts.zone))
    return midnight.astimezone(UTC)


def _is_submitted(connection: Connection, patient_id: UUID, due_on: date) -> bool:
    query = select(CheckIn.submitted_at).where(
        CheckIn.patient_id == patient_id, CheckIn.due_on == due_on
    )
    return connection.scalar(query) is not None
