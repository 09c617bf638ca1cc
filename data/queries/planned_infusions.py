"""For when patients' next infusions are booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, select

from data import clock
from data.database import reading
from data.looks import note_chart_look
from data.places import place_of
from models.outcomes.booking import Booked, Booking, follow_booking
from models.policy import Operation, Person
from models.tables import Infusion, PlannedInfusion, Site, Standing

BATCH = 500


@dataclass(frozen=True)
class PlannedVersion:
    """What was said of the next infusion; no `planned_on`: it was withdrawn, with a `reason`."""

    version: int
    planned_on: date | None
    made_on: date
    reason: str | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class Planned:
    """`history` is newest first; its first entry stands. No `booking`: nothing is booked."""

    history: tuple[PlannedVersion, ...]
    booking: Booking | None
    today: date

    @property
    def latest(self) -> PlannedVersion | None:
        return self.history[0] if self.history else None

    @property
    def booked_on(self) -> date | None:
        """The day for which an infusion is booked, today or later."""
        is_ahead = self.booking is not None and self.booking.state is Booked.AWAITED
        return self.history[0].planned_on if is_ahead else None

    @property
    def version(self) -> int:
        """The version that stands, 0 before the first."""
        return self.history[0].version if self.history else 0


def read_planned(engine: Engine, person: Person, patient_id: UUID) -> Planned:
    """Return what is booked for a patient and what was. Raises Refused for any stranger."""
    table = PlannedInfusion.__table__
    columns = [table.c[name] for name in PlannedVersion.__dataclass_fields__]
    with reading(engine) as connection:
        site_id, zone = place_of(connection, person, Operation.READ_CHART, patient_id)
        rows = connection.execute(
            select(*columns)
            .where(table.c.patient_id == patient_id)
            .order_by(table.c.version.desc())
        )
        history = tuple(PlannedVersion(**row) for row in rows.mappings())
        given = connection.scalars(
            select(Infusion.given_on).where(
                Infusion.patient_id == patient_id, Infusion.withdrawn_at.is_(None)
            )
        ).all()
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    today, booking = clock.today(zone), None
    if history and history[0].planned_on is not None:
        booking = follow_booking(history[0].planned_on, history[0].made_on, given, today=today)
    return Planned(history, booking, today)


def planned_of(connection: Connection, patient_ids: Sequence[UUID]) -> dict[UUID, date]:
    """Return the day for which each patient's next infusion is booked, today or later.

    Whoever calls has asked the policy about these patients. A day whose infusion has been given
    already, up to three days early, is none; patients with nothing ahead are left out.
    """
    found = {}
    for row in _standing(connection, patient_ids):
        today = clock.today(row.time_zone)
        given = [row.last_infusion_on] if row.last_infusion_on else []
        booking = follow_booking(row.planned_on, row.made_on, given, today=today)
        if booking.state is Booked.AWAITED:
            found[row.patient_id] = row.planned_on
    return found


def _standing(connection: Connection, patient_ids: Sequence[UUID]) -> Iterator[Any]:
    """Yield what stands for those of whom something does.

    Of somebody whose booked day is ahead only the last infusion can have fulfilled it.
    """
    for start in range(0, len(patient_ids), BATCH):
        yield from connection.execute(_latest(patient_ids[start : start + BATCH]))


def _latest(patient_ids: Sequence[UUID]) -> Select[Any]:
    newer = PlannedInfusion.__table__.alias("newer")
    return (
        select(
            PlannedInfusion.patient_id,
            PlannedInfusion.planned_on,
            PlannedInfusion.made_on,
            Standing.last_infusion_on,
            Site.time_zone,
        )
        .join(Site, Site.site_id == PlannedInfusion.site_id)
        .outerjoin(Standing, Standing.patient_id == PlannedInfusion.patient_id)
        .where(
            PlannedInfusion.patient_id.in_(patient_ids),
            PlannedInfusion.planned_on.is_not(None),
            ~select(newer.c.version)
            .where(
                newer.c.patient_id == PlannedInfusion.patient_id,
                newer.c.version > PlannedInfusion.version,
            )
            .exists(),
        )
    )
