"""Learning how long responses hold from everybody's records, and how far to trust it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine

from data import clock
from data.audit import write_line
from data.backtests import read_evidence, store_tests, work_out
from data.database import reading, writing
from data.forecast_runs import Task, claim, find_due, keep_claim, note_done
from data.forecasts import fit_changed, store_fits
from models.policy import Operation, Person, require_everywhere

KEPT_EVERY = timedelta(seconds=30)
Tell = Callable[[int, int], None]


def refresh_forecasts(engine: Engine, person: Person) -> int:
    """Fit the models whose responses have changed; return how many that were.

    Fitted outside of the transaction that keeps them, so that nobody waits for it.
    """
    begun_at = clock.now()
    with reading(engine) as connection:
        require_everywhere(person, Operation.REFRESH)
        fitted, in_use = fit_changed(connection)
    with writing(engine) as connection:
        kept = store_fits(connection, fitted, in_use)
        note_done(connection, Task.FITS, begun_at)
        write_line(connection, person, Operation.REFRESH, forecasts=kept)
    return kept


def refresh_back_tests(engine: Engine, person: Person, *, tell: Tell | None = None) -> int:
    """Look back on what was said, if anything has changed; return how many instruments had it."""
    begun_at = clock.now()
    with reading(engine) as connection:
        require_everywhere(person, Operation.REFRESH)
        evidence = read_evidence(connection, clock.today())
    tested = work_out(evidence, tell=tell) if evidence else None
    with writing(engine) as connection:
        kept = store_tests(connection, tested) if tested else 0
        note_done(connection, Task.BACK_TESTS, begun_at)
        write_line(connection, person, Operation.REFRESH, back_tests=kept)
    return kept


def refresh_what_is_due(engine: Engine, person: Person) -> list[Task]:
    """Work out what is due, one process at a time; return what was done."""
    with reading(engine):
        require_everywhere(person, Operation.REFRESH)
    return [task for task in find_due(engine, clock.now()) if _take(engine, person, task)]


def _take(engine: Engine, person: Person, task: Task) -> bool:
    if not claim(engine, task, clock.now()):
        return False
    if task is Task.FITS:
        refresh_forecasts(engine, person)
    else:
        refresh_back_tests(engine, person, tell=_keeping(engine, task))
    return True


def _keeping(engine: Engine, task: Task) -> Tell:
    """Return a teller of progress that keeps the claim meanwhile."""
    told = clock.now()

    def tell(_done: int, _total: int) -> None:
        nonlocal told
        if clock.now() - told >= KEPT_EVERY:
            told = clock.now()
            keep_claim(engine, task, told)

    return tell
