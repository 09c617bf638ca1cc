"""The sentences of the Sessions page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dashboard.formats import count, moment
from dashboard.wording.browsers import browser
from dashboard.wording.users import roles
from data.queries.sessions import SessionRow
from models.access import BOUNDS, Settings, Stage

NOBODY = "Nobody is signed in."
WHAT = (
    "Every browser somebody is signed in with at the moment. One that is ended here is signed "
    "out within seconds, wherever it is."
)
END, END_ALL = "End", "End all"
NOT_ENDED = "Not ended"
ENDED = "Ended."
YOU = "you"
CUT = "The {most} who did something last are listed."
SETTINGS = "How people sign in"
NOT_CHANGED = "Not changed"
CHANGE = "Change how people sign in"
WHY = "Why is it changed?"
AT_ONCE = "A change holds at once, for open sessions too."
_STAGES = {
    Stage.PASSWORD: "password given, second step still owed",
    Stage.ENROLMENT: "has to set up a second step",
    Stage.OPEN: "",
}
_SETTINGS = {
    "idle_minutes_staff": "Minutes without doing anything until staff are signed out",
    "idle_minutes_patient": "The same for patients",
    "longest_hours": "Hours until everybody signs in anew",
    "second_factor": "Staff need a second step",
}


def how_many(rows: list[SessionRow]) -> str:
    people = len({row.user_id for row in rows})
    return f"{count(people, 'person', 'people')} in {count(len(rows), 'browser')}."


def whose(row: SessionRow, *, is_me: bool) -> str:
    held = roles(row.roles)
    return f"{row.name}, {held}" + (f" ({YOU})" if is_me else "")


def line(row: SessionRow, zone: str, now: datetime) -> str:
    """Return one browser: what, from where, since when, when last active."""
    since = moment(row.created_at, zone)
    parts = [
        browser(row.browser) + (f" from {row.client}" if row.client else ""),
        f"signed in {since}",
        f"last active {_ago(row.seen_at, now)}",
        _STAGES[row.stage],
    ]
    return " · ".join(part for part in parts if part)


def _ago(at: datetime, now: datetime) -> str:
    minutes = int((now - at).total_seconds() // 60)
    return "just now" if minutes < 1 else f"{count(minutes, 'minute')} ago"


def setting(name: str) -> str:
    least, most = BOUNDS.get(name, (None, None))
    return _SETTINGS[name] + (f" ({least} to {most})" if least is not None else "")


def in_force(settings: Settings) -> list[tuple[str, str]]:
    values: Mapping[str, object] = settings.to_dict()
    return [
        (label, ("yes" if values[name] else "no") if name == "second_factor" else str(values[name]))
        for name, label in _SETTINGS.items()
    ]


def head(settings: Settings) -> tuple[str, str]:
    return (f"Setting, revision {settings.revision}", "Value")


def changed(before: Settings) -> str:
    return f"The settings are now revision {before.revision + 1}."
