"""Clinics with a known truth: what happened, what was written down, and when each response ends.

Not fitted to anyone's data. Sizes and noise follow published figures: PHQ-9 around 15 at the start,
45 % who never respond, a median response of about a month, totals that scatter by 2 to 3 points.
Days are counted from `DAY_0`; a response ends where the true severity passes half of the baseline.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.random import Generator

DAY_0 = date(2024, 1, 1)
SHAPES = ("exponential", "linear", "sudden", "plateau")
CARE = ("reactive", "scheduled", "proactive", "none")


@dataclass(frozen=True)
class Scenario:
    """How a clinic's patients fare and how it follows them. Spreads are of log days."""

    name: str = "mixed"
    shapes: tuple[str, ...] = SHAPES
    care: tuple[str, ...] = CARE
    median: float = 32.0
    between: float = 0.45
    within: float = 0.40
    effects: float = 1.0  # how much covariates, site and depth matter
    mood: float = 0.05  # spread of the slow noise, a share of the range
    missed: tuple[float, float] = (0.1, 0.3)
    leaving: float = 0.0  # chance a week of staying away for good once unwell
    wearing: float = 0.0  # change of log days from each response to the next
    strata: float = 0.0  # half of the patients hold so much longer, half shorter, in log days
    memoryless: bool = False  # durations of one patient are exponential
    leaving_well: float = 0.0  # chance a week of staying away for good while well
    looks: tuple[int, ...] = (6, 7, 7, 7, 8)  # days from one check-in to the next
    days: int = 540
    sites: int = 6


SCENARIOS = {
    one.name: one
    for one in (
        Scenario(),
        Scenario("sudden", shapes=("sudden",)),
        Scenario("exponential", shapes=("exponential",)),
        Scenario("linear", shapes=("linear",)),
        Scenario("plateau", shapes=("plateau",)),
        Scenario("noisy", mood=0.11),
        Scenario("informative", care=("proactive", "reactive"), leaving=0.08, missed=(0.2, 0.4)),
        Scenario("scheduled", care=("scheduled",)),
        Scenario("tachyphylaxis", wearing=-0.12),
        Scenario("heterogeneous", between=0.75),
        Scenario("homogeneous", between=0.10),
        Scenario("uninformative", effects=0.0),
        Scenario("sparse", missed=(0.3, 0.5), days=365, sites=2),
        Scenario("bimodal", strata=0.65, between=0.2, within=0.4),
        Scenario("memoryless", memoryless=True),
        Scenario("irregular", looks=(2, 4, 7, 10, 14, 21), missed=(0.0, 0.2)),
        Scenario("feeling_well", leaving_well=0.06, leaving=0.03, mood=0.07),
    )
}


@dataclass
class Response:
    """One course that worked: its last infusion, and the day its effect is truly over."""

    day0: int
    holds: float
    course: _Course
    severity: float
    baseline: int


@dataclass
class Invented:
    """One patient. Days are whole; scores are (day, PHQ-9)."""

    code: str
    site: str
    facts: dict[str, object]
    infusions: list[int] = field(default_factory=list)
    scores: list[tuple[int, int]] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """A patient as known on a day, and the days from then until the response is truly over."""

    code: str
    asked_on: int
    days_left: float
    response: Response = field(repr=False)


@dataclass
class _Course:
    """The effect of a course: improvement over days since its last infusion."""

    depth: float
    holds: float
    shape: str
    floor: float

    def improvement(self, since: float) -> float:
        if self.depth <= 0.5:
            return self.depth * math.exp(-max(since, 0) / 30)
        late = since - self.holds
        if self.shape == "exponential":
            rate = math.log(self.depth / 0.5) / self.holds
            return max(self.depth * math.exp(-rate * since), self.floor)
        if self.shape == "linear":
            return max(self.depth - (self.depth - 0.5) * since / self.holds, self.floor)
        if self.shape == "plateau":
            turn = 0.7 * self.holds
            slope = (self.depth - 0.5) / (0.3 * self.holds)
            return max(self.depth - slope * max(since - turn, 0), self.floor)
        # Within days: a logistic fall that passes a half on the day `holds`.
        left_then = (0.5 - self.floor) / (self.depth - self.floor)
        odds = math.exp(min(late / 1.5, 40)) * (1 / left_then - 1)
        share = 1 / (1 + odds)
        return self.floor + (self.depth - self.floor) * share


def invent_clinic(scenario: Scenario, patients: int, seed: int) -> list[Invented]:
    rng = np.random.default_rng([seed, patients])
    site_effect = rng.normal(0, 0.12 * scenario.effects, scenario.sites)
    return [_invent(scenario, f"P{i:05d}", site_effect, rng) for i in range(patients)]


def ask(clinic: list[Invented], seed: int) -> list[Question]:
    """Ask of every other patient about one response, on day 3, 14 or 28 of it.

    Not where another infusion had been given by then, nor where the response was over for a week.
    """
    rng = np.random.default_rng([seed, 99])
    asked = []
    for patient in clinic[::2]:
        options = [
            Question(patient.code, one.day0 + age, one.holds - age, one)
            for one in patient.responses
            for age in (3, 14, 28)
            if not any(one.day0 < day <= one.day0 + age for day in patient.infusions)
        ]
        if options:
            asked.append(options[int(rng.integers(len(options)))])
    return asked


def seen_weekly(question: Question, known: list[tuple[int, int]], mood: float, seed: int) -> float:
    """Days from the question to the loss that weekly check-ins would date, none of them missed.

    The half-way day between the last good value and the first of two bad ones in a row.
    """
    rng = np.random.default_rng([seed, question.asked_on, int(question.code[1:])])
    one, level = question.response, rng.normal(0, mood)
    values = [(day, score) for day, score in known if one.day0 < day <= question.asked_on]
    for day in range((values[-1][0] if values else question.asked_on) + 7, one.day0 + 800, 7):
        level = 0.65 * level + math.sqrt(1 - 0.65**2) * rng.normal(0, mood)
        well = one.course.improvement(day - one.day0)
        values.append((day, _answer(one.severity * (1 - well) + level, rng)))
    good = [score <= one.baseline / 2 for _, score in values]
    first = good.index(True) if True in good else 0
    for at in range(first + 1, len(values) - 1):
        if good[at - 1] and not good[at] and not good[at + 1]:
            return (values[at - 1][0] + values[at][0]) / 2 - question.asked_on
    return math.inf


def _invent(scenario: Scenario, code: str, site_effect: np.ndarray, rng: Generator) -> Invented:
    site = int(rng.integers(len(site_effect)))
    age, failures = float(rng.normal(45, 13)), int(rng.poisson(2.5))
    anxious = int(rng.random() < 0.5)
    pull = -0.08 * (failures - 2.5) - 0.20 * (anxious - 0.5) + 0.08 * (age - 45) / 13
    usual = math.log(scenario.median) + scenario.effects * pull + site_effect[site]
    usual += rng.normal(0, scenario.between)
    if scenario.strata:
        usual += scenario.strata * float(rng.choice((-1, 1)))
    patient = Invented(
        code,
        f"Site {site + 1}",
        {"birth_year": 2024 - round(min(max(age, 19), 85)), "sex": rng.choice(["female", "male"]),
         "prior_failures": failures, "anxiety": anxious, "indication": "depression"},
    )  # fmt: skip
    _live(scenario, patient, usual, rng)
    return patient


def _live(scenario: Scenario, patient: Invented, usual: float, rng: Generator) -> None:
    start = int(rng.integers(0, max(scenario.days - 200, 60)))
    works = rng.random() < 0.55
    care = str(rng.choice(scenario.care))
    missed = rng.uniform(*scenario.missed)
    severity, mood, before = _enter(scenario, rng)
    patient.scores.append((start - int(rng.integers(0, 4)), before))
    illness = (severity, before)
    course = _begin(
        scenario, patient, [start + d for d in (0, 2, 4, 7, 9, 11)], works, usual, illness, rng
    )
    every, bad, planned, gone = int(rng.choice([21, 28, 35])), 0, None, False
    next_look = patient.infusions[-1] + int(rng.integers(2, 8))
    for day in range(patient.infusions[-1] + 1, scenario.days):
        since = day - patient.infusions[-1]
        level = course.improvement(since)
        mood = 0.94 * mood + math.sqrt(1 - 0.94**2) * rng.normal(0, scenario.mood)
        if day >= next_look:
            next_look = day + int(rng.choice(scenario.looks))
            away = missed + (0.15 if scenario.leaving and level < 0.5 else 0)
            gone = gone or (works and level < 0.5 and rng.random() < scenario.leaving)
            if scenario.leaving_well and level >= 0.5:
                gone = gone or bool(rng.random() < scenario.leaving_well)
            if not gone and rng.random() > away:
                score = _answer(severity * (1 - level) + mood, rng)
                patient.scores.append((day, score))
                bad = bad + 1 if score > before / 2 else 0
        if gone:
            continue
        if planned is None:
            planned = _plan(care, works, day, since, level, bad, every, rng)
        if planned == day and len(patient.responses) < 8:
            bad, planned = 0, None
            again = rng.random() < (0.85 if works else 0.12)
            course = _begin(scenario, patient, [day], bool(again), usual, illness, rng)


def _plan(
    care: str, works: bool, day: int, since: int, level: float, bad: int, every: int, rng: Generator
) -> int | None:
    if since < 15:
        return None
    if care == "scheduled" and works:
        return day + max(every - since, 1)
    if care == "proactive" and level < 0.62 and rng.random() < 0.06:
        return day + 2
    if care in ("reactive", "proactive") and bad >= 2 and rng.random() < 0.15:
        return day + int(rng.integers(1, 10))
    return None


def _enter(scenario: Scenario, rng: Generator) -> tuple[float, float, int]:
    while True:
        severity, mood = rng.normal(0.58, 0.13), rng.normal(0, scenario.mood)
        score = _answer(severity + mood, rng)
        if score >= 10 and 0.2 < severity < 0.95:
            return severity, mood, score


def _begin(
    scenario: Scenario,
    patient: Invented,
    days: list[int],
    works: bool,
    usual: float,
    illness: tuple[float, int],
    rng: Generator,
) -> _Course:
    patient.infusions += days
    if not works:
        return _Course(float(rng.uniform(-0.05, 0.42)), 1.0, "linear", 0.0)
    depth = 0.55 + 0.42 * float(rng.beta(2.4, 2.0))
    log_days = usual + scenario.wearing * len(patient.responses) + _scatter(scenario, rng)
    log_days += scenario.effects * 0.8 * (depth - 0.78)
    holds = max(math.exp(log_days), 2.0)
    floor = float(rng.uniform(0.0, 0.2))
    course = _Course(depth, holds, str(rng.choice(scenario.shapes)), floor)
    patient.responses.append(Response(days[-1], holds, course, *illness))
    return course


def _scatter(scenario: Scenario, rng: Generator) -> float:
    """How far one response's log days lie from the patient's usual ones."""
    if scenario.memoryless:
        return math.log(max(float(rng.exponential()), 1e-3)) - math.log(math.log(2))
    return float(rng.normal(0, scenario.within))


def _answer(severity: float, rng: Generator) -> int:
    return int(rng.binomial(3, min(max(severity, 0.01), 0.99), 9).sum())


def without_effects(scenario: Scenario) -> Scenario:
    return replace(scenario, effects=0.0)


def write_clinic(folder: Path, clinic: list[Invented], questions: list[Question]) -> None:
    """Write the files a clinic would import, and at.csv with the days asked about."""
    people = [{"patient_id": p.code, "site": p.site, **p.facts} for p in clinic]
    _write(folder / "patients.csv", people)
    _write(
        folder / "infusions.csv",
        [{"patient_id": p.code, "date": on(day)} for p in clinic for day in p.infusions],
    )
    _write(
        folder / "scores.csv",
        [
            {"patient_id": p.code, "date": on(day), "instrument": "PHQ-9", "score": score}
            for p in clinic
            for day, score in p.scores
        ],
    )
    at = [{"patient_id": q.code, "as_of": on(q.asked_on)} for q in questions]
    _write(folder / "at.csv", at)


def on(day: int) -> date:
    return DAY_0 + timedelta(day)


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
