"""The model in many invented clinics of many shapes, in memory: PYTHONPATH=. python THIS

Faster than forecast.py and with many more questions a clinic: the model learns from a clinic's
patients and is asked about others of the same sites whom it has never seen, with their own records
up to the day of asking, once in every response. Each patient counts once, however many responses.
So a clinic of 30 can be compared with Kaplan-Meier by itself, not only many of them together. The
figures are those of forecast.py: CRPS as a ratio, 80 % windows, the gain in AUC, both truths.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from data.instruments import catalogue
from models.outcomes.courses import group_courses
from models.outcomes.curves import Curve, kaplan_meier, midpoint
from models.outcomes.episodes import Held, build_episodes
from models.outcomes.forecast import LEAST_LOSSES, Response, collect_responses, fit_model
from models.outcomes.forecast.outlook import AHEAD
from models.outcomes.history import Moment, Score
from models.outcomes.rules import Rules
from tests.benchmarks.forecast import DAYS, HORIZON, crps, quantile
from tests.simulated_clinics import (
    SCENARIOS,
    Invented,
    Question,
    Scenario,
    ask,
    invent_clinic,
    on,
    seen_weekly,
)

PHQ, RULES = catalogue()["PHQ-9"], Rules()
AGES = (3, 10, 14, 21, 28, 42)
TRUTHS = ("latent", "recorded")
COLUMNS = (
    "patients x clinics", "scenario", *(f"{truth} {name}" for truth in TRUTHS for name in
    ("ratio", "held", "gain", "worse", "worst")),
)  # fmt: skip


@dataclass
class Asked:
    """What was known of a patient on a day, and both truths in days from then."""

    code: str
    responses: list[Response]
    age: int
    truth: tuple[float, float]


def read_patient(patient: Invented, until: int) -> tuple[list[Response], bool]:
    """Return the responses known on a day, and whether the last still holds as far as is known."""
    given = [Moment(on(day)) for day in patient.infusions if day <= until]
    scores = [Score(Moment(on(day)), float(v)) for day, v in patient.scores if day <= until]
    courses = group_courses(given, RULES)
    episodes = build_episodes(courses, scores, PHQ, RULES)
    facts = patient.facts | {"site": patient.site}
    holds = bool(episodes) and episodes[-1].held in (Held.OPEN, Held.POSSIBLE_LOSS)
    return collect_responses(patient.code, courses, episodes, scores, PHQ, facts), holds


def ask_strangers(scenario: Scenario, strangers: list[Invented], seed: int) -> Iterator[Asked]:
    rng = np.random.default_rng([seed, 7])
    for patient in strangers:
        for one in patient.responses:
            age = int(rng.choice(AGES))
            if any(one.day0 < day <= one.day0 + age for day in patient.infusions):
                continue
            known, holds = read_patient(patient, one.day0 + age)
            if not holds or known[-1].day0 != on(one.day0):
                continue
            if age - known[-1].lower > RULES.widest_gap:
                continue
            question = Question(patient.code, one.day0 + age, one.holds - age, one)
            recorded = seen_weekly(question, patient.scores, scenario.mood, seed)
            apart = [replace(it, patient=(patient.code, one.day0)) for it in known]
            yield Asked(patient.code, apart, age, (question.days_left, recorded))


def run(scenario: Scenario, patients: int, strangers: int, seed: int) -> np.ndarray | None:
    """Return ratio, held and gain (truths, 3) of one clinic; None where no model is fitted."""
    people = invent_clinic(scenario, patients + strangers, seed)
    cut = {question.code: question.asked_on for question in ask(people[:patients], seed)}
    seen = [read_patient(one, cut.get(one.code, 10**6))[0] for one in people[:patients]]
    responses = [response for own in seen for response in own]
    if sum(response.is_lost for response in responses) < LEAST_LOSSES:
        return None
    asked = list(ask_strangers(scenario, people[patients:], seed))
    times = Counter(one.code for one in asked)
    weight = np.array([1 / times[one.code] for one in asked])
    ours, theirs = state(responses, asked), state_population(responses, asked)
    truths = np.array([one.truth for one in asked]).T
    return np.array([compare(ours, theirs, truth, weight) for truth in truths])


def state(responses: list[Response], asked: list[Asked]) -> np.ndarray:
    model = fit_model(responses)
    assert model is not None
    known = [response for one in asked for response in one.responses]
    places = np.cumsum([len(one.responses) for one in asked]) - 1
    age = np.array([one.age for one in asked], float)
    chances = model.chance_of_loss(known, places.tolist(), age, AHEAD)
    return np.array([np.interp(DAYS, AHEAD, np.maximum.accumulate(row)) for row in chances])


def state_population(responses: list[Response], asked: list[Asked]) -> np.ndarray:
    """Kaplan-Meier of the same responses, conditional on the last day seen well."""
    curve = kaplan_meier(*midpoint([r.lower for r in responses], [r.upper for r in responses]))
    rows = []
    for one in asked:
        well = max(float(held(curve, np.array([one.responses[-1].lower]))[0]), 1e-6)
        rows.append(1 - held(curve, one.age + DAYS) / well)
    return np.array(rows)


def held(curve: Curve, days: np.ndarray) -> np.ndarray:
    return curve.survival[np.searchsorted(curve.day, days, side="right") - 1]


def compare(
    ours: np.ndarray, theirs: np.ndarray, truth: np.ndarray, weight: np.ndarray
) -> tuple[float, float, float]:
    at = np.clip(truth, 0, HORIZON)
    ratio = (weight @ crps(ours, truth)) / (weight @ crps(theirs, truth))
    low, high = quantile(ours, 0.1) * (ours[:, 0] < 0.1), quantile(ours, 0.9)
    inside = np.average((at >= low) & (at <= high), weights=weight)
    gain = weighted_auc(ours[:, 14], truth <= 14, weight)
    return ratio, inside, gain - weighted_auc(theirs[:, 14], truth <= 14, weight)


def weighted_auc(chance: np.ndarray, lost: np.ndarray, weight: np.ndarray) -> float:
    gone, kept = chance[lost][:, None], chance[~lost]
    pairs = weight[lost][:, None] * weight[~lost]
    return float((pairs * ((gone > kept) + 0.5 * (gone == kept))).sum() / pairs.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=30)
    parser.add_argument("--strangers", type=int, default=200)
    parser.add_argument("--clinics", type=int, default=8)
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    chosen = parser.parse_args()
    begun, every = time.process_time(), []
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for name in chosen.scenarios:
        scenario, seeds = SCENARIOS[name], range(1, chosen.clinics + 1)
        found = [run(scenario, chosen.patients, chosen.strangers, seed) for seed in seeds]
        clinics = np.array([one for one in found if one is not None])
        every.append(clinics)
        say(name, chosen.patients, clinics)
    say("all", chosen.patients, np.concatenate(every))
    print(f"<!-- {time.process_time() - begun:.0f} s -->")


def say(name: str, patients: int, clinics: np.ndarray) -> None:
    """Print the means over clinics, the share of clinics worse than Kaplan-Meier, and the worst."""
    parts = []
    for truth in range(len(TRUTHS)):
        ratio, inside, gain = clinics[:, truth].T
        parts += [f"{ratio.mean():.3f}", f"{inside.mean():.2f}", f"{gain.mean():+.3f}"]
        parts += [f"{np.mean(ratio > 1):.2f}", f"{ratio.max():.3f}"]
    print(f"| {patients:,} x {len(clinics)} | {name} | " + " | ".join(parts) + " |", flush=True)


if __name__ == "__main__":
    main()
