"""Recomputing stored results."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, func, select

from data.audit import write_line
from data.checkins.standings import refresh_all_standings
from data.database import writing
from data.results import recompute_all
from models.policy import Operation, Person, require_everywhere
from models.tables import Patient


def refresh_results(
    engine: Engine, person: Person, *, tell: Callable[[int, int], None] | None = None
) -> tuple[int, int]:
    """Recompute everyone; return how many patients, and how many stored rows changed."""
    with writing(engine) as connection:
        require_everywhere(person, Operation.REFRESH)
        changed = recompute_all(connection, tell) + refresh_all_standings(connection)
        patients = connection.scalar(select(func.count()).select_from(Patient)) or 0
        write_line(connection, person, Operation.REFRESH, changed=changed)
    return patients, changed
