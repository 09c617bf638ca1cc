"""The scores of one instrument, read once into values a figure can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import hover
from dashboard.charts.episodes import Episode
from models.instrument import Instrument

MODES = {
    "link": "check-in link",
    "kiosk": "in the clinic",
    "patient": "signed in",
    "staff": "entered by staff",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One scored assessment.

    `responding` is None where the value does not decide: before a course, during it, without a
    baseline, or when a later value of that day stands for the day.
    """

    day: date
    value: float
    counts: bool  # the last of its day
    responding: bool | None
    text: str


def read_points(
    scores: pd.DataFrame,
    infusions: pd.DataFrame,
    episodes: Sequence[Episode],
    instrument: Instrument,
) -> list[Point]:
    """The scored rows of `scores` (one instrument, in time order), with their hover text."""
    scored = scores[scores["total"].notna()]
    last_of_day = ~scored["day"].duplicated(keep="last")
    points = []
    for row, counts in zip(scored.itertuples(), last_of_day, strict=True):
        episode = deciding_episode(row.day, episodes)
        responding = _is_responding(row.total, episode, instrument) if counts else None
        lines = [
            hover.when(row),
            _name_value(row, instrument),
            _compare(row.day, row.total, episode, instrument),
            "" if counts else "a later value stands for this day",
            _look_back(row.day, infusions, instrument),
            "some items blank, the others averaged" if row.is_prorated else "",
            _disagreement(row),
            MODES.get(row.mode, hover.escape(row.mode)),
            hover.wrap(row.note),
        ]
        points.append(Point(row.day, row.total, counts, responding, hover.stack(lines)))
    return points


def deciding_episode(day: date, episodes: Sequence[Episode]) -> Episode | None:
    """The episode a value of that day is a follow-up of: after day 0, to the next course's start.

    A value of the next course's first day was taken before its infusion.
    """
    for episode in episodes:
        if episode.end_on < day and (episode.next_start_on is None or day <= episode.next_start_on):
            return episode
    return None


def _is_responding(value: float, episode: Episode | None, instrument: Instrument) -> bool | None:
    if episode is None or episode.baseline is None:
        return None
    if not instrument.allows_baseline(episode.baseline):
        return None
    return instrument.is_responding(episode.baseline, value)


def _name_value(row: Any, instrument: Instrument) -> str:
    band = instrument.band(row.total)
    name = f"{hover.escape(instrument.code)} <b>{formats.number(row.total)}</b>"
    return f"{name}, {hover.escape(band.label)}" if band else name


def _compare(day: date, value: float, episode: Episode | None, instrument: Instrument) -> str:
    """day 21 after the course, 64 % better than the baseline of 18"""
    if episode is None:
        return ""
    since = f"day {(day - episode.end_on).days} after course {episode.course_no}"
    if episode.baseline is None:
        return since
    gained = instrument.improvement(episode.baseline, value)
    if gained is None:
        return since
    word = "better" if gained >= 0 else "worse"
    baseline = formats.number(episode.baseline)
    return f"{since}, {formats.share(abs(gained))} {word} than the baseline of {baseline}"


def _look_back(day: date, infusions: pd.DataFrame, instrument: Instrument) -> str:
    """The days a value asks about; mixed where they are partly before an infusion, partly after."""
    if not instrument.recall_days:
        return ""
    begin = day - timedelta(days=instrument.recall_days)
    asks = f"asks about {hover.escape(instrument.recall)}"
    inside = [given for given in infusions["day"] if begin < given < day]
    if not inside:
        return asks
    number = formats.count(len(inside), "infusion")
    return f"{asks}: mixed, {number} within"


def _disagreement(row: Any) -> str:
    if formats.is_blank(row.stated_total) or row.stated_total == row.total:
        return ""
    return (
        f"stated as {formats.number(row.stated_total)}; the items make {formats.number(row.total)}"
    )
