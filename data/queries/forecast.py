"""One patient's outlook, for their chart: the window, and everything it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from data import clock
from data.backtests import Kept, stored_test
from data.database import reading
from data.forecasts import forecast_instruments, read_histories, stored_fit
from data.histories import load_records
from data.looks import note_chart_look
from data.policies import RULES, in_force
from models.errors import NotFound
from models.outcomes.forecast import Asked, Outlook, state_outlooks
from models.outcomes.forecast.trend import Trend, find_trend
from models.outcomes.rules import Rules
from models.policy import Operation, Person, require
from models.tables import Patient, Site, Standing


@dataclass(frozen=True)
class PatientForecast:
    """`outlook` is the window, or why there is none. `usual`: days by which 10, 50 and 90 % of all
    responses here are lost. What it rests on: patients, responses, losses, and when that was last
    worked out. `fitted_at` is None where no model of the rules in force is stored yet.
    `tested` tells what came of such outlooks, None where nothing has been looked back on.
    """

    instrument: str
    outlook: Outlook
    usual: tuple[float | None, ...]
    patients: int
    responses: int
    losses: int
    fitted_at: datetime | None
    trend: Trend | None
    tested: Kept | None = None


def read_forecast(engine: Engine, person: Person, patient_id: UUID) -> PatientForecast | None:
    """Return the outlook on the patient's main instrument, as of today where they are.

    None where nothing they answer has a rule for a response. For whoever may read the chart:
    never for the patient. Raises Refused or NotFound in the same words for any stranger.
    """
    with reading(engine) as connection:
        site_id, zone, instrument = _look_up(connection, person, patient_id)
        rules = in_force(connection, RULES)
        found = None
        if instrument in forecast_instruments():
            found = _read(connection, patient_id, instrument, clock.today(zone), rules)
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    return found


def ask_of(
    connection: Connection,
    instrument: str,
    patient_ids: Sequence[UUID],
    today: date,
    rules: Rules,
) -> dict[UUID, Asked]:
    """Return what is asked of some patients' outlooks on one instrument.

    The caller has asked the policy for these patients.
    """
    one = forecast_instruments()[instrument]
    records = load_records(connection, patient_ids, until=today)
    return {
        reading.records.patient_id: reading.ask(one, today, rules)
        for reading in read_histories(connection, records, rules, patient_ids)
    }


def _look_up(
    connection: Connection, person: Person, patient_id: UUID
) -> tuple[UUID, str, str | None]:
    row = connection.execute(
        select(Patient.site_id, Site.time_zone, Standing.instrument)
        .join(Site, Site.site_id == Patient.site_id)
        .outerjoin(Standing, Standing.patient_id == Patient.patient_id)
        .where(Patient.patient_id == patient_id)
    ).one_or_none()
    site_id = row.site_id if row else None
    require(person, Operation.READ_CHART, site_id=site_id, patient_id=patient_id)
    if row is None:
        raise NotFound("There is no such patient.")
    return row.site_id, row.time_zone, row.instrument


def _read(
    connection: Connection, patient_id: UUID, instrument: str, today: date, rules: Rules
) -> PatientForecast:
    fit = stored_fit(connection, instrument, rules)
    model = fit.model if fit else None
    asked = ask_of(connection, instrument, [patient_id], today, rules)
    [outlook] = state_outlooks(model, [asked[patient_id]])
    return PatientForecast(
        instrument=instrument,
        outlook=outlook,
        usual=model.usual if model else (None, None, None),
        patients=fit.patients if fit else 0,
        responses=fit.responses if fit else 0,
        losses=fit.losses if fit else 0,
        fitted_at=fit.fitted_at if fit else None,
        trend=find_trend(outlook.own),
        tested=stored_test(connection, instrument, rules),
    )
