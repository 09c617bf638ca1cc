"""What of a site's figures may be shown to whoever may not know its patients.

A figure about 1 to 10 patients is hidden, and so is every figure from which one could be worked
out. The rules, in order:

1. Questions are fixed. A site's figures are told apart by one thing at a time (kind, indication,
   route, month, quarter), never by two, and there is no other filter. So two answers can only be
   subtracted where one breakdown's rows meet its site's total, or one step of a row the next.
2. Steps that contain one another (treated, baseline, followed, stated; responded, still responding
   on day 28, 56, 84) are shown only as far as what falls out between two shown steps is nobody or
   at least `fewest` patients.
3. An outcome is shown only if those without it are nobody or at least `fewest` as well.
4. In a breakdown a row is shown whole or not at all. Hidden rows are at least two, and what they
   have together (which anyone can work out from the total) is nobody or at least `fewest`.
5. What is hidden takes no part in any figure of the group: totals, targets and limits are of the
   sites shown. So no site can be worked out from the others.

How many different patients are in several groups together is not known; the largest of the groups
is taken, which is never too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from models.disclosure import FEWEST_SHOWN
from models.outcomes.sites.facts import Mark


@dataclass(frozen=True, slots=True)
class Count:
    """Courses, and how many different patients they are of."""

    courses: int
    patients: int


NOBODY = Count(0, 0)
Marks = Mapping[Mark, Count]

# What falls out before each step, and the step.
STEPS = (
    (Mark.NO_BASELINE, "baseline"),
    (Mark.NOT_FOLLOWED, "followed"),
    (Mark.INELIGIBLE, "stated"),
)
DAYS = ("4", "8", "12")
HELD = {"4": Mark.HELD_4, "8": Mark.HELD_8, "12": Mark.HELD_12}
LOST = {"4": Mark.LOST_BY_4, "8": Mark.LOST_BY_8, "12": Mark.LOST_BY_12}
UNKNOWN = {"4": Mark.UNKNOWN_4, "8": Mark.UNKNOWN_8, "12": Mark.UNKNOWN_12}
FELL = (Mark.FELL_BY_4, Mark.FELL_BY_8, Mark.FELL_BY_12, Mark.HELD_12)
LOSSES = (Mark.LOST_BY_4, Mark.LOST_4_TO_8, Mark.LOST_8_TO_12, Mark.NOT_LOST_BY_12)
CHANGES = (Mark.IMPROVED, Mark.UNCHANGED, Mark.WORSENED)
BOOSTERS = (Mark.BOOSTED_EARLY, Mark.BOOSTED_ON_TIME, Mark.BOOSTED_LATE, Mark.BOOSTED_UNKNOWN)


# Early boosters and those on time together.
IN_TIME = "boosted_in_time"


def is_safe(parts: Iterable[Count], fewest: int = FEWEST_SHOWN) -> bool:
    """Return whether these together are nobody, or surely at least `fewest` patients."""
    held = [part for part in parts if part.courses]
    return not held or max(part.patients for part in held) >= fewest


def publish_site(marks: Marks, fewest: int = FEWEST_SHOWN) -> dict[str, int]:
    """Return the courses that may be shown of one site: mark or step -> courses."""
    stated = _of(marks, Mark.STATED)
    shown = _publish_steps(marks, fewest)
    if "stated" in shown and stated.courses:
        shown |= _publish_outcomes(marks, fewest)
        shown |= _publish_parts(marks, CHANGES, fewest)
    if Mark.TREATED in shown:
        shown |= _publish_parts(marks, BOOSTERS, fewest)
    return shown


def publish_timings(marks: Marks, fewest: int = FEWEST_SHOWN) -> dict[str, int]:
    """Return when boosters came, as finely as may be shown: mark or IN_TIME -> courses.

    Early ones and those on time are shown both or only together. Unknown ones are left out where
    they are few: how many boosters there are in all is then shown nowhere.
    """
    early, on_time, late, unknown = (_of(marks, mark) for mark in BOOSTERS)
    in_time = Count(early.courses + on_time.courses, max(early.patients, on_time.patients))
    if not (is_safe([in_time], fewest) and is_safe([late], fewest)):
        return {}
    shown: dict[str, int] = {IN_TIME: in_time.courses, Mark.BOOSTED_LATE: late.courses}
    if is_safe([early], fewest) and is_safe([on_time], fewest):
        shown |= {Mark.BOOSTED_EARLY: early.courses, Mark.BOOSTED_ON_TIME: on_time.courses}
    if is_safe([unknown], fewest):
        shown[Mark.BOOSTED_UNKNOWN] = unknown.courses
    return shown


def publish_rows(
    rows: Mapping[str, Marks], total: Marks, fewest: int = FEWEST_SHOWN
) -> dict[str, dict[str, int] | None]:
    """Return of each row of a breakdown its stated and responded courses; None is hidden.

    `total` is the same of the whole site. All rows are hidden where the total is.
    """
    leaves = (Mark.RESPONDED, Mark.NOT_RESPONDING)
    split = {name: [_of(row, leaf) for leaf in leaves] for name, row in rows.items()}
    filled = {name: parts for name, parts in split.items() if any(p.courses for p in parts)}
    if not all(is_safe([_of(total, leaf)], fewest) for leaf in leaves):
        return dict.fromkeys(filled)
    shown = {n for n, parts in filled.items() if all(is_safe([p], fewest) for p in parts)}
    by_size = sorted(shown, key=lambda name: (-sum(p.courses for p in filled[name]), name))
    while shown != filled.keys() and not _covers(
        [filled[n] for n in filled if n not in shown], fewest
    ):
        if not shown:
            break
        shown.remove(by_size.pop())
    return {
        name: {"stated": parts[0].courses + parts[1].courses, "responded": parts[0].courses}
        if name in shown
        else None
        for name, parts in filled.items()
    }


def publish_months(
    months: Mapping[str, Marks],
    quarters: Mapping[str, Marks],
    total: Marks,
    fewest: int = FEWEST_SHOWN,
) -> dict[str, dict[str, int] | None]:
    """The same of quarters and of the months within them, which are 2026-Q1 and 2026-01.

    A quarter's months are shown against the quarter's own figures, and only where it is shown.
    """
    shown = publish_rows(quarters, total, fewest)
    for quarter, figures in list(shown.items()):
        within = {name: row for name, row in months.items() if quarter_of(name) == quarter}
        shown |= dict.fromkeys(within)
        if figures is not None:
            shown |= publish_rows(within, quarters[quarter], fewest)
    return shown


def quarter_of(month: str) -> str:
    """Turn 2026-04 into 2026-Q2."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def _covers(hidden: Sequence[Sequence[Count]], fewest: int) -> bool:
    """Whether what can be worked out of the hidden rows, their sum, gives nobody away."""
    return len(hidden) > 1 and all(is_safe(leaf, fewest) for leaf in zip(*hidden, strict=True))


def _of(marks: Marks, mark: Mark) -> Count:
    return marks.get(mark, NOBODY)


def _publish_steps(marks: Marks, fewest: int) -> dict[str, int]:
    """Treated, baseline, followed, stated: as many as may be shown beside each other."""
    left = _of(marks, Mark.TREATED).courses
    falls = [_of(marks, fall) for fall, _ in STEPS]
    names: list[str] = [Mark.TREATED, *(name for _, name in STEPS)]
    values = [left]
    for fall in falls:
        values.append(values[-1] - fall.courses)
    if not is_safe([_of(marks, Mark.STATED)], fewest):
        return {}
    places = _longest(falls, (3,), fewest, is_open=True)
    return {names[place]: values[place] for place in places}


def _longest(
    falls: Sequence[Count], wanted: Sequence[int], fewest: int, *, is_open: bool
) -> tuple[int, ...]:
    """Return the most places between falls that may be shown together, `wanted` ones among them.

    Place k comes after the first k falls. `is_open`: the first shown place may be any; otherwise
    place 0 is shown already, and what is left after the last place is a fall like the others.
    """
    places = range(len(falls) + 1) if is_open else range(1, len(falls))
    for size in range(len(places), 0, -1):
        for chosen in combinations(places, size):
            if not set(wanted) <= set(chosen):
                continue
            edges = chosen if is_open else (0, *chosen, len(falls))
            if all(is_safe(falls[a:b], fewest) for a, b in pairwise(edges)):
                return chosen
    return ()


def _publish_outcomes(marks: Marks, fewest: int) -> dict[str, int]:
    def both_safe(*names: Mark) -> bool:
        return all(is_safe([_of(marks, name)], fewest) for name in names)

    shown: dict[str, int] = {}
    if both_safe(Mark.RESPONDED, Mark.NOT_RESPONDING):
        shown[Mark.RESPONDED] = _of(marks, Mark.RESPONDED).courses
        shown |= _publish_holding(marks, fewest)
    rated = Mark.REMITTED in marks or Mark.NOT_REMITTED in marks
    between = () if Mark.RESPONDED not in shown else (Mark.RESPONDED_ONLY,)
    if rated and both_safe(Mark.REMITTED, Mark.NOT_REMITTED, *between):
        shown[Mark.REMITTED] = _of(marks, Mark.REMITTED).courses
    return shown


def _publish_holding(marks: Marks, fewest: int) -> dict[str, int]:
    """Still responding and known lost by the same days, or still responding alone."""
    falls, losses = ([_of(marks, m) for m in leaves] for leaves in (FELL, LOSSES))
    for days in _sets_of_days():
        edges = (0, *(DAYS.index(day) + 1 for day in days), 4)
        pairs = list(pairwise(edges))
        held_safe = all(is_safe(falls[a:b], fewest) for a, b in pairs)
        lost_safe = all(is_safe(losses[a:b], fewest) for a, b in pairs)
        unknown_safe = all(is_safe([_of(marks, UNKNOWN[day])], fewest) for day in days)
        if held_safe and lost_safe and unknown_safe:
            borne = [table[day] for table in (HELD, LOST) for day in days]
            return {mark: _of(marks, mark).courses for mark in borne}
    for wanted in ((2,), ()):
        places = _longest(falls, wanted, fewest, is_open=False)
        if places:
            return {HELD[DAYS[p - 1]]: _of(marks, HELD[DAYS[p - 1]]).courses for p in places}
    return {}


def _sets_of_days() -> list[tuple[str, ...]]:
    """All sets of days, those with week 8 and larger ones first."""
    sets = [days for size in (3, 2, 1) for days in combinations(DAYS, size)]
    return sorted(sets, key=lambda days: ("8" not in days, -len(days)))


def _publish_parts(marks: Marks, parts: Sequence[Mark], fewest: int) -> dict[str, int]:
    """Parts of one whole: all of them, or none."""
    counts = [_of(marks, part) for part in parts]
    if not any(c.courses for c in counts) or not all(is_safe([c], fewest) for c in counts):
        return {}
    return {part: count.courses for part, count in zip(parts, counts, strict=True)}
