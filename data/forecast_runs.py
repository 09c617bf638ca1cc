"""When models and back-tests are due to be worked out anew, and that one process at a time does it.

A model is due at once when the clinic's rules have changed, because charts read none of other
rules, and otherwise at most once an hour; a back-test takes longer and waits for the night.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from data.backtests import TESTED
from data.database import reading, writing
from data.policies import RULES, in_force
from models.outcomes.forecast import VERSION
from models.tables import (
    Assessment,
    ForecastRun,
    Infusion,
    Patient,
    PromptPolicy,
    Site,
    StoredBackTest,
    StoredFit,
)

INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# Whoever is at it says so more often than this; one that died is not waited for any longer.
LEASE = timedelta(minutes=10)
FITTED_EVERY = timedelta(hours=1)
NIGHT = time(2)


class Task(StrEnum):
    FITS = "fits"
    BACK_TESTS = "back_tests"


def find_due(engine: Engine, now: datetime) -> list[Task]:
    """Return what should be worked out now and nobody is at; cheap enough to ask every minute."""
    with reading(engine) as connection:
        runs = {row.task: row for row in connection.execute(select(ForecastRun.__table__))}
        if any(row.held_until and row.held_until > now for row in runs.values()):
            return []
        if connection.scalar(select(Assessment.patient_id).limit(1)) is None:
            return []
        return [task for task in Task if _is_due(connection, task, runs.get(task), now)]


def claim(engine: Engine, task: Task, now: datetime) -> bool:
    """Take a task for as long as a lease lasts; False where somebody else has it."""
    free = or_(ForecastRun.held_until.is_(None), ForecastRun.held_until <= now)
    with writing(engine) as connection:
        _make_row(connection, task)
        taken = connection.execute(
            update(ForecastRun).where(ForecastRun.task == task, free).values(held_until=now + LEASE)
        )
        return taken.rowcount == 1


def keep_claim(engine: Engine, task: Task, now: datetime) -> None:
    """Tell the others that this one is still at it."""
    with writing(engine) as connection:
        connection.execute(
            update(ForecastRun).where(ForecastRun.task == task).values(held_until=now + LEASE)
        )


def note_done(connection: Connection, task: Task, begun_at: datetime) -> None:
    """Note in the transaction that keeps a result what it has seen, and let the task go."""
    _make_row(connection, task)
    connection.execute(
        update(ForecastRun)
        .where(ForecastRun.task == task)
        .values(held_until=None, seen_to=begun_at)
    )


def _make_row(connection: Connection, task: Task) -> None:
    row = INSERTS[connection.dialect.name](ForecastRun).values(task=task.value)
    connection.execute(row.on_conflict_do_nothing(index_elements=["task"]))


def _is_due(connection: Connection, task: Task, run: Any, now: datetime) -> bool:
    if run is None or run.seen_to is None or _is_outdated(connection, task):
        return True
    waited = now - FITTED_EVERY if task is Task.FITS else _last_night(connection, now)
    return run.seen_to <= waited and _last_change(connection) > run.seen_to


def _is_outdated(connection: Connection, task: Task) -> bool:
    """Tell whether what is kept is of other rules, or of another version of the model."""
    stored, version = (StoredFit, VERSION) if task is Task.FITS else (StoredBackTest, TESTED)
    revision = in_force(connection, RULES).revision
    other = or_(stored.version != version, stored.policy_revision != revision)
    return bool(connection.scalar(select(exists().where(other))))


def _last_night(connection: Connection, now: datetime) -> datetime:
    """Return when the night's work last began, by the clock of the first site."""
    zone = connection.scalar(select(Site.time_zone).order_by(Site.name).limit(1)) or "UTC"
    here = now.astimezone(ZoneInfo(zone))
    began = datetime.combine(here.date(), NIGHT, ZoneInfo(zone))
    return began if began <= here else began - timedelta(days=1)


def _last_change(connection: Connection) -> datetime:
    """Return when a record, a patient or a line for prompts was last entered or changed."""
    latest = [
        connection.scalar(select(func.max(model.recorded_at)))
        for model in (Assessment, Infusion, Patient, PromptPolicy)
    ]
    return max(at for at in latest if at is not None)
