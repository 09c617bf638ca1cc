"""The outlook is worked out by itself, in a process apart that ends with the server."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from dashboard.web.learning import COMMAND, learning
from data.database import configured_engine
from models.tables import ForecastRun, StoredFit
from tests.clinic import LOST, found_clinic, rows_of


@pytest.fixture
def dialect():
    return "sqlite"


@pytest.fixture
def clinic(engine, migrated_url, two_sites, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    configured_engine.cache_clear()
    yield found_clinic(engine)
    configured_engine().dispose()
    configured_engine.cache_clear()


@pytest.fixture
def losses(clinic):
    for number in range(10):
        clinic.register(f"L-{number}", records=LOST)
    return clinic


def python(*lines):
    return (sys.executable, "-c", "\n".join(lines))


async def learn_until(is_done, command=COMMAND):
    async with learning(command):
        async with asyncio.timeout(60):
            while not is_done():
                await asyncio.sleep(0.05)


def seen(clinic):
    return [row.task for row in rows_of(clinic.engine, ForecastRun) if row.seen_to is not None]


def test_what_is_due_is_worked_out_while_the_server_runs(losses):
    asyncio.run(learn_until(lambda: len(seen(losses)) == 2))

    [fit] = rows_of(losses.engine, StoredFit)
    assert (fit.instrument, fit.losses) == ("PHQ-9", 10)


def tell(path, what):
    """Return a program that writes down what it is asked, all at once."""
    begun = str(path) + "~"
    return (
        f"import os, time; file = open({begun!r}, 'w'); file.write(str({what})); file.close()",
        f"os.rename({begun!r}, {str(path)!r})",
    )


def test_it_runs_on_one_thread_apart_from_the_server(losses, tmp_path):
    told = tmp_path / "told"
    what = "(os.getppid(), os.environ['OPENBLAS_NUM_THREADS'])"

    asyncio.run(learn_until(told.exists, python(*tell(told, what))))

    assert told.read_text() == f"({os.getpid()}, '1')"


def test_the_server_takes_it_down_with_itself(losses, tmp_path):
    told = tmp_path / "pid"

    asyncio.run(learn_until(told.exists, python(*tell(told, "os.getpid()"), "time.sleep(600)")))

    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), 0)


@pytest.mark.parametrize("why", ["nothing is due", "outlooks are switched off"])
def test_nothing_is_started_where(clinic, tmp_path, monkeypatch, why):
    if why == "outlooks are switched off":
        clinic.register("L-1", records=LOST)
        monkeypatch.setenv("AFTERGLOW_OUTLOOK", "off")
    asked = []
    monkeypatch.setattr(
        "dashboard.web.learning.work_apart", lambda *_: pytest.fail("started something")
    )
    monkeypatch.setattr("dashboard.web.chores.log.error", lambda *told: asked.append(told))

    async def for_a_moment():
        async with learning():
            await asyncio.sleep(0.3)

    asyncio.run(for_a_moment())

    assert asked == []


def test_a_failure_is_logged_by_its_number_only(losses, caplog):
    command = python("import sys", "print('Jane Doe', file=sys.stderr)", "sys.exit(3)")

    asyncio.run(learn_until(lambda: "ended with 3" in caplog.text, command))

    assert "Jane Doe" not in caplog.text
