"""From how ill a pretend patient is to the crosses on a form."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.random import Generator

from models.instrument import Instrument

Answers = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ItemHabits:
    """How one patient spreads a total over the items of one instrument.

    `thoughts` is the answer to the safety item when as ill as at the start; it is kept apart from
    the other items, for it does not simply follow the total.
    """

    leaning: tuple[float, ...]
    thoughts: int = 0
    worsens_on: int | None = None  # from this day for some weeks the safety item is one higher


def draw_item_habits(rng: Generator, instrument: Instrument, *, depressed: bool) -> ItemHabits:
    leaning = tuple(float(x) for x in rng.gamma(4.0, 0.25, instrument.items_count))
    if instrument.safety_item is None:
        return ItemHabits(leaning)
    chance = 0.27 if depressed else 0.13
    thoughts = int(rng.choice((1, 2, 3), p=(0.68, 0.24, 0.08))) if rng.random() < chance else 0
    worsens = int(rng.integers(20, 200)) if rng.random() < 0.04 else None
    return ItemHabits(leaning, thoughts, worsens)


def whole_total(share: float, instrument: Instrument) -> int:
    """Return the sum of answers nearest to a share of the range, never beyond its ends."""
    most = instrument.highest_answer * instrument.items_count
    return int(min(max(round(share * most), 0), most))


def fill_items(
    rng: Generator,
    instrument: Instrument,
    habits: ItemHabits,
    share: float,
    *,
    day: int,
    start: float,
) -> Answers:
    """Return answers that sum to about `share` of the range; `start` is the share at the start."""
    total = whole_total(share, instrument)
    number = instrument.safety_item
    if number is None:
        return tuple(_spread(rng, total, habits.leaning, instrument.highest_answer))
    safety = _safety_answer(rng, instrument, habits, share / max(start, 0.05), day)
    others = habits.leaning[: number - 1] + habits.leaning[number:]
    room = instrument.highest_answer * len(others)
    rest = _spread(rng, min(max(total - safety, 0), room), others, instrument.highest_answer)
    return (*rest[: number - 1], float(safety), *rest[number - 1 :])


def leave_blanks(rng: Generator, instrument: Instrument, answers: Answers) -> Answers:
    """Leave one or two items blank on a few long forms, and seldom too many to score it."""
    chance = rng.random()
    often = 1.0 if instrument.missing_allowed else 0.15
    blanks = sum(chance < share * often for share in (0.035, 0.012, 0.003))
    if not blanks or len(answers) < 5:
        return answers
    left = {int(index) for index in rng.choice(len(answers), size=blanks, replace=False)}
    return tuple(None if index in left else answer for index, answer in enumerate(answers))


def _safety_answer(
    rng: Generator, instrument: Instrument, habits: ItemHabits, still: float, day: int
) -> int:
    """Follow the illness as a whole, with slips of one either way and rare weeks for the worse."""
    worse = habits.worsens_on is not None and habits.worsens_on <= day <= habits.worsens_on + 28
    level = habits.thoughts * min(still, 1.2) + worse
    chance = rng.random()
    slip = (chance < 0.004) if habits.thoughts == 0 else 0.12 * rng.normal()
    return int(min(max(math.floor(level + slip + 0.5), 0), instrument.highest_answer))


def _spread(rng: Generator, total: int, leaning: tuple[float, ...], most: int) -> list[float]:
    """Share a total out over items in proportion to their leaning, none above `most`."""
    weight = sum(leaning)
    noise = rng.random(len(leaning))
    wanted = [total * lean / weight for lean in leaning]
    answers = [
        min(math.floor(want + 0.999 * n), most) for want, n in zip(wanted, noise, strict=True)
    ]
    order = rng.permutation(len(answers)).tolist()
    missing = total - sum(answers)
    step = 1 if missing > 0 else -1
    while missing:
        for index in order:
            if missing and 0 <= answers[index] + step <= most:
                answers[index] += step
                missing -= step
    return [float(answer) for answer in answers]
