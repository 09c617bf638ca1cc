"""The sentences of the Sessions page."""

from __future__ import annotations

from datetime import datetime

from dashboard.formats import count, moment
from dashboard.wording.browsers import browser
from dashboard.wording.users import roles
from data.queries.sessions import SessionRow
from models.access import Stage

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
_STAGES = {
    Stage.PASSWORD: "password given, second step still owed",
    Stage.ENROLMENT: "has to set up a second step",
    Stage.OPEN: "",
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
