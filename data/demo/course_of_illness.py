"""How a pretend illness runs: what an infusion course does to it, and how that wears off.

Severity is a share of an instrument's range, improvement a share of the severity before
treatment, as in models.instrument. Days count from the patient's registration. The numbers are
round ones near published results (McInnes 2022: 54 % respond, 8 % worsen; published medians of
response run from 18 to 41 days), not estimates of anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.random import Generator

from models.instrument import Instrument

# Mean and spread of severity before treatment, spread of one answer about the truth.
SCALES: dict[str, tuple[float, float, float]] = {
    "PHQ-9": (0.60, 0.14, 0.085),
    "GAD-7": (0.64, 0.15, 0.09),
    "PCL-5": (0.60, 0.13, 0.06),
    "Y-BOCS": (0.64, 0.11, 0.055),
    "OCD-NRS": (0.70, 0.13, 0.09),
    "PACS": (0.68, 0.12, 0.075),
    "CRAVING-NRS": (0.70, 0.14, 0.10),
    "NRS-11": (0.68, 0.13, 0.09),
    "PEG": (0.65, 0.13, 0.07),
    "AUDIT-C": (0.65, 0.18, 0.05),
}
# Log-odds of responding to the first course; the evidence is best for depression.
RESPONSE_ODDS = {
    "depression": 0.35,
    "ptsd": 0.15,
    "anxiety": 0.30,
    "ocd": -0.25,
    "addiction": -0.10,
    "chronic_pain": 0.05,
}
MEDIAN_DAYS = 28
SUSTAINED_SHARE, SUSTAINED_FACTOR = 0.18, 3.5  # a few hold for months
BETWEEN_PATIENTS, WITHIN_PATIENT = 0.50, 0.30  # spread of log days
WORSENING_SHARE = 0.08
WEEKLY_MEMORY = 0.4  # correlation of the noise of two answers a week apart


@dataclass(frozen=True, slots=True)
class Traits:
    """What stays with a patient. `drop` is the improvement at which the rule says responding."""

    severity: float
    first_noise: float  # of the screening score, which had to be high enough: it regresses
    noise: float
    drop: float
    responder: bool
    depth: float
    median_days: float
    floor: float  # improvement that is left after a loss
    climb: str
    climb_days: float


@dataclass(frozen=True, slots=True)
class Spell:
    """One course's effect: improvement falls through `drop` on day `ends + holds`."""

    begins: int
    infusions: tuple[int, ...]
    before: float  # improvement when the course began
    reached: float
    holds: float
    floor: float
    drop: float
    climb: str
    climb_days: float

    @property
    def ends(self) -> int:
        return self.infusions[-1]

    def improvement(self, day: int) -> float:
        if day <= self.ends:
            return self._during(day)
        if self.reached <= self.drop:  # no response: what little there was fades in some weeks
            return self.reached * math.exp(-(day - self.ends) / 40)
        share = self._share_left(day - self.ends)
        return self.floor + (self.reached - self.floor) * share

    def _during(self, day: int) -> float:
        """Each infusion adds less than the one before; answers come before that day's infusion."""
        given = sum(1 for infusion in self.infusions if infusion < day) / len(self.infusions)
        share = (1 - math.exp(-2.2 * given)) / (1 - math.exp(-2.2))
        return self.before + (self.reached - self.before) * share

    def _share_left(self, days: int) -> float:
        at_loss = (self.drop - self.floor) / (self.reached - self.floor)
        if self.climb == "linear":
            return min(max(at_loss - (days - self.holds) / self.climb_days, 0.0), 1.0)
        pace = self.climb_days / 6  # a logistic does two thirds of its climb in three paces
        midpoint = self.holds - pace * math.log(1 / at_loss - 1)
        return 1 / (1 + math.exp(min((days - midpoint) / pace, 50)))


def draw_traits(
    rng: Generator,
    indication: str,
    instrument: Instrument,
    *,
    low: bool,
    response: float,
    holds: float,
) -> Traits:
    """Draw a patient. `low` ones come in under the instrument's minimum baseline."""
    severity, first_noise = _draw_entry(rng, instrument, low)
    drop = instrument.response_drop or 0.5
    responder = bool(rng.random() < 1 / (1 + math.exp(-RESPONSE_ODDS[indication] - response)))
    return Traits(
        severity=severity,
        first_noise=first_noise,
        noise=SCALES[instrument.code][2],
        drop=drop,
        responder=responder,
        depth=_draw_depth(rng, responder, drop),
        median_days=holds * _draw_median(rng),
        floor=float(rng.uniform(0, 0.6 * drop)),
        climb="logistic" if rng.random() < 0.6 else "linear",
        climb_days=float(rng.uniform(7, 21)),
    )


def draw_spell(
    rng: Generator, traits: Traits, infusions: tuple[int, ...], before: float, *, first: bool
) -> Spell:
    """Draw what a course does. A later course of a responder fails one time in six; one of a
    non-responder takes one time in eight.
    """
    works = traits.responder if first else rng.random() < (0.84 if traits.responder else 0.125)
    if works == traits.responder:
        reached = traits.depth + rng.normal(0, 0.05)
    else:
        reached = _draw_depth(rng, bool(works), traits.drop)
    reached = max(reached, traits.drop + 0.05) if works else min(reached, traits.drop - 0.05)
    holds = traits.median_days * math.exp(rng.normal(0, WITHIN_PATIENT))
    return Spell(
        begins=infusions[0],
        infusions=infusions,
        before=before,
        reached=float(min(reached, 0.98)),
        holds=float(max(holds, 2)),
        floor=traits.floor,
        drop=traits.drop,
        climb=traits.climb,
        climb_days=traits.climb_days,
    )


def _draw_entry(rng: Generator, instrument: Instrument, low: bool) -> tuple[float, float]:
    """Draw severity and the screening score's noise until the score is one of such a patient."""
    mean, spread, noise = SCALES[instrument.code]
    cut = (instrument.minimum_baseline or 0) / instrument.highest
    while True:
        severity = rng.normal(cut - 0.08 if low else mean, 0.05 if low else spread)
        first_noise = rng.normal(0, noise)
        enters = severity + first_noise >= cut + 0.5 / instrument.highest
        if 0.1 < severity < 0.97 and enters is not low:
            return float(severity), float(first_noise)


def _draw_median(rng: Generator) -> float:
    sustained = SUSTAINED_FACTOR if rng.random() < SUSTAINED_SHARE else 1.0
    return float(MEDIAN_DAYS * sustained * math.exp(rng.normal(0, BETWEEN_PATIENTS)))


def _draw_depth(rng: Generator, works: bool, drop: float) -> float:
    """Draw the improvement a course reaches: past the rule, short of it, or for the worse."""
    if works:
        return float(drop + 0.06 + (0.92 - drop) * rng.beta(2.4, 2.0))
    if rng.random() < WORSENING_SHARE / 0.45:
        return float(-rng.uniform(0.05, 0.3))
    return float(min(max(rng.normal(0.35, 0.25) * drop / 0.5, -0.05), drop - 0.05))
