"""A clinic on either database, with a clock that stands still until a test moves it."""

from __future__ import annotations

import pytest

from data import clock
from tests.clinic import Clinic, found_clinic


@pytest.fixture
def clinic(engine, two_sites, monkeypatch) -> Clinic:
    clinic = found_clinic(engine)
    monkeypatch.setattr(clock, "now", lambda: clinic.now)
    return clinic
