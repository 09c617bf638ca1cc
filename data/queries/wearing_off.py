"""Whose response may be wearing off: seen well lately, and an outlook over the line for review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, Select, or_, select

from data.database import reading
from data.forecasts import forecast_instruments
from data.looks import note_look
from data.policies import rules_in_force
from data.queries.forecast import outlooks_of
from models.outcomes.forecast import Outlook
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, Site, Standing

# Of patients like this, the share that loses response within so many days.
OVER, WITHIN = 0.40, 14
# Of more than these the outlooks are not worked out while a page waits: a millisecond each.
MOST = 600


@dataclass(frozen=True)
class WearingOff:
    """Somebody who responded when last seen, with an outlook whose window is stated."""

    patient_id: UUID
    code: str
    name: str | None
    site: str
    instrument: str
    last_infusion_on: date | None
    last_assessed_on: date
    outlook: Outlook


def read_wearing_off(
    engine: Engine, person: Person, *, today: date, site_id: UUID | None = None
) -> list[WearingOff] | None:
    """Return who is over the line, the most urgent first; None for more patients than MOST.

    Only of patients heard of within the clinic's rule for silence, on their main instrument.
    """
    with reading(engine) as connection:
        rules = rules_in_force(connection)
        found = connection.execute(_query(person, rules, today, site_id)).all()
        listed = [] if len(found) > MOST else _over_the_line(connection, found, today)
    note_look(engine, person, Operation.LIST_PATIENTS, site_id=site_id, page="today")
    return None if len(found) > MOST else listed


def _query(person: Person, rules: Rules, today: date, site_id: UUID | None) -> Select[Any]:
    query = (
        select(
            Standing.patient_id,
            Standing.instrument,
            Standing.last_infusion_on,
            Standing.last_assessed_on,
            Patient.code,
            Patient.name,
            Site.name.label("site"),
        )
        .join(Patient, Patient.patient_id == Standing.patient_id)
        .join(Site, Site.site_id == Patient.site_id)
        .where(
            Standing.situation == Situation.OPEN.value,
            Standing.last_assessed_on > today - timedelta(days=rules.silence),
            or_(Patient.left_on.is_(None), Patient.left_on > today),
        )
        .order_by(Patient.code, Standing.patient_id)
        .limit(MOST + 1)
    )
    sites = readable_sites(person, Operation.LIST_PATIENTS)
    query = query if sites is None else query.where(Patient.site_id.in_(sites))
    return query if site_id is None else query.where(Patient.site_id == site_id)


def _over_the_line(
    connection: Connection, found: Sequence[Row[Any]], today: date
) -> list[WearingOff]:
    chances: list[tuple[float, WearingOff]] = []
    for instrument in sorted({row.instrument for row in found} & set(forecast_instruments())):
        ids = [row.patient_id for row in found if row.instrument == instrument]
        outlooks = outlooks_of(connection, instrument, ids, today)
        for row in found:
            window = outlooks[row.patient_id].window if row.patient_id in outlooks else None
            if window is not None and window.chance_within(WITHIN) >= OVER:
                one = WearingOff(**row._asdict(), outlook=outlooks[row.patient_id])
                chances.append((window.chance_within(WITHIN), one))
    chances.sort(key=lambda pair: (-pair[0], pair[1].code))
    return [one for _, one in chances]
