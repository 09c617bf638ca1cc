"""An instrument refuses a definition that contradicts itself and answers it cannot score."""

from __future__ import annotations

import dataclasses

import pytest

from models.errors import AfterglowError, AnswerOutOfRange, DefinitionError, IncompleteAnswers
from models.instrument import Band, Instrument, Item, Option, normalise_name
from models.translation import Translation

FOUR_OPTIONS = tuple(Option(value, f"answer {value}") for value in range(4))


def make_instrument(**changes) -> Instrument:
    """Three questions of 0 to 3, summed, lower is better."""
    sound = {
        "code": "TEST-3",
        "title": "Three questions",
        "measures": "nothing",
        "indications": ("depression",),
        "recall": "the past week",
        "items_count": 3,
        "lowest_answer": 0,
        "highest_answer": 3,
        "lowest": 0,
        "highest": 9,
        "scoring": "sum",
        "direction": "lower_is_better",
        "whole_numbers": True,
        "licence": "ours",
        "source": "made up for a test",
        "checked_by": "",
        "revision": 1,
    }
    return Instrument(**(sound | changes))


TEXT = {"items": tuple(Item("short", "text") for _ in range(3)), "options": FOUR_OPTIONS}


def spanish(**changes) -> Translation:
    sound = {
        "language": "es",
        "instruction": "",
        "items": ("uno", "dos", "tres"),
        "options": ("a", "b", "c", "d"),
        "licence": "ours",
        "source": "made up for a test",
        "checked_by": "",
    }
    return Translation(**(sound | changes))


def test_a_translation_is_found_by_its_language():
    instrument = make_instrument(**TEXT, translations=(spanish(),))
    assert instrument.in_language("es").items == ("uno", "dos", "tres")
    assert instrument.in_language("de") is None


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"code": " "}, "code is empty"),
        ({"source": ""}, "source is empty"),
        ({"licence": ""}, "licence is empty"),
        ({"scoring": "median"}, "scoring is 'median'"),
        ({"direction": "up"}, "direction is 'up'"),
        ({"indications": ()}, "indications is empty"),
        ({"indications": ("gout",)}, "'gout'"),
        ({"revision": 0}, "revision"),
        ({"recall_days": -1}, "recall_days"),
        ({"items_count": 0, "highest": 0}, "items_count"),
        ({"lowest_answer": 3, "lowest": 9}, "lowest_answer"),
        ({"highest": 12}, "the items give 0 and 9"),
        ({"scoring": "mean"}, "the items give 0 and 3"),
        ({"scoring": "single", "highest": 3}, "more than one item"),
        ({"missing_allowed": 3}, "missing_allowed"),
        ({"domains": ((1, 2, 3),)}, "domains is given"),
        ({"scoring": "domain_maximum", "highest": 6, "domains": ((1, 2), (2,))}, "exactly once"),
        ({"alternatives": ((1, 2),)}, "alternatives must lie within one domain"),
        ({"response_drop": 0}, "response_drop"),
        ({"translations": (spanish(),)}, "has no text"),
        ({**TEXT, "translations": (spanish(items=("a", "b")),)}, "has 2 items and 4 options"),
        ({**TEXT, "translations": (spanish(options=("a",)),)}, "has 3 items and 1 options"),
        ({**TEXT, "translations": (spanish(items=("a", " ", "c")),)}, "has an empty text"),
        ({**TEXT, "translations": (spanish(source=""),)}, "has an empty text"),
        ({**TEXT, "translations": (spanish(), spanish())}, "a language twice"),
        ({"response_drop": 50}, "response_drop"),
        ({"remission": 10}, "remission is outside"),
        ({"minimum_baseline": -1}, "minimum_baseline is outside"),
        ({"reliable_change": 0}, "reliable_change"),
        ({"safety_item": 4}, "safety_item"),
        ({"bands": (Band("low", 5), Band("high", 5), Band("top", 9))}, "bands must rise"),
        ({"bands": (Band("low", 5), Band("high", 8))}, "bands must cover"),
        ({"items": (Item("one"),)}, "1 items are listed"),
        ({"items": (Item("one"), Item(""), Item("three"))}, "item 2 has no label"),
        ({"items": (Item("one", "One?"), Item("two"), Item("three"))}, "item 1 has a text"),
        (
            {"items": (Item("a"), Item("b"), Item("c")), "options": FOUR_OPTIONS[:3]},
            "options of item 1",
        ),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused_by_name(changes, names):
    with pytest.raises(DefinitionError, match=names):
        make_instrument(**changes)


@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        ([1, 2], IncompleteAnswers, "TEST-3 has 3 items; 2 answers were given"),
        ([1, 2, 3, 0], IncompleteAnswers, "4 answers were given"),
        ([0, 4, 0], AnswerOutOfRange, "item 2: 4 is not an answer; .* whole numbers from 0 to 3"),
        ([-1, 0, 0], AnswerOutOfRange, "item 1: -1"),
        ([0, 0, 1.5], AnswerOutOfRange, "item 3: 1.5"),
        ([0, 0, float("nan")], AnswerOutOfRange, "item 3: nan"),
    ],
)
def test_answers_that_cannot_be_scored_are_named(answers, error, says):
    with pytest.raises(error, match=says):
        make_instrument().total(answers)


def test_every_refusal_is_a_sentence_for_the_screen():
    assert issubclass(DefinitionError, AfterglowError)
    assert issubclass(AnswerOutOfRange, IncompleteAnswers)
    assert issubclass(IncompleteAnswers, AfterglowError)


def test_fractions_are_answers_where_the_definition_says_so():
    sliding = make_instrument(whole_numbers=False)
    assert sliding.total([0.5, 1.25, 3]).value == 4.75
    with pytest.raises(AnswerOutOfRange, match="numbers from 0 to 3"):
        sliding.total([0.5, 3.25, 3])


def test_bands_of_fractions_end_where_they_say():
    bands = (Band("low", 4.5), Band("high", 9))
    sliding = make_instrument(whole_numbers=False, bands=bands)
    assert sliding.band(4.5).label == "low"
    assert sliding.band(4.6).label == "high"


def test_a_mean_with_an_allowed_blank_is_the_mean_of_the_rest():
    average = make_instrument(scoring="mean", highest=3, missing_allowed=1)
    total = average.total([1, None, 2])
    assert (total.value, total.missing, total.is_prorated) == (1.5, (2,), True)


def test_best_and_worst_follow_the_direction():
    lower = make_instrument()
    higher = make_instrument(direction="higher_is_better")
    assert (lower.best, lower.worst) == (0, 9)
    assert (higher.best, higher.worst) == (9, 0)


def test_improvement_reads_the_same_whichever_way_an_instrument_points():
    lower = make_instrument(response_drop=0.5)
    higher = make_instrument(response_drop=0.5, direction="higher_is_better")
    for baseline in range(1, 10):
        for value in range(10):
            mirrored = higher.improvement(9 - baseline, 9 - value)
            assert lower.improvement(baseline, value) == pytest.approx(mirrored)
            assert lower.is_responding(baseline, value) == higher.is_responding(
                9 - baseline, 9 - value
            )


@pytest.mark.parametrize("drop", [0.3, 0.35, 0.5])
def test_a_value_on_the_threshold_responds_and_one_past_it_does_not(drop):
    instrument = make_instrument(response_drop=drop)
    for tenth in range(1, 91):
        line = instrument.response_threshold(tenth / 10)
        assert instrument.is_responding(tenth / 10, line) is True
        assert instrument.is_responding(tenth / 10, line + 0.001) is False


def test_an_item_may_bring_its_own_options():
    own = tuple(Option(value, f"own {value}") for value in range(4))
    items = (Item("one", "One?"), Item("two", "Two?", options=own), Item("three", "Three?"))
    instrument = make_instrument(items=items, options=FOUR_OPTIONS)
    assert instrument.options_for(1) == FOUR_OPTIONS
    assert instrument.options_for(2) == own
    assert instrument.has_text


def test_text_is_there_only_when_every_item_has_it():
    items = (Item("one", "One?"), Item("two"), Item("three", "Three?"))
    assert not make_instrument(items=items, options=FOUR_OPTIONS).has_text
    assert not make_instrument().has_text


def test_totals_are_accepted_within_the_range():
    instrument = make_instrument()
    assert [instrument.accepts_total(value) for value in (-1, 0, 4.5, 9, 10)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert not instrument.accepts_total(float("nan"))


def test_an_instrument_cannot_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_instrument().highest = 12


@pytest.mark.parametrize("text", ["PHQ-9", "phq_9", "PHQ 9", " Phq9 ", "PHQ–9", "PHQ\u20119"])
def test_names_match_loosely(text):
    assert normalise_name(text) == "phq9"
