"""What a person or a file may enter, and which values can be true of a human being."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from models.errors import IncompleteAnswers, Refused
from models.instrument import Instrument, Total
from models.outcomes.history import Moment

ROUTES = ("IV", "IM", "SC", "IN", "SL")
DRUGS = ("ketamine", "esketamine")
MODES = ("link", "kiosk", "patient", "staff", "import")

# A patient's number is shown, searched and exported; one that begins like a formula would run in
# a spreadsheet.
PATIENT_NUMBER = re.compile(r"[^\W_][\w .:/#+-]{0,79}")

# Outside these a number is a slip of the pen or of the column, not a patient. They are wider
# than any clinical limit on purpose: a dangerous value must be recorded, not refused.
PLAUSIBLE: dict[str, tuple[float, float]] = {
    "dose_mg": (0.1, 5000),
    "weight_kg": (15, 400),
    "stated_mg_kg": (0.01, 50),
    "minutes": (0, 20_000),  # continuous infusions for pain run for ten days
    "systolic_before": (40, 320),
    "diastolic_before": (20, 220),
    "heart_rate_before": (20, 300),
    "spo2_before": (30, 100),
    "systolic_peak": (40, 320),
    "diastolic_peak": (20, 220),
    "heart_rate_peak": (20, 300),
    "spo2_lowest": (30, 100),
    "systolic_discharge": (40, 320),
    "diastolic_discharge": (20, 220),
    "heart_rate_discharge": (20, 300),
    "spo2_discharge": (30, 100),
    "dissociation": (0, 10),
}
EARLIEST = date(1990, 1, 1)
LONGEST_NOTE = 4000
LONGEST_NAME = 80


class InvalidEntry(Refused):
    """A value that cannot be true. `field` names where it was entered."""

    def __init__(self, field_name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field_name


@dataclass(frozen=True, slots=True)
class InfusionEntry:
    """One treatment session as entered; times are the site's clock."""

    moment: Moment
    drug: str = "ketamine"
    route: str | None = None
    measures: dict[str, float] = field(default_factory=dict)  # keys of PLAUSIBLE
    adverse_events: tuple[str, ...] = ()
    note: str | None = None
    # Not part of what tells two entries apart: the same session entered by two people is one.
    given_by: str | None = field(default=None, repr=False)


class AssessmentEntry(NamedTuple):
    """One instrument answered once, as entered: items, a stated total, or both."""

    moment: Moment
    instrument: str
    mode: str = "staff"
    items: tuple[float | None, ...] | None = None
    stated_total: float | None = None
    safety_answer: int | None = None
    note: str | None = None


class ScoredAssessment(NamedTuple):
    """What an assessment is worth. No total: too many answers are missing to score it."""

    total: float | None
    is_prorated: bool
    safety_answer: int | None
    remark: str | None = None


def check_infusion(entry: InfusionEntry, *, today: date) -> None:
    """Raise InvalidEntry naming the field, what was given and what was expected."""
    _check_day(entry.moment.day, today)
    if entry.route is not None and entry.route not in ROUTES:
        raise InvalidEntry("route", f"route {entry.route!r}: expected one of {', '.join(ROUTES)}")
    if entry.drug not in DRUGS:
        raise InvalidEntry("drug", f"drug {entry.drug!r}: expected one of {', '.join(DRUGS)}")
    for name, value in entry.measures.items():
        lowest, highest = PLAUSIBLE[name]
        if not lowest <= value <= highest:
            raise InvalidEntry(name, f"{name} {value:g}: expected {lowest:g} to {highest:g}")
    _check_note(entry.note)
    if entry.given_by is not None and len(entry.given_by) > LONGEST_NAME:
        raise InvalidEntry("given_by", f"given by: expected at most {LONGEST_NAME} characters")


def score_assessment(
    entry: AssessmentEntry, instrument: Instrument, *, today: date
) -> ScoredAssessment:
    """Check an assessment and work out its total from its items wherever they exist."""
    check_assessment(entry, today=today)
    return score_answers(instrument, entry.items, entry.stated_total, entry.safety_answer)


def check_assessment(entry: AssessmentEntry, *, today: date) -> None:
    """Raise InvalidEntry where something besides the answers cannot be true."""
    _check_day(entry.moment.day, today)
    if entry.note is not None:
        _check_note(entry.note)
    if entry.mode not in MODES:
        raise InvalidEntry("mode", f"mode {entry.mode!r}: expected one of {', '.join(MODES)}")


def score_answers(
    instrument: Instrument,
    items: tuple[float | None, ...] | None,
    stated: float | None,
    safety_answer: int | None,
) -> ScoredAssessment:
    """Return what answers are worth. The same answers are always worth the same.

    A stated total stands only where the items cannot make one, and is refused there if it is
    impossible. Where they can and it disagrees, the items win and the remark says so.
    """
    if items is not None and len(items) != instrument.items_count:
        raise InvalidEntry(
            "items", f"{instrument.code}: {len(items)} answers, expected {instrument.items_count}"
        )
    safety = _safety_answer(instrument, items, safety_answer)
    if items is None or items.count(None) == len(items):
        if stated is None:
            return _safety_alone(safety)
        _check_stated(stated, instrument)
        return ScoredAssessment(stated, False, safety, _fraction(instrument, stated))
    total = _total(instrument, items)
    if total.value is None:
        return _without_total(instrument, stated, len(total.missing), safety)
    remark = None if stated is None else _disagreement(instrument, stated, total.value)
    return ScoredAssessment(total.value, total.is_prorated, safety, remark)


def _safety_alone(safety: int | None) -> ScoredAssessment:
    if safety is None:
        raise InvalidEntry("score", "neither a score nor any item is given")
    remark = "only the safety item is given: kept as incomplete, without a score"
    return ScoredAssessment(None, False, safety, remark)


def _fraction(instrument: Instrument, stated: float) -> str | None:
    if not instrument.whole_numbers or stated == int(stated):
        return None
    return f"score {stated:g} is not a whole number, as {instrument.code} makes; kept as stated"


def _total(instrument: Instrument, items: tuple[float | None, ...]) -> Total:
    """Return the items' total; an answer that is not allowed is refused under its item's name."""
    try:
        return instrument.total(items)
    except IncompleteAnswers as error:
        lowest, highest = instrument.lowest_answer, instrument.highest_answer
        wrong = [
            at for at, a in enumerate(items, 1) if a is not None and not lowest <= a <= highest
        ]
        raise InvalidEntry(f"item_{wrong[0]}" if wrong else "items", str(error)) from error


def _without_total(
    instrument: Instrument, stated: float | None, missing: int, safety: int | None
) -> ScoredAssessment:
    if stated is not None:
        _check_stated(stated, instrument)
        remark = f"{_items(missing)} missing: the stated total could not be checked"
        return ScoredAssessment(stated, False, safety, remark)
    remark = f"{_items(missing)} missing: kept as incomplete, without a score"
    return ScoredAssessment(None, False, safety, remark)


def _items(count: int) -> str:
    return "1 item is" if count == 1 else f"{count} items are"


def _disagreement(instrument: Instrument, stated: float, total: float) -> str | None:
    if abs(stated - total) < 0.005:  # our own export writes two decimals
        return None
    if not instrument.accepts_total(stated):
        return f"stated total {stated:g} is impossible; the items make {total:g}"
    return f"stated total {stated:g} disagrees with the items, which make {total:g}"


def _check_stated(stated: float, instrument: Instrument) -> None:
    if not instrument.accepts_total(stated):
        raise InvalidEntry(
            "score",
            f"{instrument.code} score {stated:g}: expected "
            f"{instrument.lowest:g} to {instrument.highest:g}",
        )


def _safety_answer(
    instrument: Instrument, items: tuple[float | None, ...] | None, own: int | None
) -> int | None:
    """Return the safety item's answer, from the items or from its own column."""
    if instrument.safety_item is None:
        return None
    from_items = items[instrument.safety_item - 1] if items else None
    answer = from_items if from_items is not None else own
    if answer is None:
        return None
    if not instrument.lowest_answer <= answer <= instrument.highest_answer:
        raise InvalidEntry(
            f"item{instrument.safety_item}",
            f"item {instrument.safety_item} answer {answer:g}: expected "
            f"{instrument.lowest_answer} to {instrument.highest_answer}",
        )
    return int(answer)


def _check_day(day: date, today: date) -> None:
    if day > today:
        raise InvalidEntry("date", f"date {day.isoformat()} is in the future")
    if day < EARLIEST:
        raise InvalidEntry("date", f"date {day.isoformat()} is before {EARLIEST.year}")


def _check_note(note: str | None) -> None:
    if note is not None and len(note) > LONGEST_NOTE:
        raise InvalidEntry("note", f"note has {len(note)} characters: expected {LONGEST_NOTE}")
