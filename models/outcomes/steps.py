"""What changed from infusion to infusion within one course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.outcomes.history import Moment, Score, order_moments, order_scores


@dataclass(frozen=True, slots=True)
class Step:
    """The last value before infusion `number` and after the one before it.

    The last step of a course has no infusion: it holds the first value after the last one.
    `change` is from the nearest earlier step with a value, in points; None where either is missing.
    """

    number: int
    infusion: Moment | None
    value: float | None
    taken: Moment | None
    change: float | None


def infusion_steps(
    infusions: Sequence[Moment], scores: Sequence[Score], *, before: int, after: int
) -> list[Step]:
    """Return one step an infusion of one course, and one after it; [] without infusions.

    Scores on one instrument, any of the patient's. One of an infusion's day counts as before it
    unless both times say otherwise. `before` is how many days the first step may look back
    (`Rules.baseline_window`), `after` how many the last may look ahead (`Rules.response_window`).
    """
    given = order_moments(infusions)
    if not given:
        return []
    ordered = order_scores(scores)
    found: list[tuple[Moment | None, Score | None]] = []
    for previous, infusion in zip([None, *given[:-1]], given, strict=True):
        found.append((infusion, _last_between(ordered, previous, infusion, before)))
    found.append((None, _first_after(ordered, given[-1], after)))
    return _number(found)


def _last_between(
    ordered: Sequence[Score], previous: Moment | None, infusion: Moment, before: int
) -> Score | None:
    earliest = infusion.day - timedelta(days=before)
    fitting = [
        score
        for score in ordered
        if not score.moment.is_after(infusion)
        and (score.moment.day >= earliest if previous is None else score.moment.is_after(previous))
    ]
    return fitting[-1] if fitting else None


def _first_after(ordered: Sequence[Score], infusion: Moment, after: int) -> Score | None:
    """Return the value of the first day with one: of several that day, the last."""
    latest = infusion.day + timedelta(days=after)
    later = [s for s in ordered if s.moment.is_after(infusion) and s.moment.day <= latest]
    first_day = [score for score in later if score.moment.day == later[0].moment.day]
    return first_day[-1] if first_day else None


def _number(found: Sequence[tuple[Moment | None, Score | None]]) -> list[Step]:
    steps: list[Step] = []
    known: float | None = None
    for number, (infusion, score) in enumerate(found, start=1):
        value = None if score is None else score.value
        change = None if value is None or known is None else value - known
        taken = None if score is None else score.moment
        steps.append(Step(number, infusion, value, taken, change))
        known = known if value is None else value
    return steps
