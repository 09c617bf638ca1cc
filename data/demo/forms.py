"""The forms a pretend patient fills in: which instruments, how, and at what time of day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from numpy.random import Generator

from data.demo.answers import Answers, ItemHabits, draw_item_habits, fill_items, leave_blanks
from data.demo.course_of_illness import SCALES, Traits
from data.demo.journey import CheckIn
from data.importers.rows import Origin, ScoreRow, When
from data.instruments import catalogue
from models.instrument import Instrument

# Beside the main instrument, how often a patient also answers another.
BESIDE: dict[str, dict[str, float]] = {
    "depression": {"GAD-7": 0.45, "NRS-11": 0.06},
    "ptsd": {"PHQ-9": 0.40},
    "anxiety": {"PHQ-9": 0.45},
    "ocd": {"OCD-NRS": 0.45},
    "addiction": {"CRAVING-NRS": 0.55, "PHQ-9": 0.15, "AUDIT-C": 0.5},
    "chronic_pain": {"PEG": 0.45, "PHQ-9": 0.20},
}
ONCE = {"AUDIT-C"}  # asks about the past year: a screen before treatment, no outcome
TOTALS_ONLY = {"Y-BOCS"}  # a clinician's rating: the clinic keeps the total alone
REMARKS = (
    "Slept a little better this week.",
    "A hard week at work.",
    "Had a cold.",
    "Away with family.",
    "Back at the gym twice.",
    "Changed the time of the evening tablet.",
    "Bad news at home.",
    "Out walking most days.",
)


@dataclass(frozen=True, slots=True)
class Form:
    """One instrument a patient answers. `echo` is how much of the main improvement it shows."""

    instrument: Instrument
    habits: ItemHabits
    severity: float
    echo: float
    noise: float
    is_main: bool
    totals_only: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What a check-in needs to know besides the answers."""

    code: str
    origin: Origin
    registered_on: date
    modes: tuple[float, float, float]
    infusion_times: dict[int, time | None]  # by day


def main_instrument(rng: Generator, indication: str) -> Instrument:
    """Return what the patient's improvement is measured on."""
    codes = {
        "depression": ("PHQ-9",),
        "ptsd": ("PCL-5",),
        "anxiety": ("GAD-7",),
        "ocd": ("Y-BOCS", "OCD-NRS"),
        "addiction": ("PACS",),
        "chronic_pain": ("NRS-11", "NRS-11", "PEG"),
    }[indication]
    return catalogue()[codes[int(rng.integers(len(codes)))]]


def choose_forms(rng: Generator, indication: str, main: Instrument, traits: Traits) -> list[Form]:
    forms = [_form(rng, indication, main, traits.severity, traits.noise, echo=1.0)]
    for code, chance in BESIDE[indication].items():
        if code == main.code or rng.random() >= chance:
            continue
        mean, spread, noise = SCALES[code]
        severity = float(min(max(rng.normal(0.8 * mean, spread), 0.05), 0.95))
        echo = float(rng.uniform(0.4, 1.0))
        forms.append(_form(rng, indication, catalogue()[code], severity, noise, echo=echo))
    return forms


def _form(
    rng: Generator,
    indication: str,
    instrument: Instrument,
    severity: float,
    noise: float,
    *,
    echo: float,
) -> Form:
    return Form(
        instrument,
        draw_item_habits(rng, instrument, depressed=indication == "depression"),
        severity,
        echo,
        noise,
        is_main=echo == 1.0,
        totals_only=instrument.code in TOTALS_ONLY,
    )


def fill_forms(
    rng: Generator, desk: Desk, forms: list[Form], check_ins: list[CheckIn]
) -> Iterator[ScoreRow]:
    """Yield the answers of all check-ins in order of time."""
    for number, check_in in enumerate(check_ins):
        mode = _pick_mode(rng, desk, check_in.day)
        at = _pick_time(rng, desk, check_in.day, mode)
        totals_only = mode == "staff" and rng.random() < 0.35
        for form in forms:
            if _is_asked(rng, form, number):
                row = _heading(rng, desk, form, check_in, mode, at)
                yield _fill(rng, form, row, check_in, totals_only)


def _is_asked(rng: Generator, form: Form, number: int) -> bool:
    if form.instrument.code in ONCE:
        return number == 0
    return form.is_main or rng.random() < 0.8


def _heading(
    rng: Generator, desk: Desk, form: Form, check_in: CheckIn, mode: str, at: time | None
) -> dict[str, Any]:
    """Return what a score row says besides the answers."""
    return {
        "origin": desk.origin,
        "code": desk.code,
        "when": When(desk.registered_on + timedelta(days=check_in.day), at),
        "instrument": form.instrument.code,
        "mode": "staff" if form.totals_only else mode,
        "note": str(rng.choice(REMARKS)) if form.is_main and rng.random() < 0.02 else None,
    }


def _fill(
    rng: Generator, form: Form, row: dict[str, Any], check_in: CheckIn, totals_only: bool
) -> ScoreRow:
    """Other instruments than the main one have noise of their own."""
    units = check_in.noise if form.is_main else float(rng.normal())
    share = form.severity * (1 - form.echo * check_in.improvement) + units * form.noise
    share = min(max(share, 0.0), 1.0)
    if form.totals_only:
        return ScoreRow(**row, stated_total=float(round(share * form.instrument.highest)))
    answers = fill_items(
        rng, form.instrument, form.habits, share, day=check_in.day, start=form.severity
    )
    if totals_only:
        return _total_alone(form, row, answers)
    return ScoreRow(**row, items=leave_blanks(rng, form.instrument, answers))


def _total_alone(form: Form, row: dict[str, Any], answers: Answers) -> ScoreRow:
    """What the front desk types from paper: the total, and the safety item where there is one."""
    safety = form.instrument.safety_item
    total = form.instrument.total(answers).value
    return ScoreRow(
        **row, stated_total=total, safety_answer=int(answers[safety - 1]) if safety else None
    )


def _pick_mode(rng: Generator, desk: Desk, day: int) -> str:
    """A kiosk stands in the clinic: away from infusion days most of its share goes to the link."""
    link, kiosk, staff = desk.modes
    if (desk.registered_on + timedelta(days=day)).weekday() >= 5:
        return "link"
    if day in desk.infusion_times:
        link, kiosk = 0.35 * link, kiosk + 0.65 * link
    elif rng.random() < 0.7:
        link, kiosk = link + kiosk, 0.0
    chance = rng.random() * (link + kiosk + staff)
    return "link" if chance < link else "kiosk" if chance < link + kiosk else "staff"


def _pick_time(rng: Generator, desk: Desk, day: int, mode: str) -> time | None:
    """On an infusion day in the clinic, mostly some minutes before it, seldom after."""
    if mode == "staff" and rng.random() < 0.4:
        return None
    infusion = desk.infusion_times.get(day)
    if infusion is not None and mode != "link":
        after = rng.random() < 0.06
        shift = int(rng.integers(60, 110)) if after else -int(rng.integers(10, 45))
        minutes = infusion.hour * 60 + infusion.minute + shift
    elif mode == "link":
        minutes = int(min(max(rng.normal(18.2, 3.2), 6), 22.9) * 60)
    else:
        minutes = int(rng.integers(8 * 60, 17 * 60))
    return time(minutes // 60, minutes % 60)
