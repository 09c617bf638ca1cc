"""Whether this installation says anything about what may come: AFTERGLOW_OUTLOOK=off says no."""

from __future__ import annotations

import os


def is_outlook_on() -> bool:
    return os.environ.get("AFTERGLOW_OUTLOOK", "").strip().lower() != "off"
