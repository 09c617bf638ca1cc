"""What is written down about a pretend infusion: dose, route, vital signs, what went amiss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from numpy.random import Generator

from data.importers.rows import InfusionRow, Origin, When

# Milligrams a kilogram and minutes, by route; IV 0.5 mg/kg over 40 minutes is the published one.
USUAL: dict[str, tuple[float, float | None]] = {
    "IV": (0.5, 40),
    "IM": (0.7, None),
    "SC": (0.6, None),
    "SL": (1.5, None),
}
NASAL_MG = (56.0, 84.0)  # esketamine comes in sprays of 28 mg
EVENTS = {
    "queasy": 0.08,
    "vomited once": 0.015,
    "headache": 0.06,
    "light-headed on standing": 0.07,
    "anxious for some minutes": 0.04,
    "blurred sight": 0.04,
    "drowsy at discharge": 0.03,
    "raised blood pressure, settled by itself": 0.01,
}
NOTES = (
    "Quiet session, music throughout.",
    "Second vein needed.",
    "Arrived late; started 25 minutes after the booked time.",
    "Fasted, water only.",
    "Driven home by a relative.",
    "Asked for a dimmer room next time.",
    "Talked a good deal afterwards, in good spirits.",
    "Said the first half hour felt long.",
    "Slept badly the night before.",
    "Blood pressure taken twice before the start.",
)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What stays the same from one of a patient's infusions to the next."""

    route: str
    weight_kg: float
    per_kg: float
    systolic: float
    heart_rate: float
    rise: float  # how far the pressure goes up, typically
    hour: int
    keeps_time: bool  # the clock time is written down


def draw_treatment(rng: Generator, route: str, weight_kg: float) -> Treatment:
    per_kg = USUAL.get(route, (0.0, None))[0] * float(rng.choice((1.0, 1.0, 1.0, 1.2, 1.5)))
    return Treatment(
        route=route,
        weight_kg=weight_kg,
        per_kg=per_kg,
        systolic=float(min(max(rng.normal(125, 12), 98), 158)),
        heart_rate=float(rng.normal(74, 8)),
        rise=float(max(rng.normal(9, 8), 0)),
        hour=int(rng.integers(8, 17)),
        keeps_time=bool(rng.random() < 0.85),
    )


def infusion_time(rng: Generator, treatment: Treatment) -> time | None:
    """Return the start by the clinic's clock; None where nobody wrote it down."""
    quarter = int(rng.integers(-2, 7))
    minutes = min(max(treatment.hour * 60 + quarter * 15, 8 * 60), 17 * 60)
    return time(minutes // 60, minutes % 60) if treatment.keeps_time else None


def describe_infusion(
    rng: Generator, treatment: Treatment, code: str, origin: Origin, day: date, at: time | None
) -> InfusionRow:
    is_nasal = treatment.route == "IN"
    return InfusionRow(
        origin=origin,
        code=code,
        when=When(day, at),
        drug="esketamine" if is_nasal else "ketamine",
        route=treatment.route,
        measures=_dose(rng, treatment) | _vital_signs(rng, treatment),
        adverse_events=_events(rng),
        note=str(rng.choice(NOTES)) if rng.random() < 0.07 else None,
    )


def _dose(rng: Generator, treatment: Treatment) -> dict[str, float]:
    weight = round(treatment.weight_kg + float(rng.normal(0, 0.6)), 1)
    if treatment.route == "IN":
        return {"dose_mg": NASAL_MG[int(rng.random() < 0.6)], "weight_kg": weight}
    minutes = USUAL[treatment.route][1]
    given = {"dose_mg": float(round(weight * treatment.per_kg)), "weight_kg": weight}
    if rng.random() < 0.03:  # not weighed that day
        given = {"stated_mg_kg": round(treatment.per_kg, 2)}
    return given if minutes is None else given | {"minutes": minutes}


def _vital_signs(rng: Generator, treatment: Treatment) -> dict[str, float]:
    """Pressure rises a little during a session and is back at discharge; rarely it rises a lot."""
    noise = [float(value) for value in rng.normal(size=12)]
    systolic = treatment.systolic + 6 * noise[0]
    rise = max(treatment.rise + 6 * noise[1], -4) + (45 if rng.random() < 0.003 else 0)
    signs = {
        "systolic_before": systolic,
        "diastolic_before": 0.55 * systolic + 9 + 4 * noise[2],
        "heart_rate_before": treatment.heart_rate + 5 * noise[3],
        "spo2_before": min(97.4 + noise[4], 100),
    }
    if rng.random() < 0.9:
        signs |= {
            "systolic_peak": systolic + rise,
            "diastolic_peak": signs["diastolic_before"] + 0.6 * rise + 2 * noise[5],
            "heart_rate_peak": signs["heart_rate_before"] + 5 + 5 * noise[6],
            "spo2_lowest": min(96 + 1.2 * noise[7], 100),
        }
    if rng.random() < 0.95:
        signs |= {
            "systolic_discharge": systolic + 2 + 5 * noise[8],
            "diastolic_discharge": signs["diastolic_before"] + 1 + 4 * noise[9],
            "heart_rate_discharge": signs["heart_rate_before"] + 4 * noise[10],
            "spo2_discharge": min(97.3 + noise[11], 100),
        }
    signs["dissociation"] = min(max(rng.normal(4.2, 2.1), 0), 10)
    return {name: float(round(value)) for name, value in signs.items()}


def _events(rng: Generator) -> tuple[str, ...]:
    chances = rng.random(len(EVENTS))
    return tuple(
        event
        for (event, share), chance in zip(EVENTS.items(), chances, strict=True)
        if chance < share
    )
