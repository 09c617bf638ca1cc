"""The server notes the ends of the audit by itself, and a day on which it cannot ends nothing."""

from __future__ import annotations

import asyncio

import pytest

from dashboard.web import daily
from data import audit_heads, clock
from data.database import configured_engine
from tests.clinic import found_clinic, noon_of

only_sqlite = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def clinic(engine, migrated_url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", migrated_url)
    configured_engine.cache_clear()
    clinic = found_clinic(engine)
    monkeypatch.setattr(clock, "now", lambda: clinic.now)
    monkeypatch.setattr(daily, "LOOKED_EVERY", 0.01)
    yield clinic
    configured_engine().dispose()
    configured_engine.cache_clear()


async def run_until(is_done):
    async with daily.noting_heads():
        async with asyncio.timeout(20):
            while not is_done():
                await asyncio.sleep(0.01)


def lines_of(clinic):
    return audit_heads.read_lines(audit_heads.heads_path(clinic.engine))


@only_sqlite
def test_ends_are_noted_at_the_start_and_again_on_a_new_day(clinic):
    async def two_days():
        async with daily.noting_heads():
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
def test_a_note_that_fails_is_logged_without_its_text_and_tried_again(clinic, monkeypatch, caplog):
    tries = []

    def fail(engine):
        tries.append(engine)
        raise OSError(28, "No space left", "a name in a path")

    monkeypatch.setattr(daily, "keep_heads", fail)
    asyncio.run(run_until(lambda: len(tries) > 2))

    assert "the ends of the audit were not noted: OSError" in caplog.text
    assert "a name in a path" not in caplog.text
