"""The share of a gain that is gone, computed twice: the product's way, and slowly from the text."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from data.instruments import catalogue
from models.outcomes.gain import gain_lost, lost_since
from models.outcomes.history import Moment, Score
from tests.histories import on
from tests.models.outcomes.made_histories import make_case
from tests.models.outcomes.slow_gain import smallest_share_gone
from tests.models.outcomes.test_episodes_agree import build

SEEDED_HISTORIES = 2500


def test_both_ways_agree_on_thousands_of_seeded_histories():
    met: Counter[str] = Counter()
    for seed in range(SEEDED_HISTORIES):
        case = make_case(random.Random(seed).choice)
        latest = build(case)[-1]
        scores = [Score(Moment(day, clock), value) for day, clock, value in case.scores]
        last = latest.course.last
        for check_ins in (1, 2, 3):
            fast = gain_lost(latest, scores, case.instrument, check_ins=check_ins)
            slow = smallest_share_gone(
                (last.day, last.time),
                case.scores,
                latest.baseline,
                latest.best,
                case.instrument,
                check_ins,
            )
            assert fast == (None if slow is None else pytest.approx(float(slow), abs=1e-12)), seed
            met["none" if slow is None else "best" if slow <= 0 else "lost"] += 1
    assert min(met.values()) > 300, met


@pytest.mark.parametrize(
    ("values", "since"),
    [
        ((4, 8, 9, 10), 14),
        ((4, 8, 4, 8, 9), 28),
        ((4, 8, 7.9), None),
        ((8, 8), 7),
        ((), None),
    ],
)
def test_since_when_a_quarter_is_gone_counts_back_from_the_last_check_in(values, since):
    check_ins = [(on(7 * number), value) for number, value in enumerate(values, start=1)]

    found = lost_since(check_ins, 20, 4, catalogue()["PHQ-9"], 0.25)

    assert found == (None if since is None else on(since))
