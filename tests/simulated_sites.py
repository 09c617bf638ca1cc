"""Groups of sites whose truth is known: patients with courses, as the counts see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.special import expit, logit

from models.outcomes.sites.counting import add_up_patient
from models.outcomes.sites.facts import Counted, Mark
from models.outcomes.sites.tally import Tally

SIZES = (160, 140, 120, 100, 90, 80, 70, 60, 50, 45, 40, 35)
INDICATIONS = ("depression", "ptsd", "anxiety")
# Log-odds of responding and of remitting, and days held (logarithm), a covariate.
EFFECTS = {"severity": -0.35, "ptsd": -0.8, "anxiety": -0.3, "failures": -0.25}


@dataclass(frozen=True)
class Truth:
    """`shift` is added to each site's log-odds, `holds` to the logarithm of its days.

    `alike` is the standard deviation, in log-odds, of what a patient's courses share;
    `mixed` how unlike the sites' patients are (0: alike everywhere).
    """

    sizes: tuple[int, ...] = SIZES
    shift: tuple[float, ...] = ()
    holds: tuple[float, ...] = ()
    response: float = 0.55
    remission: float = 0.3
    median: float = 50.0
    alike: float = 1.0
    courses: float = 3.0
    mixed: float = 0.0
    missed: float = 0.2
    stopped: float = 0.012  # a day, chance that follow-up ends


def simulate(truth: Truth, rng: np.random.Generator) -> tuple[Tally, dict[int, str]]:
    """Return the group's counts and its sites by number."""
    tally = Tally()
    for site, size in enumerate(truth.sizes):
        for courses in _patients(truth, site, size, rng):
            tally.add(add_up_patient(courses))
    return tally, {site: f"Site {site:02}" for site in range(len(truth.sizes))}


def _patients(truth: Truth, site: int, size: int, rng: np.random.Generator):
    lean = truth.mixed * (2 * site / max(len(truth.sizes) - 1, 1) - 1)
    shift = truth.shift[site] if truth.shift else 0.0
    holds = truth.holds[site] if truth.holds else 0.0
    for _ in range(size):
        severity = int(np.clip(rng.normal(6 + 1.5 * lean, 1.0), 4, 8))
        indication = INDICATIONS[int(rng.choice(3, p=_shares(lean)))]
        failures = int(np.clip(rng.poisson(2 + lean), 0, 4))
        effect = EFFECTS["severity"] * (severity - 6) + EFFECTS["failures"] * (failures - 2)
        effect += EFFECTS.get(indication, 0.0)
        own = rng.normal(0, truth.alike)
        yield [
            _course(
                truth, site, number, severity, indication, failures, effect + shift, holds, own, rng
            )
            for number in range(1, 1 + max(1, int(rng.poisson(truth.courses - 1)) + 1))
        ]


def _shares(lean: float) -> np.ndarray:
    weight = np.exp(np.array([0.0, 1.2 * lean - 0.8, 0.5 * lean - 0.8]))
    return weight / weight.sum()


def _course(truth, site, number, severity, indication, failures, effect, holds, own, rng):
    responded = rng.random() < expit(logit(truth.response) + effect + own)
    remitted = responded and rng.random() < expit(
        logit(truth.remission / truth.response) + effect / 2 + own / 2
    )
    lower = upper = None
    if responded:
        scale = truth.median / np.log(2) ** (1 / 1.3)
        mean = np.log(scale) + 0.3 * effect + holds + 0.4 * own
        lower, upper = _look(np.exp(mean) * rng.weibull(1.3), truth, rng)
    day = date(2025, 1, 15) + timedelta(days=60 * number)
    return Counted(
        site,
        "PHQ-9",
        number,
        day.replace(day=1),
        "induction" if number == 1 else "maintenance",
        indication,
        "IV" if (site + number) % 5 else "IM",
        severity,
        failures,
        Mark.RESPONDED if responded else Mark.NOT_RESPONDING,
        remitted,
        Mark.IMPROVED if responded else Mark.UNCHANGED,
        lower,
        upper,
    )


def _look(lost_on: float, truth: Truth, rng: np.random.Generator) -> tuple[int, int | None]:
    """Weekly check-ins, some missed, until loss is seen or follow-up stops."""
    stops = rng.exponential(1 / truth.stopped) if truth.stopped else 400.0
    lower, day = 0, int(rng.integers(1, 8))
    while day <= min(stops, 400):
        if rng.random() >= truth.missed:
            if day >= lost_on:
                return lower, day
            lower = day
        day += 7
    return lower, None
