"""What one course looks like as a bar, in days from day 0; the lane and the swimmer share it.

Pure: which stretches and which signs, not where on the screen nor in which colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dashboard.charts.episodes import Episode
from models.outcomes.ending import EndReason


class Look(StrEnum):
    """Stretches, then signs (a sign has no length)."""

    HELD = "held"
    FADING = "fading"  # lost some day in here
    POSSIBLE = "possible loss"  # one bad value, not confirmed
    UNSEEN = "unseen"  # lost in here, too long a stretch to say when
    BRIDGED = "until the next course"
    SILENT = "silent"
    NO_RESPONSE = "no response"
    UNSTATED = "not stated"
    ARROW = "still holding"
    CAP = "next course"
    STOP = "left"
    DOUBT = "not confirmed"


SIGNS = (Look.ARROW, Look.CAP, Look.STOP, Look.DOUBT)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch from day `start` to day `end` after day 0; the same day twice for a sign."""

    look: Look
    start: float
    end: float


def mark_episode(
    episode: Episode, *, today: date, left_on: date | None, late_window: int
) -> list[Mark]:
    """The marks of one course on one instrument, stretches before signs."""
    if episode.responded is None:
        return [Mark(Look.UNSTATED, 0, _unstated_until(episode, today, late_window))]
    if not episode.responded or episode.lower_days is None:
        return [Mark(Look.NO_RESPONSE, 0, _assessed_until(episode))]
    held = episode.lower_days
    return [Mark(Look.HELD, 0, held), *_tail(episode, held, today, left_on)]


def _tail(episode: Episode, held: int, today: date, left_on: date | None) -> list[Mark]:
    turned = held if episode.turned_days is None else episode.turned_days
    match episode.end_reason:
        case EndReason.LOST:
            return [Mark(Look.FADING, held, turned)]
        case EndReason.POSSIBLE_LOSS:
            return [Mark(Look.POSSIBLE, held, turned), Mark(Look.DOUBT, turned, turned)]
        case EndReason.GAP:
            return [Mark(Look.UNSEEN, held, turned)]
        case EndReason.NEXT_COURSE:
            begun = _days(episode, episode.next_start_on)
            return [Mark(Look.BRIDGED, held, begun), Mark(Look.CAP, begun, begun)]
        case EndReason.SILENT:
            return [Mark(Look.SILENT, held, _days(episode, today))]
        case EndReason.LEFT:
            left = max(held, _days(episode, left_on))
            return [Mark(Look.SILENT, held, left), Mark(Look.STOP, left, left)]
        case EndReason.HOLDING:
            return [Mark(Look.ARROW, held, held)]
        case _:
            return []


def _days(episode: Episode, day: date | None) -> int:
    return (episode.lower_days or 0) if day is None else (day - episode.end_on).days


def _unstated_until(episode: Episode, today: date, late_window: int) -> int:
    ends = [episode.next_start_on, today]
    return max(0, min([late_window, *((day - episode.end_on).days for day in ends if day)]))


def _assessed_until(episode: Episode) -> int:
    ends = [day for day in (episode.next_start_on, episode.last_assessed_on) if day]
    return max(1, min((day - episode.end_on).days for day in ends)) if ends else 1
