"""Whether a patient asked for fewer check-ins: a stop, a pause, a consent taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from data.checkins.dues import day_of_change
from data.database import reading
from data.places import place_of
from models.policy import Operation, Person
from models.tables import CheckInWishChange, CheckInWishes

AGREEMENTS = ("mail_agreed_at", "text_agreed_at")


@dataclass(frozen=True, slots=True)
class Stops:
    """`mail_ended_on` and `text_ended_on`: when a consent was taken back that is so still."""

    stopped_on: date | None = None
    paused_from: date | None = None
    paused_until: date | None = None
    mail_ended_on: date | None = None
    text_ended_on: date | None = None


def read_stops(engine: Engine, person: Person, patient_id: UUID) -> Stops:
    """Return what a chart says on its head. A part of looking at the chart: no line of its own."""
    with reading(engine) as connection:
        _, site_zone = place_of(connection, person, Operation.READ_CHART, patient_id)
        query = select(CheckInWishes.__table__).where(CheckInWishes.patient_id == patient_id)
        row = connection.execute(query).one_or_none()
        if row is None:
            return Stops()
        ended = [name for name in AGREEMENTS if getattr(row, name) is None]
        zone = ZoneInfo(row.time_zone or site_zone)
        days = _taken_back(connection, patient_id, zone) if ended else {}
    mail, text = (days.get(name) if name in ended else None for name in AGREEMENTS)
    return Stops(row.stopped_on, row.paused_from, row.paused_until, mail, text)


def _taken_back(connection: Connection, patient_id: UUID, zone: ZoneInfo) -> dict[str, date]:
    """Return on which day each agreement was last taken back."""
    query = (
        select(CheckInWishChange.changed_at, CheckInWishChange.what)
        .where(CheckInWishChange.patient_id == patient_id)
        .order_by(CheckInWishChange.changed_at, CheckInWishChange.change_id)
    )
    found: dict[str, date] = {}
    for at, what in connection.execute(query):
        for name in AGREEMENTS:
            if name in what and what[name] is None:
                found[name] = day_of_change(at, what, zone)
    return found
