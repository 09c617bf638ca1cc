"""When one patient's maintenance infusions came: before, while or after the response wore off."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from data.histories import load_records
from data.instruments import catalogue
from data.policies import RULES, in_force
from data.results import outcomes_of
from models.outcomes.timing import TimedInfusion, time_maintenance
from models.policy import Operation, Person, require
from models.tables import Patient


def read_timing(
    engine: Engine, person: Person, patient_id: UUID, instrument: str
) -> list[TimedInfusion]:
    """Return each maintenance course that followed a response, judged on one instrument.

    Part of a chart, whose reading is what the audit notes. Raises Refused for any stranger.
    """
    instruments = catalogue()
    with reading(engine) as connection:
        site_id = connection.scalar(select(Patient.site_id).where(Patient.patient_id == patient_id))
        require(person, Operation.READ_CHART, site_id=site_id, patient_id=patient_id)
        rules = in_force(connection, RULES)
        found = list(load_records(connection, [patient_id]))
    if not found or instrument not in instruments:
        return []
    courses, episodes = outcomes_of(found[0], instruments, rules)
    scores = found[0].history.scores.get(instrument, ())
    return time_maintenance(courses, episodes.get(instrument, []), scores, instruments[instrument])
