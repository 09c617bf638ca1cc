"""Whether a chart of another site is open to somebody because of an emergency, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from data import clock
from data.database import reading
from data.places import find_place
from models.policy import Operation, Person, Relation, require
from models.tables import Emergency


@dataclass(frozen=True)
class OpenEmergency:
    """`until_at` is local to the patient's site."""

    reason: str
    until_at: datetime


def find_emergency(engine: Engine, person: Person, patient_id: UUID) -> OpenEmergency | None:
    """Return the reason a person has this chart open for; None where it is one of their own."""
    newest = (
        select(Emergency.reason, Emergency.until_at)
        .where(
            Emergency.patient_id == patient_id,
            Emergency.user_id == person.user_id,
            Emergency.until_at > clock.now(),
        )
        .order_by(Emergency.until_at.desc())
        .limit(1)
    )
    with reading(engine) as connection:
        place = find_place(connection, patient_id)
        site_id = place.site_id if place else None
        require(person, Operation.READ_CHART, site_id=site_id, patient_id=patient_id)
        if person.relation_to(site_id, patient_id) is not Relation.EMERGENCY:
            return None
        row = connection.execute(newest).one_or_none()
    if row is None or place is None:
        return None
    local = row.until_at.astimezone(ZoneInfo(place.time_zone)).replace(tzinfo=None)
    return OpenEmergency(row.reason, local)
