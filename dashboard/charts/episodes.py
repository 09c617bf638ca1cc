"""One episode of a chart, read once from its row into plain Python values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard.formats import is_blank
from data.queries.chart import Chart
from models.outcomes.ending import EndReason
from models.outcomes.episodes import Unstated


@dataclass(frozen=True, slots=True)
class Episode:
    """A row of `Chart.episodes`, None where it is blank. Day 0 is `end_on`."""

    instrument: str
    course_no: int
    kind: str
    start_on: date
    end_on: date
    next_start_on: date | None
    baseline: float | None
    baseline_on: date | None
    best: float | None
    responded: bool | None
    remitted: bool | None
    unstated: Unstated | None
    end_reason: EndReason | None
    lower_days: int | None
    upper_days: int | None
    turned_on: date | None
    last_assessed_on: date | None

    def day(self, number: int) -> date:
        """The calendar day `number` days after day 0."""
        return self.end_on + timedelta(days=number)

    @property
    def last_responding_on(self) -> date | None:
        return None if self.lower_days is None else self.day(self.lower_days)

    @property
    def turned_days(self) -> int | None:
        return None if self.turned_on is None else (self.turned_on - self.end_on).days


def read_episode(row: Any) -> Episode:
    """Read a row of `Chart.episodes` (named tuple or Series): NaN to None, floats to days."""
    if isinstance(row, Episode):
        return row
    get = {name: _plain(getattr(row, name)) for name in Episode.__dataclass_fields__}
    for name in ("course_no", "lower_days", "upper_days"):
        get[name] = None if get[name] is None else int(get[name])
    for name in ("responded", "remitted"):
        get[name] = None if get[name] is None else bool(get[name])
    get["unstated"] = None if get["unstated"] is None else Unstated(get["unstated"])
    get["end_reason"] = None if get["end_reason"] is None else EndReason(get["end_reason"])
    return Episode(**get)


def read_episodes(chart: Chart, instrument: str) -> list[Episode]:
    """A chart's episodes on one instrument, in order of course."""
    rows = chart.episodes[chart.episodes["instrument"] == instrument].sort_values("course_no")
    return [read_episode(row) for row in rows.itertuples()]


def _plain(value: Any) -> Any:
    return None if is_blank(value) else value
