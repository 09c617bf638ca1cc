"""When figures that were published may be replaced: never by what few patients have changed.

Whoever reads the same figure twice can subtract. So what is published stays as it is until the
change since then concerns at least `fewest` patients in every question that it answers: how far
courses got, what was stated of them, how long responses held. When boosters came, and each row of
a breakdown, are replaced under the same rule for themselves; a row that has to wait keeps its
figures.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import quarter_of
from models.outcomes.sites.counting import HORIZON
from models.outcomes.sites.facts import Breakdown, Counted, Mark


class Question(StrEnum):
    GIVEN = "given"  # how many courses, of patients who never answered as well
    COURSE = "course"  # how far a course got, and with what case mix
    OUTCOME = "outcome"  # what was stated of it
    LENGTH = "length"
    BOOSTER = "booster"


# What a figure of the whole site is made of; none of them may have changed for a few patients.
WHOLE = (Question.GIVEN, Question.COURSE, Question.OUTCOME, Question.LENGTH)
BOOSTED = "boosted_"
STATED = (Mark.RESPONDED, Mark.NOT_RESPONDING)
LONGEST_ROW = 80  # as long as the column that keeps it

# Site, instrument (empty for the course as such), question or row.
Change = tuple[Hashable, str, str]
Digests = tuple[str, str]
# Breakdown, value, mark -> courses, patients, squares.
Marks = Mapping[tuple[str, str, str], tuple[int, ...]]


def find_changes(before: Iterable[Counted], after: Iterable[Counted]) -> dict[Change, Digests]:
    """Return in which figures one patient counts as something else, and as what: then and now."""
    was, now = _facts(before), _facts(after)
    return {
        change: (_digest(was.get(change)), _digest(now.get(change)))
        for change in was.keys() | now.keys()
        if was.get(change) != now.get(change)
    }


def _facts(courses: Iterable[Counted]) -> dict[Change, set[tuple[int, Hashable]]]:
    found: dict[Change, set[tuple[int, Hashable]]] = {}
    for course in courses:
        for question, fact in _answers(course):
            change = (course.site, course.instrument, question)
            found.setdefault(change, set()).add((course.course_no, fact))
    return found


def _digest(facts: set[tuple[int, Hashable]] | None) -> str:
    return sha256(repr(sorted(map(repr, facts or ()))).encode()).hexdigest()


def _answers(course: Counted) -> Iterable[tuple[str, Hashable]]:
    mix = (course.severity, course.failures, course.indication, course.kind, course.route)
    month = f"{course.month:%Y-%m}"
    if not course.instrument:
        yield Question.GIVEN, month
        return
    yield Question.COURSE, (*mix, month, course.step)
    if course.lower_days is not None:
        upper = course.upper_days
        seen = upper if upper is not None and upper <= HORIZON else None
        yield Question.LENGTH, (min(course.lower_days, HORIZON), seen)
    if course.booster is not None:
        yield Question.BOOSTER, (course.booster, course.given_by)
    if course.step not in STATED:
        return
    yield Question.OUTCOME, (course.step, course.remitted, course.change)
    for breakdown, value in (
        (Breakdown.KIND, course.kind),
        (Breakdown.INDICATION, course.indication),
        (Breakdown.ROUTE, course.route),
        (Breakdown.MONTH, month),
        (Breakdown.QUARTER, quarter_of(month)),
    ):
        yield name_row(breakdown, value), course.step


def name_row(breakdown: str, value: str) -> str:
    """Return breakdown and value as one word, to stand beside the questions."""
    return f"{breakdown}={value}"[:LONGEST_ROW]


@dataclass(frozen=True)
class Renewal:
    """What of a site's published marks may be replaced by what is counted now.

    `kept` are the rows that stay as they are although others of their breakdown are replaced, a
    quarter always with its months. What a subtraction leaves of them together must not be of a
    few either: then the breakdown is stuck.
    """

    whole: bool
    boosters: bool
    kept: Mapping[Breakdown, frozenset[str]]

    def settles(self, question: str, stuck: Iterable[Breakdown] = ()) -> bool:
        """Whether what has changed in this question or row is published now."""
        if question == Question.BOOSTER:
            return self.boosters
        row = next((b for b in Breakdown if question.startswith(name_row(b, ""))), None)
        return self.whole and (
            row is None or (row not in set(stuck) and question not in self.kept[row])
        )


def plan_renewal(fresh: Mapping[str, int], fewest: int = FEWEST_SHOWN) -> Renewal:
    """Decide from how many patients have changed in each question and row since publication."""

    def waits(question: str) -> bool:
        return 0 < fresh.get(question, 0) < fewest

    whole = any(fresh.get(q, 0) for q in WHOLE) and not any(waits(q) for q in WHOLE)
    rows = {b: [row for row in fresh if row.startswith(name_row(b, ""))] for b in Breakdown}
    kept = {breakdown: frozenset(filter(waits, found)) for breakdown, found in rows.items()}
    quarters = kept[Breakdown.QUARTER] | {_quarter(row) for row in kept[Breakdown.MONTH]}
    kept[Breakdown.QUARTER] = quarters
    kept[Breakdown.MONTH] = frozenset(
        row for row in rows[Breakdown.MONTH] if _quarter(row) in quarters
    )
    return Renewal(whole, fresh.get(Question.BOOSTER, 0) >= fewest, kept)


def _quarter(row: str) -> str:
    return name_row(Breakdown.QUARTER, quarter_of(row.partition("=")[2]))


def renew_marks(
    published: Marks, counted: Marks, renewal: Renewal, stuck: Iterable[Breakdown] = ()
) -> dict[tuple[str, str, str], tuple[int, ...]]:
    """Return the marks to publish. `stuck` breakdowns stay as they are altogether."""
    still = set(stuck)

    def is_new(breakdown: str, value: str, mark: str) -> bool:
        if mark.startswith(BOOSTED):
            return renewal.settles(Question.BOOSTER)
        if breakdown == Breakdown.ALL:
            return renewal.whole
        return renewal.settles(name_row(breakdown, value), still)

    return {key: n for key, n in counted.items() if is_new(*key)} | {
        key: n for key, n in published.items() if not is_new(*key)
    }
