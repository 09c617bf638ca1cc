"""A pretend patient's way through a clinic, day by day: infusions, check-ins, absences, leaving."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta

from numpy.random import Generator

from data.demo.course_of_illness import WEEKLY_MEMORY, Spell, Traits, draw_spell

MAINTENANCE = {"reactive": 0.45, "schedule": 0.25, "never": 0.30}


@dataclass(frozen=True, slots=True)
class Habits:
    """How a patient and their clinic go about it. Days count from registration."""

    first_infusion: int
    induction: tuple[int, ...]  # days after the first infusion
    maintenance: str
    every: int  # days between scheduled infusions
    missed: float  # share of weeks without a check-in
    screens: bool  # answers before the first infusion
    stays: int  # days after the induction until they are seen no more
    says_so: bool  # the clinic notes that they left
    absence: tuple[int, int] | None  # a stretch of days without any answer


@dataclass(frozen=True, slots=True)
class CheckIn:
    day: int
    improvement: float
    noise: float  # in units of the instrument's own spread


@dataclass
class Journey:
    """Run it once to `horizon`, the last day that can hold a record, and read what happened."""

    rng: Generator
    traits: Traits
    habits: Habits
    registered_on: date
    horizon: int
    infusions: list[int] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    spell: Spell | None = None
    _noise: tuple[int, float] | None = None
    _next_course: int | None = None
    _next_check_in: int = 0
    _bad_in_a_row: int = 0

    @property
    def stop(self) -> int:
        """The last day this patient is seen."""
        return self.habits.first_infusion + self.habits.induction[-1] + self.habits.stays

    def run(self) -> Journey:
        self._next_course = self._clinic_day(self.habits.first_infusion)
        self._next_check_in = 0 if self.habits.screens else self._next_course + 5
        for day in range(min(self.horizon, self.stop) + 1):
            if day == self._next_course:
                self._begin_course(day)
            if day >= self._next_check_in:
                self._answer_or_miss(day)
            if self.spell is not None and day in self.spell.infusions:
                self.infusions.append(day)
        return self

    def improvement(self, day: int) -> float:
        return self.spell.improvement(day) if self.spell else 0.0

    def _begin_course(self, day: int) -> None:
        first = self.spell is None
        spacing = self.habits.induction if first else self._later_course()
        days = tuple(dict.fromkeys(self._clinic_day(day + after) for after in spacing))
        self.spell = draw_spell(self.rng, self.traits, days, self.improvement(day), first=first)
        self._bad_in_a_row = 0
        self._next_course = None
        goes_on = self.traits.responder or self.rng.random() < 0.3
        if self.habits.maintenance == "schedule" and goes_on:
            self._next_course = self._clinic_day(days[-1] + self.habits.every)
        asked_that_day = self.rng.random() < (0.5 if first else 0.7)
        if asked_that_day and (self.habits.screens or not first):
            self._next_check_in = day

    def _later_course(self) -> tuple[int, ...]:
        chance = self.rng.random()
        if self._bad_in_a_row >= 2 and chance < 0.25:
            return (0, 3, 7, 10, 14, 17)[: int(self.rng.integers(4, 7))]
        return (0, 4) if chance < 0.4 else (0,)

    def _answer_or_miss(self, day: int) -> None:
        comes_in = self.spell is not None and day == self.spell.begins
        before_start = self.spell is None
        away = self.habits.absence
        absent = away is not None and away[0] <= day <= away[1]
        if not absent and (comes_in or before_start or self.rng.random() >= self.habits.missed):
            self._check_in(day)
        self._next_check_in = self._week_after(day)

    def _week_after(self, day: int) -> int:
        if self.spell is None and self._next_course is not None:
            return max(self._next_course + 5, day + 7)
        return day + int(self.rng.choice((6, 7, 7, 7, 8)))

    def _check_in(self, day: int) -> None:
        seen = CheckIn(day, self.improvement(day), self._noise_on(day))
        self.check_ins.append(seen)
        if self.spell is None or day <= self.spell.ends:
            return
        value = self.traits.severity * (1 - seen.improvement) + seen.noise * self.traits.noise
        entry = self.traits.severity + self.traits.first_noise
        is_bad = 1 - value / entry < self.traits.drop
        self._bad_in_a_row = self._bad_in_a_row + 1 if is_bad else 0
        if self.habits.maintenance == "reactive" and self._next_course is None:
            self._maybe_book(day)

    def _maybe_book(self, day: int) -> None:
        """Two bad answers, or one and an early call, lead to an infusion within days."""
        eager = 0.85 if self.traits.responder else 0.12
        chance = {0: 0.0, 1: 0.25 * eager}.get(self._bad_in_a_row, eager)
        if self.rng.random() < chance:
            self._next_course = self._clinic_day(day + int(self.rng.integers(2, 11)))

    def _noise_on(self, day: int) -> float:
        """Continue the noise of the answer before: the longer ago, the less of it is left."""
        if self._noise is None:
            value = self.traits.first_noise / self.traits.noise
        else:
            before, last = self._noise
            kept = WEEKLY_MEMORY ** ((day - before) / 7)
            value = kept * last + math.sqrt(1 - kept**2) * float(self.rng.normal())
        self._noise = (day, value)
        return value

    def _clinic_day(self, day: int) -> int:
        """Return the day or the Monday after: infusions are given on weekdays."""
        weekday = (self.registered_on + timedelta(days=day)).weekday()
        return day + max(0, 7 - weekday) if weekday >= 5 else day


def draw_habits(rng: Generator, indication: str, responder: bool, missed: float) -> Habits:
    """Draw how a patient will go about it; `missed` shifts the share of weeks they miss."""
    maintenance = str(rng.choice(list(MAINTENANCE), p=list(MAINTENANCE.values())))
    induction = _draw_induction(rng, indication)
    first = int(rng.integers(1, 14)) if rng.random() < 0.93 else int(rng.integers(14, 40))
    stays = _draw_stay(rng, responder, maintenance)
    absence = None
    if responder and maintenance != "schedule":
        absence = _draw_absence(rng, first + induction[-1], stays)
    if absence:  # long enough to be seen again
        stays = max(stays, absence[1] + 30 - first - induction[-1])
    return Habits(
        first_infusion=first,
        induction=induction,
        maintenance=maintenance,
        every=int(rng.choice((21, 28, 28, 35, 42))),
        missed=float(min(max(rng.uniform(0.1, 0.5) + missed, 0.1), 0.6)),
        screens=bool(rng.random() < 0.93),
        stays=stays,
        says_so=bool(rng.random() < 0.92),
        absence=absence,
    )


def _draw_induction(rng: Generator, indication: str) -> tuple[int, ...]:
    thrice_weekly = (0, 2, 4, 7, 9, 11, 14, 16)
    twice_weekly = (0, 3, 7, 10, 14, 17, 21, 24)
    spacing = thrice_weekly if rng.random() < 0.4 else twice_weekly
    planned = 8 if indication == "ptsd" and rng.random() < 0.5 else 6
    if rng.random() < 0.07:  # stopped early
        planned = int(rng.integers(1, 4))
    return spacing[:planned]


def _draw_stay(rng: Generator, responder: bool, maintenance: str) -> int:
    if not responder:
        return int(14 + rng.exponential(30))
    mean = {"reactive": 130, "schedule": 150, "never": 60}[maintenance]
    return int(10 + rng.exponential(mean))


def _draw_absence(rng: Generator, induced: int, stays: int) -> tuple[int, int] | None:
    """One responder in twelve is away for more than twelve weeks and then comes back."""
    if rng.random() >= 0.08 or stays < 40:
        return None
    begins = induced + int(rng.integers(10, 35))
    return begins, begins + int(rng.integers(90, 150))
