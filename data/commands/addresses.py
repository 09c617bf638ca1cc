"""Where a one-time link leads."""

from __future__ import annotations

import os

LOCAL = "http://127.0.0.1:8501"


def set_up_link(token: str) -> str:
    return f"{_base()}/set-up/{token}"


def welcome_link(token: str) -> str:
    return f"{_base()}/welcome/{token}"


def _base() -> str:
    """Return the public address of this installation, or this computer's."""
    return (os.environ.get("AFTERGLOW_ADDRESS") or LOCAL).rstrip("/")
