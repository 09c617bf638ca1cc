"""Whether a patient's responses get longer or shorter from course to course."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations

# Three durations in order happen by chance one time in six; fewer say nothing at all.
LEAST_RESPONSES = 3


class Trend(StrEnum):
    LONGER = "longer"
    SHORTER = "shorter"


def find_trend(own: Sequence[tuple[int, int | None]]) -> Trend | None:
    """Return a trend only where every pair of durations that can be told apart says the same.

    `own` holds (lower, upper) days in order, upper None where not lost. Intervals that overlap
    cannot be told apart; at least three pairs must be.
    """
    if len(own) < LEAST_RESPONSES:
        return None
    signs = [_compare(earlier, later) for earlier, later in combinations(own, 2)]
    told = [sign for sign in signs if sign]
    if len(told) < LEAST_RESPONSES or len(set(told)) > 1:
        return None
    return Trend.LONGER if told[0] > 0 else Trend.SHORTER


def _compare(earlier: tuple[int, int | None], later: tuple[int, int | None]) -> int:
    """1 where the later one surely held longer, -1 where shorter, 0 where nobody can say."""
    if earlier[1] is not None and later[0] >= earlier[1]:
        return 1
    if later[1] is not None and earlier[0] >= later[1]:
        return -1
    return 0
