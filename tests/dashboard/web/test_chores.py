"""What the server does by itself; a day on which it cannot ends nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.web.chores import CHORES, Chore, doing_chores
from data import audit_heads, clock
from data.actions.checkin_links import make_link
from data.checkins.forms import open_link, save_answer
from data.database import configured_engine
from data.queries.due import read_due
from models.checkins.schedule import State
from models.policy import OPERATOR
from models.tables import Flag
from tests.clinic import LOST, found_clinic, noon_of, only_row, rows_of

only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def clinic(engine, migrated_url, two_sites, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    configured_engine.cache_clear()
    clinic = found_clinic(engine)
    monkeypatch.setattr(clock, "now", lambda: clinic.now)
    yield clinic
    configured_engine().dispose()
    configured_engine.cache_clear()


def often(chores=CHORES):
    return tuple(replace(chore, seconds=0.01) for chore in chores)


async def run_until(chores, is_done):
    async with doing_chores(often(chores)):
        async with asyncio.timeout(20):
            while not is_done():
                await asyncio.sleep(0.01)


def lines_of(clinic):
    return audit_heads.read_lines(audit_heads.heads_path(clinic.engine))


@only_sqlite
def test_ends_are_noted_at_the_start_and_again_on_a_new_day(clinic):
    async def two_days():
        async with doing_chores(often()):
            while len(lines_of(clinic)) < 2:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            first = len(lines_of(clinic))
            clinic.now = noon_of(61)
            while len(lines_of(clinic)) < 4:
                await asyncio.sleep(0.01)
            return first

    assert asyncio.run(asyncio.wait_for(two_days(), 20)) == 2
    assert {line[:10] for line in lines_of(clinic)} == {
        noon_of(60).date().isoformat(),
        noon_of(61).date().isoformat(),
    }


@only_sqlite
def test_a_chore_that_fails_is_logged_without_its_text_and_tried_again(clinic, caplog):
    tries = []

    def fail(engine):
        tries.append(engine)
        raise OSError(28, "No space left", "a name in a path")

    asyncio.run(run_until((Chore("noting", fail, 0.01),), lambda: len(tries) > 2))

    assert "noting failed: OSError" in caplog.text
    assert "a name in a path" not in caplog.text


@only_sqlite
def test_a_worrying_answer_that_was_left_unsent_is_recorded(clinic):
    patient_id = clinic.register("P-1", records=LOST)
    clinic.set_day(70)
    link = make_link(
        clinic.engine, OPERATOR, patient_id=patient_id, due_on=open_day(clinic, patient_id)
    )
    open_link(clinic.engine, link.token)
    save_answer(clinic.engine, link.token, question="PHQ-9:9", value=2)
    clinic.now += timedelta(minutes=61)

    asyncio.run(run_until(CHORES, lambda: rows_of(clinic.engine, Flag)))

    assert only_row(clinic.engine, Flag).answer == 2


def open_day(clinic, patient_id):
    dues = read_due(clinic.engine, OPERATOR, patient_id).dues
    return next(due.due_on for due in dues if due.state is State.OPEN)
