"""Exported forecasts against the truth of invented clinics: PYTHONPATH=. python THIS

Each clinic goes the whole way: files, import, episodes, `export forecast --at`. Beside it, on the
same records as known on the same days: conditional Kaplan-Meier, S(age + x) / S(last day well).
Two truths: when the illness itself passes half of the baseline, and what weekly check-ins with none
missed would have recorded. CRPS over 0 to 112 days, lower is better.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from data.commands.exports import read_asked
from data.database import connect
from data.exporters.sheets import write_frame
from data.importers import import_files, read_path
from data.instruments import catalogue
from data.migrations import upgrade
from data.queries.forecasts import read_forecasts
from models.outcomes.courses import group_courses
from models.outcomes.curves import kaplan_meier, midpoint
from models.outcomes.episodes import build_episodes
from models.outcomes.forecast import WEEKS, Response, collect_responses
from models.outcomes.history import Moment, Score
from models.outcomes.rules import Rules
from models.policy import OPERATOR
from tests.simulated_clinics import (
    SCENARIOS,
    Invented,
    Question,
    Scenario,
    ask,
    invent_clinic,
    on,
    seen_weekly,
    write_clinic,
)

HORIZON = 112
DAYS = np.arange(HORIZON + 1.0)
SHARES = {"q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90}
COLUMNS = (
    "scenario", "truth", "asked", "crps", "crps_km", "ratio", "held_80", "held_80_km", "auc14",
    "auc14_km", "gain", "clinics_worse",
)  # fmt: skip


@dataclass
class Scored:
    """One clinic's forecasts, Kaplan-Meier's, and both truths, a row a question."""

    curves: np.ndarray
    low_high: np.ndarray
    rival: np.ndarray
    latent: np.ndarray
    recorded: np.ndarray


def run_clinic(scenario: Scenario, patients: int, seed: int) -> Scored | None:
    clinic = invent_clinic(scenario, patients, seed)
    questions = ask(clinic, seed)
    frame = export(clinic, questions, on(scenario.days))
    stated = frame[
        (frame["status"] == "stated") & frame["patient_id"].isin(q.code for q in questions)
    ]
    rows = {row.patient_id: row for row in stated.itertuples()}
    asked = [question for question in questions if question.code in rows]
    if not asked:
        return None
    people = {patient.code: patient for patient in clinic}
    seen = [people[q.code].scores for q in asked]
    return Scored(
        np.array([read_curve(rows[q.code]) for q in asked]),
        np.array([[rows[q.code].q10, rows[q.code].q90] for q in asked], float),
        kaplan_meier_curves(clinic, asked, {q.code: q.asked_on for q in questions}),
        np.array([q.days_left for q in asked]),
        np.array([
            seen_weekly(q, s, scenario.mood, seed) for q, s in zip(asked, seen, strict=True)
        ]),
    )  # fmt: skip


def export(clinic: list[Invented], questions: list[Question], as_of: object) -> pd.DataFrame:
    with TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        write_clinic(files, clinic, questions)
        at = (files / "at.csv").rename(Path(folder) / "at.csv")
        engine = connect(f"sqlite:///{Path(folder) / 'clinic.sqlite'}")
        upgrade(engine)
        report = import_files(engine, OPERATOR, read_path(files))
        assert report.refusals == []
        frame = read_forecasts(engine, OPERATOR, instrument="PHQ-9", as_of=as_of, at=read_asked(at))
        write_frame(Path(folder) / "out.csv", frame)
        engine.dispose()
        return pd.read_csv(Path(folder) / "out.csv", dtype={"patient_id": str})


def read_curve(row: object) -> np.ndarray:
    """The chance to be lost by each of DAYS, straight between the days that are exported."""
    points = {float(days): getattr(row, f"p_lost_{days}") for days in WEEKS}
    for name, share in SHARES.items():
        day = getattr(row, name)
        if np.isfinite(day) and day not in points:
            points[day] = share
    points.setdefault(0.0, 0.0)
    days = np.array(sorted(points))
    return np.interp(DAYS, days, np.maximum.accumulate([points[day] for day in days]))


def responses_of(clinic: list[Invented], cut: dict[str, int]) -> Iterator[Response]:
    instrument, rules = catalogue()["PHQ-9"], Rules()
    for patient in clinic:
        stop = cut.get(patient.code, 10**6)
        given = [Moment(on(day)) for day in patient.infusions if day <= stop]
        scores = [Score(Moment(on(day)), float(v)) for day, v in patient.scores if day <= stop]
        courses = group_courses(given, rules)
        episodes = build_episodes(courses, scores, instrument, rules)
        yield from collect_responses(patient.code, courses, episodes, scores, instrument, {})


def kaplan_meier_curves(
    clinic: list[Invented], asked: list[Question], cut: dict[str, int]
) -> np.ndarray:
    responses = list(responses_of(clinic, cut))
    latest = {response.patient: response for response in responses}
    days, lost = midpoint([r.lower for r in responses], [r.upper for r in responses])
    curve = kaplan_meier(days, lost)

    def held(at: np.ndarray) -> np.ndarray:
        """Beyond the last day known, the curve stays where it was."""
        return curve.survival[np.searchsorted(curve.day, at, side="right") - 1]

    curves = []
    for question in asked:
        response = latest[question.code]
        age = question.asked_on - question.response.day0
        well = max(float(held(np.array([response.lower]))[0]), 1e-6)
        curves.append(1 - held(age + DAYS) / well)
    return np.array(curves)


def crps(curves: np.ndarray, truth: np.ndarray) -> np.ndarray:
    over = DAYS[None, :] >= np.clip(truth, 0, HORIZON)[:, None]
    return np.trapezoid((curves - over) ** 2, DAYS, axis=1)


def quantile(curves: np.ndarray, share: float) -> np.ndarray:
    """The first day by which a share is lost; beyond the horizon where it never is."""
    reached = curves >= share
    return np.where(reached.any(axis=1), reached.argmax(axis=1), HORIZON + 1.0)


def auc(chance: np.ndarray, lost: np.ndarray) -> float:
    """How often one that is lost was given the higher chance of two; half for equals."""
    gone, kept = chance[lost], chance[~lost]
    if not gone.size or not kept.size:
        return float("nan")
    return float(np.mean((gone[:, None] > kept) + 0.5 * (gone[:, None] == kept)))


def share_held(low: np.ndarray, high: np.ndarray, truth: np.ndarray) -> float:
    at = np.clip(truth, 0, HORIZON)
    return float(np.mean((at >= low) & (at <= np.where(np.isnan(high), np.inf, high))))


def summarise(name: str, clinics: list[Scored]) -> Iterator[tuple[object, ...]]:
    curves, rival = (np.concatenate([getattr(c, n) for c in clinics]) for n in ("curves", "rival"))
    window = np.concatenate([c.low_high for c in clinics])
    for truth in ("latent", "recorded"):
        at = np.concatenate([getattr(c, truth) for c in clinics])
        ours, theirs = crps(curves, at).mean(), crps(rival, at).mean()
        worse = [
            crps(c.curves, getattr(c, truth)).mean() > crps(c.rival, getattr(c, truth)).mean()
            for c in clinics
        ]
        sharp = auc(curves[:, 14], at <= 14), auc(rival[:, 14], at <= 14)
        yield (
            name, truth, at.size, ours, theirs, ours / theirs,
            share_held(window[:, 0], window[:, 1], at),
            share_held(quantile(rival, 0.1), quantile(rival, 0.9), at),
            *sharp, sharp[0] - sharp[1], float(np.mean(worse)),
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patients", type=int, default=800)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    chosen = parser.parse_args()
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for name in chosen.scenarios:
        begun = time.process_time()
        found = [run_clinic(SCENARIOS[name], chosen.patients, seed) for seed in chosen.seeds]
        clinics = [clinic for clinic in found if clinic is not None]
        for row in summarise(name, clinics) if clinics else []:
            said = [f"{v:.3f}" if isinstance(v, float) else str(v) for v in row]
            print("| " + " | ".join(said) + " |", flush=True)
        print(f"<!-- {time.process_time() - begun:.0f} s -->", flush=True)


if __name__ == "__main__":
    main()
