"""What one patient adds to the counts of a site.

Managers read counts, never patients. A patient's courses add to three tables: marks (how many
courses, how many different patients, the sum of squared courses a patient), cases (outcomes by
case mix) and spans (durations). All of it is whole numbers, so that what was added can be
subtracted again without a trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from models.outcomes.sites.facts import (
    WEEKS_4,
    WEEKS_8,
    WEEKS_12,
    Breakdown,
    Counted,
    Fate,
    Mark,
    fate_of,
)

# A course weighs 1/n of its patient. Whole parts of 720720 are exact up to n = 16.
PARTS = 720_720
# Durations are compared up to 24 weeks; a later loss counts as not lost by then.
HORIZON = 168
# In a whole-number key: response was not lost as far as is known. A loss is never on day 0.
NOT_LOST = 0

MarkKey = tuple[Hashable, str, str, str, str]
CaseKey = tuple[Hashable, str, int, int, str, str, str, bool, bool, str]
SpanKey = tuple[Hashable, str, int, int]
Amounts = tuple[int, ...]
Key = TypeVar("Key")

LOST_MARKS = {WEEKS_4: Mark.LOST_BY_4, WEEKS_8: Mark.LOST_BY_8, WEEKS_12: Mark.LOST_BY_12}
UNKNOWN_MARKS = {
    WEEKS_4: Mark.UNKNOWN_4,
    WEEKS_8: Mark.UNKNOWN_8,
    WEEKS_12: Mark.UNKNOWN_12,
}
HELD_MARKS = {WEEKS_4: Mark.HELD_4, WEEKS_8: Mark.HELD_8, WEEKS_12: Mark.HELD_12}
# What is counted by kind, indication, route and time as well; all else by site alone.
BROKEN_DOWN = frozenset({Mark.TREATED, Mark.STATED, Mark.RESPONDED, Mark.NOT_RESPONDING})
# Where a course leaves the row of steps treated, baseline, followed, eligible.
STOPS = (Mark.NO_BASELINE, Mark.NOT_FOLLOWED, Mark.INELIGIBLE)


@dataclass(frozen=True, slots=True)
class Additions:
    """marks: site, instrument, breakdown, value, mark -> courses, patients, squares.
    cases: site, instrument, severity, failures, indication, kind, route, responded, remitted,
    fate -> courses, weight. spans: site, instrument, lower, upper -> courses, weight, square.
    A course weighs 1/n, n being the patient's responded courses, in PARTS; square is 1/n^2.
    """

    marks: dict[MarkKey, Amounts]
    cases: dict[CaseKey, Amounts]
    spans: dict[SpanKey, Amounts]


def add_up_patient(courses: Iterable[Counted]) -> Additions:
    """Return what one patient's courses add to the counts."""
    held = list(courses)
    marks: Counter[MarkKey] = Counter()
    for course in held:
        borne = marks_of(course)
        for breakdown, value in _cells(course):
            for mark in borne if breakdown is Breakdown.ALL else BROKEN_DOWN & set(borne):
                marks[course.site, course.instrument, breakdown.value, value, mark.value] += 1
    cases: dict[CaseKey, Amounts] = {}
    spans: dict[SpanKey, Amounts] = {}
    responded = Counter(c.instrument for c in held if c.step is Mark.RESPONDED)
    for course in held:
        n = responded[course.instrument]
        if course.step is Mark.RESPONDED:
            _add(spans, _span(course), (1, PARTS // n, PARTS // (n * n)))
            _add(cases, _case(course), (1, PARTS // n))
        elif course.step is Mark.NOT_RESPONDING:
            _add(cases, _case(course), (1, 0))
    return Additions({key: (n, 1, n * n) for key, n in marks.items()}, cases, spans)


def marks_of(course: Counted) -> list[Mark]:
    """Return everything a course is counted under, on its instrument."""
    marks = [Mark.TREATED]
    if course.booster is not None:
        marks.append(Mark(f"boosted_{course.booster}"))
    if course.step in STOPS:
        return [*marks, course.step]
    if course.step is Mark.TREATED:
        return marks
    marks += [Mark.STATED, course.step]
    if course.remitted is not None:
        marks.append(Mark.REMITTED if course.remitted else Mark.NOT_REMITTED)
    if course.change is not None:
        marks.append(course.change)
    if course.step is Mark.RESPONDED:
        marks += [Mark.RESPONDED_ONLY] if not course.remitted else []
        marks += _marks_of_response(course)
    return marks


def _marks_of_response(course: Counted) -> Iterator[Mark]:
    fates = {day: fate_of(course, day) for day in HELD_MARKS}
    yield from (HELD_MARKS[day] for day, fate in fates.items() if fate is Fate.HELD)
    yield from (LOST_MARKS[day] for day, fate in fates.items() if fate is Fate.LOST)
    settled = (Fate.HELD, Fate.LOST)
    yield from (UNKNOWN_MARKS[day] for day, fate in fates.items() if fate not in settled)
    is_held, is_lost = ([fates[day] is fate for day in HELD_MARKS] for fate in settled)
    if not all(is_held):
        yield (Mark.FELL_BY_4, Mark.FELL_BY_8, Mark.FELL_BY_12)[is_held.index(False)]
    first_lost = is_lost.index(True) if any(is_lost) else 3
    if first_lost > 0:
        yield (Mark.LOST_4_TO_8, Mark.LOST_8_TO_12, Mark.NOT_LOST_BY_12)[first_lost - 1]
    if is_held[1] or is_lost[1]:
        yield Mark.KNOWN_8


def _cells(course: Counted) -> Iterator[tuple[Breakdown, str]]:
    month = course.month
    yield Breakdown.ALL, ""
    yield Breakdown.KIND, course.kind
    yield Breakdown.INDICATION, course.indication
    yield Breakdown.ROUTE, course.route
    yield Breakdown.MONTH, f"{month:%Y-%m}"
    yield Breakdown.QUARTER, f"{month.year}-Q{(month.month + 2) // 3}"


def _case(course: Counted) -> CaseKey:
    return (
        course.site,
        course.instrument,
        course.severity,
        course.failures,
        course.indication,
        course.kind,
        course.route,
        course.step is Mark.RESPONDED,
        bool(course.remitted),
        fate_of(course).value,
    )


def _span(course: Counted) -> SpanKey:
    assert course.lower_days is not None  # a response that was stated was seen on some day
    lower, upper = min(course.lower_days, HORIZON), course.upper_days
    seen_lost = upper is not None and upper <= HORIZON
    return course.site, course.instrument, lower, upper if upper and seen_lost else NOT_LOST


def _add(table: dict[Key, Amounts], key: Key, amounts: Amounts) -> None:
    known = table.get(key, (0,) * len(amounts))
    table[key] = tuple(a + b for a, b in zip(known, amounts, strict=True))
