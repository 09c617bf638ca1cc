"""Half-way through an induction: what became of patients who were no better by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.instrument import TOLERANCE, Instrument
from models.outcomes.courses import Course, Kind
from models.outcomes.episodes import Episode
from models.outcomes.history import Moment, Score
from models.outcomes.proportion import Proportion, measure_share
from models.outcomes.rules import Rules
from models.outcomes.steps import infusion_steps

# The infusions at which clinics stop and think, and the improvement under which they do.
LOOKED_AT = (3, 4)
LITTLE = 0.20


@dataclass(frozen=True, slots=True)
class Induction:
    """A finished induction: improvement before infusions 3 and 4, where known, and its outcome."""

    improvement: Mapping[int, float]
    responded: bool


def describe_induction(
    course: Course,
    episode: Episode,
    infusions: Sequence[Moment],
    scores: Sequence[Score],
    instrument: Instrument,
    rules: Rules,
) -> Induction | None:
    """Describe an induction whose outcome can be stated; `infusions` are those of the course."""
    if course.kind is not Kind.INDUCTION or episode.responded is None:
        return None
    known = improvement_by_infusion(episode.baseline, infusions, scores, instrument, rules)
    return Induction(known, episode.responded)


def improvement_by_infusion(
    baseline: float | None,
    infusions: Sequence[Moment],
    scores: Sequence[Score],
    instrument: Instrument,
    rules: Rules,
) -> dict[int, float]:
    """Return the improvement last seen before infusion 3 and 4 and after the one before it."""
    if baseline is None:
        return {}
    steps = infusion_steps(
        infusions, scores, before=rules.baseline_window, after=rules.response_window
    )
    seen = {
        step.number: instrument.improvement(baseline, step.value)
        for step in steps
        if step.infusion is not None and step.number in LOOKED_AT and step.value is not None
    }
    return {number: found for number, found in seen.items() if found is not None}


def share_still_responding(
    inductions: Sequence[Induction], infusion: int, *, under: float = LITTLE
) -> Proportion:
    """Of those with less improvement than `under` before an infusion: how many responded after all.

    Only inductions that went on to be assessed are counted; who stopped there is not among them.
    """
    alike = [
        one
        for one in inductions
        if infusion in one.improvement and one.improvement[infusion] < under - TOLERANCE
    ]
    return measure_share(sum(one.responded for one in alike), len(alike))
