"""Write the two made-up data sets of this folder: python tests/reference/simulate_check_ins.py

Patients with one to five courses, looked at weekly (weekly.csv) or about weekly (irregular.csv),
some check-ins missed. Nobody in them exists. The seed makes them the same on every run.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
MISSED = 0.25


def look(held: float, followed: float, days: np.ndarray) -> tuple[float, float]:
    """Return (lower, upper) as seen on those days, before follow-up ends."""
    seen = days[days <= followed]
    well, lost = seen[seen < held], seen[seen >= held]
    return float(well.max(initial=0)), float(lost.min(initial=np.inf))


def simulate(patients: int, irregular: bool, seed: int) -> list[tuple[str, float, float]]:
    random = np.random.default_rng(seed)
    rows = []
    for number in range(patients):
        usual = random.normal(np.log(32), 0.45)
        for _ in range(random.integers(1, 6)):
            held = np.exp(usual + random.normal(0, 0.4))
            days = np.arange(7.0, 120.0, 7.0)
            if irregular:
                days = days + random.integers(-2, 3, days.size)
            days = days[random.random(days.size) > MISSED]
            rows.append((f"P{number:03}", *look(held, random.uniform(10, 110), days)))
    return rows


def write(name: str, rows: list[tuple[str, float, float]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["patient", "lower", "upper"])
        writer.writerows((who, f"{lower:g}", f"{upper:g}") for who, lower, upper in rows)


if __name__ == "__main__":
    write("weekly.csv", simulate(140, irregular=False, seed=20240501))
    write("irregular.csv", simulate(110, irregular=True, seed=20240502))
