"""Pretend answers to the forms of the plan that a patient's journey has not answered by itself.

They follow what the patient answered nearest to that day, so that no course of illness is another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from numpy.random import Generator
from uuid_utils.compat import uuid7

from data import clock
from data.checkins.dues import Facts
from data.checkins.receipts import entry_start
from data.checkins.submitting import RECORDED_BY
from data.instruments import catalogue
from models.checkins.schedule import Due
from models.instrument import Instrument

NEAR = timedelta(days=30)
SEEN_WITHIN = timedelta(days=5)
MORNING = 7  # on the day of an infusion: before it
OTHER_ANSWER = 0.2  # share of the answers that are one higher or lower than the nearest form's


def choose_day(rng: Generator, facts: Facts, due: Due, known: Sequence[Any]) -> date | None:
    """Return the day on which a form is filled in, None where the patient is not seen any more."""
    yesterday = clock.today(facts.site_zone) - timedelta(days=1)
    last = min(due.closes_on, yesterday, facts.left_on or date.max)
    day = due.due_on + timedelta(days=int(rng.integers(0, 3)))
    is_seen = any(row.taken_on >= due.due_on - SEEN_WITHIN for row in known)
    day = min(day, last)
    return day if is_seen and day >= due.due_on and day != facts.left_on else None


def fill_in(
    rng: Generator, facts: Facts, due: Due, known: Sequence[Any], checkin_id: UUID, day: date
) -> list[dict[str, Any]]:
    """Return the assessments of one check-in, fewer where nothing tells what to answer."""
    hour = MORNING if day in facts.infusions else facts.wishes.hour
    at = clock.instant(day, time(hour, int(rng.integers(2, 58))), facts.site_zone)
    made = []
    for code in due.instruments:
        instrument = catalogue()[code]
        items = _answers(rng, instrument, known, day)
        if items:
            made.append(_row(facts, instrument, items, checkin_id, day, at))
    return made


def _answers(
    rng: Generator, instrument: Instrument, known: Sequence[Any], day: date
) -> list[int] | None:
    near = [row for row in known if abs(row.taken_on - day) <= NEAR]
    near.sort(key=lambda row: abs(row.taken_on - day))
    same = next((row for row in near if row.instrument == instrument.code and row.items), None)
    if same is not None and None not in same.items:
        return [_vary(rng, instrument, *it) for it in enumerate(same.items, start=1)]
    if instrument.items_count > 1 or not near:
        return None
    model = catalogue()[near[0].instrument]
    ill = (near[0].total - model.best) / (model.worst - model.best)
    value = instrument.best + ill * (instrument.worst - instrument.best)
    return [_clip(instrument, round(value + rng.normal(0, 0.7)))]


def _vary(rng: Generator, instrument: Instrument, number: int, answer: float) -> int:
    """Answer as the last time or nearly so; what is said about suicide is not made up."""
    is_other = number != instrument.safety_item and rng.random() < OTHER_ANSWER
    return _clip(instrument, int(answer) + (int(rng.choice((-1, 1))) if is_other else 0))


def _clip(instrument: Instrument, answer: int) -> int:
    return min(max(answer, instrument.lowest_answer), instrument.highest_answer)


def _row(
    facts: Facts, instrument: Instrument, items: list[int], checkin_id: UUID, day: date, at: Any
) -> dict[str, Any]:
    safety = instrument.safety_item
    return {
        "patient_id": facts.patient_id,
        "assessment_id": uuid7(),
        "site_id": facts.site_id,
        "instrument": instrument.code,
        "taken_on": day,
        "taken_at": at,
        "mode": "link",
        "items": items,
        "safety_answer": items[safety - 1] if safety else None,
        "total": instrument.total(items).value,
        "stated_total": None,
        "is_prorated": False,
        "note": None,
        "entry_key": entry_start(checkin_id) + instrument.code,
        "version": 1,
        "recorded_at": at,
        "recorded_by": RECORDED_BY,
    }
