"""No curve, and no difference of curves, points at a few."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from models.outcomes.curves import midpoint
from models.outcomes.sites.curve_days import choose_days, may_stand
from models.outcomes.sites.spans import Spans
from tests.simulated_sites import Truth, simulate

FEWEST = 11


def invent(seed):
    rng = np.random.default_rng(seed)
    sizes = tuple(int(n) for n in rng.integers(8, 220, size=6))
    tally, names = simulate(Truth(sizes=sizes, courses=2.0), rng)
    return {name: site.spans for name, site in tally.tables("PHQ-9", names).items()}


def patients_in(groups, first, last):
    """By a plain loop: at least so many patients lost response in (first, last] of these."""
    total = 0.0
    for spans in groups:
        for lower, upper, weight in zip(spans.lower, spans.upper, spans.weight, strict=True):
            day = (lower + upper) / 2
            total += weight if np.isfinite(upper) and first < day <= last else 0.0
    return total


def test_what_the_group_s_curve_leaves_of_the_sites_is_never_of_a_few():
    drawn_at_all = 0
    for seed in range(12):
        sites = invent(seed)
        days, drawn = choose_days(sites, FEWEST)
        drawn_at_all += len(drawn)
        hidden = [spans for name, spans in sites.items() if name not in drawn]
        shown = [[spans] for name, spans in sites.items() if name in drawn]
        for first, last in pairwise(days):
            for groups in (list(sites.values()), hidden, *shown):
                lost = patients_in(groups, first, last)
                assert lost == 0 or lost >= FEWEST
        assert len(hidden) != 1 or not days
    assert drawn_at_all > 10


def test_days_are_refused_where_few_are_left_at_the_end():
    lower = np.array([*[5.0] * 20, *[60.0] * 4])
    upper = np.array([*[9.0] * 20, *[np.inf] * 4])
    ones = np.ones(24)
    spans = Spans(lower, upper, ones, ones, ones)
    assert midpoint(lower, upper)[1].sum() == 20
    assert not may_stand(spans, (0, 28, 56), FEWEST)
    assert may_stand(Spans(lower[:20], upper[:20], *[ones[:20]] * 3), (0, 28, 56), FEWEST)


def test_no_sites_have_no_days():
    assert choose_days({}, FEWEST)[1] == frozenset()
