"""Learning how long responses hold, from everybody's records."""

from __future__ import annotations

from sqlalchemy import Engine

from data.audit import write_line
from data.database import writing
from data.forecasts import fit_and_store
from models.policy import Operation, Person, require_everywhere


def refresh_forecasts(engine: Engine, person: Person) -> int:
    """Fit the models whose responses have changed; return how many that were."""
    with writing(engine) as connection:
        require_everywhere(person, Operation.REFRESH)
        fitted = fit_and_store(connection)
        write_line(connection, person, Operation.REFRESH, forecasts=fitted)
    return fitted
