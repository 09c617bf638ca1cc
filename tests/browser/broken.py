"""The application with two pages that break; their errors say what nobody may read."""

from __future__ import annotations

from dashboard.app import app
from dashboard.views import durations, patients

__all__ = ["CANARY", "app"]
CANARY = "Jane Doe, born 1 May 1970"


def break_page() -> None:
    raise RuntimeError(CANARY)


def break_deeper() -> None:
    try:
        break_page()
    except RuntimeError as error:
        raise KeyError(CANARY) from error


patients.render = break_page
durations.render = break_deeper
