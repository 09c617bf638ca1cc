"""The prompts in force for one patient, for their chart."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine

from data import clock
from data.database import reading
from data.looks import note_chart_look
from data.places import place_of
from data.queries.due import missed_of
from data.queries.morning import Morning, morning_of
from data.queries.morning_outlooks import morning_outlooks_of
from data.queries.scopes import Scope
from models.policy import Operation, Person


def read_prompts(
    engine: Engine, person: Person, patient_id: UUID, *, tells_outlook: bool
) -> Morning:
    """Return the patient's line of the morning list, as of today where they are; none, or one.

    The same code finds it as finds the list, which tells no outlooks where they are too many.
    """
    one = Scope(patient_id=patient_id)
    with reading(engine) as connection:
        site_id, zone = place_of(connection, person, Operation.READ_CHART, patient_id)
        today = clock.today(zone)
        outlooks = morning_outlooks_of(connection, one, today) if tells_outlook else None
        missed = missed_of(connection, one)
        found = morning_of(connection, one, today, missed, outlooks or {})
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    return found
