"""Courses: consecutive infusions with no long pause between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.outcomes.history import Moment, order_moments
from models.outcomes.rules import Rules

# The smallest real-world induction counted by McInnes 2022 is four infusions.
SMALLEST_INDUCTION = 4


class Kind(StrEnum):
    INDUCTION = "induction"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Course:
    """One course; `last` is its day 0, from which response is counted."""

    number: int
    kind: Kind
    infusions: int
    first: Moment
    last: Moment


def group_courses(infusions: Iterable[Moment], rules: Rules) -> list[Course]:
    """Group a patient's infusions into courses, oldest first, numbered from 1.

    An infusion joins the course when it is at most `course_gap` days after the one before.
    The first course, and any of four or more infusions, is an induction.
    """
    groups: list[list[Moment]] = []
    for moment in order_moments(infusions):
        if groups and (moment.day - groups[-1][-1].day).days <= rules.course_gap:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    return [
        Course(number, _kind(number, len(group)), len(group), group[0], group[-1])
        for number, group in enumerate(groups, start=1)
    ]


def _kind(number: int, infusions: int) -> Kind:
    is_induction = number == 1 or infusions >= SMALLEST_INDUCTION
    return Kind.INDUCTION if is_induction else Kind.MAINTENANCE
