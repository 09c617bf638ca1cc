"""A patient of the Denver clinic on day 7 after an infusion, when a form is due."""

from __future__ import annotations

import pytest

from tests.checkins import Asked, ask

__all__ = ["Asked"]


@pytest.fixture
def asked(clinic) -> Asked:
    return ask(clinic)
