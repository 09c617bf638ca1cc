"""How one patient wants to be asked, and how that changed over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.checkins.plan import FARTHEST_MOVE, WEEK

LANGUAGES = ("en", "es")
DAY = timedelta(days=1)
PAUSING = ("paused_from", "paused_until", "stopped_on")


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which nothing is asked, both included; without a last one it is a stop."""

    first: date
    last: date | None = None

    def touches(self, first: date, last: date) -> bool:
        return self.first <= last and (self.last is None or self.last >= first)


@dataclass(frozen=True, slots=True)
class Wishes:
    """`weekdays`: from which day on which weekday was wished (0 is Monday, None is no wish)."""

    hour: int = 17
    time_zone: str | None = None
    language: str = "en"
    weekdays: tuple[tuple[date, int | None], ...] = ()
    pauses: tuple[Pause, ...] = ()

    @property
    def weekday(self) -> int | None:
        return self.weekdays[-1][1] if self.weekdays else None

    def move(self, day: date) -> date:
        """Return the day a form is asked for.

        A wish moves what lay ahead when it was made: what had come before keeps its day.
        """
        moved = day
        for since, weekday in self.weekdays:
            if moved >= since:
                moved = nearest(day, weekday)
        return moved

    def pause_of(self, first: date, last: date) -> Pause | None:
        """Return the pause that falls into some days, a stop before one that ends."""
        touching = [pause for pause in self.pauses if pause.touches(first, last)]
        return min(touching, key=lambda pause: pause.last is not None, default=None)


def nearest(day: date, weekday: int | None) -> date:
    """Return the closest day on that weekday; a week has one within three days of each day."""
    if weekday is None:
        return day
    ahead = (weekday - day.weekday()) % WEEK
    return day + timedelta(days=ahead if ahead <= FARTHEST_MOVE else ahead - WEEK)


def fold_wishes(history: Iterable[tuple[date, Mapping[str, Any]]], **now: Any) -> Wishes:
    """Return the wishes that came of changes in order, each with the local day it was made on.

    A change says what is asked from its day on; what lay before stays as it was.
    """
    weekdays: list[tuple[date, int | None]] = []
    pauses: list[Pause] = []
    latest: dict[str, date | None] = dict.fromkeys(PAUSING)
    for day, what in history:
        if "weekday" in what:
            weekdays.append((day, what["weekday"]))
        if any(name in what for name in PAUSING):
            latest |= {name: _day(what[name]) for name in PAUSING if name in what}
            pauses = [*_behind(pauses, day), *_ahead(latest, day)]
    return Wishes(weekdays=tuple(weekdays), pauses=tuple(pauses), **now)


def _behind(pauses: Iterable[Pause], day: date) -> list[Pause]:
    return [
        Pause(pause.first, day - DAY if pause.last is None else min(pause.last, day - DAY))
        for pause in pauses
        if pause.first < day
    ]


def _ahead(latest: Mapping[str, date | None], day: date) -> list[Pause]:
    if latest["stopped_on"] is not None:
        return [Pause(max(latest["stopped_on"], day))]
    first, last = latest["paused_from"], latest["paused_until"]
    if first is None or last is None or last < day:
        return []
    return [Pause(max(first, day), last)]


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
