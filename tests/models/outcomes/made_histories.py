"""Made-up histories crowded around every limit of the episode rules.

`pick` chooses from a list: Hypothesis' draw where a failure should shrink, a seeded generator
where thousands are wanted quickly. Both walk the same tree of choices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from data.instruments import catalogue
from models.instrument import Instrument
from tests.models.outcomes.slow_episodes import THRESHOLDS, Infusion, Score

Pick = Callable[[list[Any]], Any]

START = date(2026, 1, 5)
# Midnight is here because a spreadsheet writes it where no time was known.
TIMES = [None, None, None, time(0), time(9), time(9, 0, 1), time(12), time(18)]

# Values at and around each instrument's minimum, cut and half-way marks.
BEFORE = {
    "PHQ-9": [20, 20, 20, 20, 16, 16, 14, 27, 21, 11, 10, 9.5, 9, 0],
    "NRS-11": [8, 8, 8, 7, 7, 10, 10, 5, 4, 3, 0],
    "WHO-5": [20, 20, 20, 12, 12, 28, 28, 51, 51.5, 52, 100],
    "AUDIT-C": [8, 4, 0],
}
GOOD = {
    "PHQ-9": [4, 4.5, 5, 7, 8, 10, 0],
    "NRS-11": [2, 3.5, 4.9, 5, 5.6, 7],
    "WHO-5": [60, 56, 64, 52, 76, 75.5, 100],
    "AUDIT-C": [2, 0],
}
BAD = {
    "PHQ-9": [7.5, 8.5, 10.5, 11, 14, 20, 27],
    "NRS-11": [5, 5.7, 6, 7.5, 8, 10],
    "WHO-5": [51, 59, 55, 63, 36, 0],
    "AUDIT-C": [5, 9],
}


@dataclass(frozen=True)
class Case:
    infusions: list[Infusion]
    scores: list[Score]
    instrument: Instrument = field(repr=False)  # a page long; its code is shown instead
    thresholds: dict[str, int]
    left_on: date | None
    as_of: date
    code: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", self.instrument.code)

    def cut(self, day: date) -> Case:
        """Return what was known at the end of that day."""
        return replace(
            self,
            infusions=[infusion for infusion in self.infusions if infusion[0] <= day],
            scores=[score for score in self.scores if score[0] <= day],
            as_of=day,
        )

    @property
    def last_record_on(self) -> date:
        return max([START, *(r[0] for r in self.infusions), *(r[0] for r in self.scores)])


def make_case(pick: Pick) -> Case:
    instrument = make_instrument(pick)
    infusions, scores = make_records(pick, instrument.code)
    last = max([START, *(record[0] for record in [*infusions, *scores])])
    as_of = last + timedelta(pick([0, 1, 7, 13, 14, 15, 40, 0, -1, -20, -60]))
    left_on = pick([None, None, None, None, as_of, as_of - timedelta(9), as_of + timedelta(1)])
    return Case(infusions, scores, instrument, make_thresholds(pick), left_on, as_of)


def make_instrument(pick: Pick) -> Instrument:
    codes = [*["PHQ-9"] * 5, *["NRS-11"] * 3, *["WHO-5"] * 3, "AUDIT-C"]
    instrument = catalogue()[pick(codes)]
    change = pick([{}, {}, {}, {}, {"minimum_baseline": None}, {"response_drop": 0.3}])
    if "response_drop" in change and instrument.response_drop is None:
        return instrument
    return replace(instrument, **change)


def make_thresholds(pick: Pick) -> dict[str, int]:
    changes = [
        {},
        {},
        {},
        {"confirmation": 1},
        {"confirmation": 3},
        {"confirmation": 3, "longest_gap": 40},
        {"course_gap": 7},
        {"course_gap": 21, "silence": 7},
        {"baseline_window": 7},
        {"baseline_window": 1, "response_window": 7, "late_window": 14},
        {"response_window": 14, "late_window": 14},
        {"longest_gap": 14},
        {"silence": 1},
    ]
    return THRESHOLDS | pick(changes)


def make_records(pick: Pick, code: str) -> tuple[list[Infusion], list[Score]]:
    """Return courses one after the other, with scores before, during and after each."""
    infusions: list[Infusion] = []
    scores: list[Score] = []
    day = START
    for _ in range(pick([1, 1, 2, 2, 3, 4])):
        scores += make_baseline_scores(pick, code, day)
        for _ in range(pick([1, 1, 2, 3, 4, 6, 8])):
            infusions.append((day, pick(TIMES)))
            if pick([False, False, True]):
                scores.append((day, pick(TIMES), pick(BEFORE[code] + GOOD[code])))
            day += timedelta(pick([2, 3, 3, 7, 13, 14, 15, 0]))
        day_0 = infusions[-1][0]
        follow_up, last = make_follow_up(pick, code, day_0)
        scores += follow_up
        day = max(day, day_0 + timedelta(pick([14, 15, 16, last, last, last + 1, last + 30])))
    return infusions, shuffle(pick, scores)


def make_baseline_scores(pick: Pick, code: str, first: date) -> list[Score]:
    ages = pick(
        [
            [0],
            [0],
            [0, 1],
            [1],
            [1],
            [6, 7],
            [2, 8],
            [29],
            [30],
            [31],
            [40, 30],
            [31, 0],
            [0, 0],
            [],
        ]
    )
    return [(first - timedelta(age), pick(TIMES), pick(BEFORE[code])) for age in ages]


def make_follow_up(pick: Pick, code: str, day_0: date) -> tuple[list[Score], int]:
    """Return scores after day 0, their state mostly lasting, and the last one's day."""
    after = pick([0, 1, 1, 3, 7, 7, 7, 13, 14, 15, 30, 31, 32])
    is_good = pick([True, True, True, True, False])
    scores: list[Score] = []
    for _ in range(pick([0, 1, 2, 3, 3, 4, 4, 6, 8])):
        value = pick(GOOD[code] if is_good else BAD[code])
        scores.append((day_0 + timedelta(after), pick(TIMES), value))
        is_good = is_good is pick([True, True, True, False])
        after += pick([7, 7, 7, 6, 8, 14, 1, 0, 17, 40, 41, 84, 85, 85])
    return scores, (scores[-1][0] - day_0).days if scores else after


def shuffle(pick: Pick, scores: list[Score]) -> list[Score]:
    """Return them in some other order of entry: as they are, backwards, or the odd ones first."""
    return pick([scores, scores[::-1], scores[1::2] + scores[::2]])
