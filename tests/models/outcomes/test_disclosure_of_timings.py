"""When boosters came: what is shown is of nobody or of enough patients, and tells no more."""

from __future__ import annotations

from itertools import product

import pytest

from models.outcomes.disclosure import BOOSTERS, IN_TIME, Count, publish_timings
from models.outcomes.sites.facts import Mark
from tests.histories import read_table

# Patients, of two courses each.
CASES = """
    early | on time | late | unknown | shown
    0     | 0       | 0    | 0       | early on_time in_time late unknown
    3     | 3       | 3    | 3       | early on_time in_time late unknown
    3     | 3       | 3    | 0       | early on_time in_time late unknown
    3     | 3       | 3    | 2       | early on_time in_time late
    3     | 1       | 3    | 3       | in_time late unknown
    0     | 3       | 3    | 1       | early on_time in_time late
    2     | 2       | 9    | 9       | -
    9     | 9       | 1    | 9       | -
    9     | 0       | 0    | 9       | early on_time in_time late unknown
"""


def marks_of(*patients):
    return {
        mark: Count(2 * count, count)
        for mark, count in zip(BOOSTERS, patients, strict=True)
        if count
    }


@pytest.mark.parametrize("case", read_table(CASES), ids=lambda case: "/".join(case.values()))
def test_as_finely_as_may_be_shown(case):
    *patients, named = case.values()

    shown = publish_timings(marks_of(*map(int, patients)), 3)

    names = [name.removeprefix("boosted_") for name in shown]
    assert sorted(names) == sorted(named.replace("-", "").split())


def test_every_hidden_part_of_one_or_two_patients_could_be_another():
    """The second answer: whoever sees the figures alone is left with more than one possibility."""
    seen = {}
    for patients in product(range(6), repeat=4):
        figures = tuple(sorted(publish_timings(marks_of(*patients), 3).items()))
        seen.setdefault(figures, []).append(patients)

    for figures, possible in seen.items():
        for place, mark in enumerate(BOOSTERS):
            few = {patients[place] for patients in possible if 0 < patients[place] < 3}
            assert not few or len({patients[place] for patients in possible}) > 1, (figures, mark)
        shown = dict(figures)
        assert shown.get(IN_TIME, 0) == sum(
            shown.get(mark, 0) for mark in (Mark.BOOSTED_EARLY, Mark.BOOSTED_ON_TIME)
        ) or not {Mark.BOOSTED_EARLY, Mark.BOOSTED_ON_TIME} & set(shown)
