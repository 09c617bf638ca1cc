"""On which days curves of sites, and of all of them together, may be drawn beside one another.

All stand on the same days, because what the group's curve leaves of those of the sites tells of
the sites without one. So between two days, and after the last, nobody or at least `fewest` may be
left of each site that has a curve, of the others together, and of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise, product

from models.disclosure import FEWEST_SHOWN
from models.outcomes.curves import midpoint
from models.outcomes.sites.facts import WEEKS_4, WEEKS_8, WEEKS_12
from models.outcomes.sites.spans import Spans, join

WEEK = 7
STEPS = tuple(WEEK * weeks for weeks in (1, 2, 3, 4, 6, 8))
ENDS = (WEEKS_12, WEEKS_8, WEEKS_4 * 3 // 2, WEEKS_4)
FEWEST_STEPS = 2  # a single one makes no curve

Days = tuple[int, ...]


def choose_days(
    sites: Mapping[str, Spans], fewest: int = FEWEST_SHOWN
) -> tuple[Days, frozenset[str]]:
    """Return the days on which most is told, and the sites that have a curve on them."""
    best: tuple[Days, frozenset[str]] = ((), frozenset())
    for end, step in product(ENDS, STEPS):
        if end % step or end // step < FEWEST_STEPS:
            continue
        days = tuple(range(0, end + 1, step))
        drawn = frozenset(name for name, spans in sites.items() if may_stand(spans, days, fewest))
        rest = [spans for name, spans in sites.items() if name not in drawn]
        is_safe = not rest or (len(rest) > 1 and may_stand(join(rest), days, fewest))
        if is_safe and _told(days, drawn) > _told(*best):
            best = days, drawn
    return best


def may_stand(spans: Spans, days: Days, fewest: int = FEWEST_SHOWN) -> bool:
    """Whether nobody, or at least `fewest`, lost response between these days, and are left then.

    A patient's weights add up to 1 at most, so a sum of weights never exceeds the patients.
    """
    time, lost = midpoint(spans.lower, spans.upper)
    steps = [lost & (time > first) & (time <= second) for first, second in pairwise(days)]
    groups = [*steps, time >= days[-1]]
    return all(not g.any() or float(spans.weight[g].sum()) >= fewest for g in groups)


def _told(days: Days, drawn: frozenset[str]) -> tuple[int, int]:
    """How many numbers that is of the sites, and of the group."""
    steps = max(len(days) - 1, 0)
    return steps * len(drawn), steps
