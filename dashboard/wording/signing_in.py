"""How people sign in, in words."""

from __future__ import annotations

from dashboard.wording import policies
from models.access import BOUNDS, Settings

TITLE = "How people sign in"
CHANGE, CHANGE_IT = "Change how people sign in", "Change it"
WHAT_A_CHANGE_DOES = "A change holds at once, for open sessions too."
WHY = "Why is it changed?"
WORKING = policies.WORKING
HISTORY = "Earlier changes of how people sign in"
NAMES = {
    "idle_minutes_staff": "Minutes without doing anything until staff are signed out",
    "idle_minutes_patient": "The same for patients",
    "longest_hours": "Hours until everybody signs in anew",
    "second_factor": "Staff need a second step",
}


def columns(settings: Settings) -> tuple[str, str]:
    return f"Setting, revision {settings.revision}", "Value"


def rows(settings: Settings) -> list[tuple[str, str]]:
    return [(label, value(name, getattr(settings, name))) for name, label in NAMES.items()]


def value(name: str, it: int | bool) -> str:
    return ("yes" if it else "no") if name == "second_factor" else str(it)


def label(name: str) -> str:
    """Return the name of a number with its bounds, for the field that asks for it."""
    least, most = BOUNDS[name]
    return f"{NAMES[name]} ({least} to {most})"


def differences(before: Settings, after: Settings) -> str:
    return policies.differences(NAMES, before, after, NAMES.__getitem__, value)
