"""A plan checks itself, names what is wrong, and comes back from where it is stored."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from models.checkins.plan import DEFAULT_MAIN, DEFAULT_STEPS, Plan, Step
from models.checkins.sources import SOURCES
from models.errors import DefinitionError


def test_a_plan_comes_back_from_plain_values():
    plan = Plan(
        baseline_every=14,
        steps=(*DEFAULT_STEPS, Step("year", (730,), ("PHQ-9", "GAD-7"), open_days=14)),
        revision=3,
    )

    assert Plan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan
    assert Plan.from_dict({}) == Plan()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"baseline_every": 6}, "baseline_every must be at least 7 days"),
        ({"baseline_every": 0}, "baseline_every must be a whole number"),
        ({"full_within": True}, "full_within must be a whole number"),
        ({"steps": ()}, "nobody would ever be asked"),
        ({"steps": (Step("weekly", ()),)}, "weekly: days must be whole numbers"),
        ({"steps": (Step("weekly", (0,)),)}, "weekly: days must be whole numbers of 1 to 730"),
        ({"steps": (Step("weekly", (731,)),)}, "weekly: days must be whole numbers of 1 to 730"),
        ({"steps": (Step(" ", (7,)),)}, "a step has no name"),
        ({"steps": (Step("weekly", (7,), open_days=0),)}, "weekly: open_days"),
        ({"steps": (Step("weekly", (7,), ()),)}, "weekly: instruments is empty"),
        ({"steps": (Step("weekly", (7,), "all"),)}, "weekly: instruments must be codes"),
        ({"steps": (Step("weekly", (7, 13)),)}, "day 13 is too close to day 7"),
        ({"steps": (Step("weekly", (14, 7)),)}, "day 7 is too close to day 14"),
        ({"steps": (Step("p", (3,), "pulse"), Step("w", (6,)))}, "day 6 is too close to day 3"),
        ({"steps": (Step("p", (3, 3), "pulse"),)}, "day 3 is too close to day 3"),
        ({"steps": (Step("w", (7,)), Step("w", (14,)))}, "steps need names of their own"),
        ({"steps": (Step("baseline", (7,)),)}, "steps need names of their own"),
        ({"main": {"other": ("GAD-7",)}}, "other needs PHQ-9, which asks about suicide"),
        ({"main": {"other": ("PHQ-9", "PHQ-9")}}, "names an instrument twice"),
        ({"main": {"ocd": ("PHQ-9",)}}, "main needs a row 'other'"),
        ({"pulse": {"ocd": "OCD-NRS"}}, "pulse needs a row 'other'"),
        ({"main": {**DEFAULT_MAIN, "ocd": ("OCD-NRS",)}}, "ocd needs PHQ-9"),
    ],
)
def test_a_plan_that_makes_no_sense_says_why(changes, said):
    with pytest.raises(DefinitionError, match=said):
        replace(Plan(), **changes)


@pytest.mark.parametrize(
    "stored",
    [
        {"steps": [{"name": "weekly"}]},
        {"steps": [7]},
        {"steps": 7},
        {"main": [1]},
        {"rhythm": 7},
    ],
)
def test_stored_values_that_are_no_plan_are_refused(stored):
    with pytest.raises(DefinitionError):
        Plan.from_dict(stored)


def test_every_default_says_where_it_comes_from():
    names = {"baseline_every", "full_within", "main", *(step.name for step in DEFAULT_STEPS)}

    assert names <= set(SOURCES)
    assert all(len(sentence) > 40 for sentence in SOURCES.values())


def test_the_instruments_a_plan_may_ask_for_are_all_named():
    plan = Plan(steps=(Step("yearly", (365,), ("PHQ-9", "WHO-5")),))

    assert plan.every_instrument() == {
        "PHQ-9", "GAD-7", "PCL-5", "OCD-NRS", "CRAVING-NRS", "NRS-11", "MOOD-11", "WHO-5",
    }  # fmt: skip
