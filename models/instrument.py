"""An instrument: its items, how they make a total, and what a total means.

Definitions are data (data/instruments/*.toml). The dataclasses here are their only schema and
check themselves, so that a definition which contradicts itself never reaches a patient.
Scoring never counts a blank as 0 and never rounds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from models.definition_problems import find_problems
from models.errors import AnswerOutOfRange, DefinitionError, IncompleteAnswers
from models.translation import Translation

# 0.3 of 10 is 2.9999999999999996 in floating point; a drop from 10 to 7 must still count.
TOLERANCE = 1e-9


def normalise_name(text: str) -> str:
    """Turn PHQ-9, phq_9 and "PHQ 9" into phq9."""
    return re.sub(r"[\s_\-\u2010-\u2015]+", "", text).casefold()


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a person may choose. The label stands alone; show it without the value."""

    value: int
    label: str
    loinc: str | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of totals, from just above the band before it to `up_to`, inclusive."""

    label: str
    up_to: float


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `label` is our short name; `text` is verbatim, absent where unlicensed.

    `options` is empty where the item shares those of its instrument.
    """

    label: str
    text: str | None = None
    loinc: str | None = None
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """A total with what it rests on. `missing` holds item numbers, counted from 1."""

    value: float | None
    missing: tuple[int, ...] = ()
    is_prorated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A questionnaire or rating. Every field is a key of its TOML file; those without a default
    are required. `notice` goes with the questions wherever they are shown, `staff_note` is for the
    clinic alone. Raises DefinitionError, naming the field, when the fields contradict each other.
    """

    code: str
    title: str
    measures: str
    indications: tuple[str, ...]
    recall: str
    items_count: int
    lowest_answer: int
    highest_answer: int
    lowest: float
    highest: float
    scoring: Literal["sum", "mean", "raw_x4", "domain_maximum", "single"]
    direction: Literal["lower_is_better", "higher_is_better"]
    whole_numbers: bool
    licence: str
    source: str
    revision: int
    checked_by: str
    recall_days: int | None = None
    instruction: str = ""
    items: tuple[Item, ...] = ()
    options: tuple[Option, ...] = ()
    domains: tuple[tuple[int, ...], ...] = ()
    alternatives: tuple[tuple[int, ...], ...] = ()
    missing_allowed: int = 0
    bands: tuple[Band, ...] = ()
    minimum_baseline: float | None = None
    response_drop: float | None = None
    remission: float | None = None
    reliable_change: float | None = None
    safety_item: int | None = None
    loinc_panel: str | None = None
    loinc_total: str | None = None
    aliases: tuple[str, ...] = ()
    notice: str = ""
    staff_note: str = ""
    translations: tuple[Translation, ...] = ()

    def __post_init__(self) -> None:
        problems = "; ".join(find_problems(self))
        if problems:
            raise DefinitionError(f"{self.code or 'An instrument without a code'}: {problems}.")

    @property
    def has_text(self) -> bool:
        """Whether a person can be shown the questions, not only asked for the total."""
        return bool(self.items) and all(item.text for item in self.items)

    def in_language(self, language: str) -> Translation | None:
        return next((it for it in self.translations if it.language == language), None)

    @property
    def best(self) -> float:
        return self.lowest if self.direction == "lower_is_better" else self.highest

    @property
    def worst(self) -> float:
        return self.highest if self.direction == "lower_is_better" else self.lowest

    def options_for(self, number: int) -> tuple[Option, ...]:
        """The answers to item `number`, counted from 1."""
        own = self.items[number - 1].options if self.items else ()
        return own or self.options

    def total(self, answers: Sequence[float | int | None]) -> Total:
        """The total of one set of answers, in item order; None is a blank.

        With more blanks than `missing_allowed` there is no value. With fewer, the blanks take the
        mean of the answered items (unrounded). Of `alternatives`, one answer is enough. Raises
        IncompleteAnswers for a wrong number of answers, and AnswerOutOfRange for one the
        instrument does not allow.
        """
        self._check_answers(answers)
        blank = {number for number, answer in enumerate(answers, start=1) if answer is None}
        for group in self.alternatives:
            if not blank.issuperset(group):
                blank.difference_update(group)
        missing = tuple(sorted(blank))
        if len(missing) > self.missing_allowed:
            return Total(None, missing)
        return Total(self._score(answers), missing, is_prorated=bool(missing))

    def _check_answers(self, answers: Sequence[float | int | None]) -> None:
        if len(answers) != self.items_count:
            raise IncompleteAnswers(
                f"{self.code} has {self.items_count} items; {len(answers)} answers were given."
            )
        for number, answer in enumerate(answers, start=1):
            if answer is None:
                continue
            in_range = self.lowest_answer <= answer <= self.highest_answer
            if not in_range or (self.whole_numbers and answer != int(answer)):
                kind = "whole numbers" if self.whole_numbers else "numbers"
                raise AnswerOutOfRange(
                    f"{self.code} item {number}: {answer} is not an answer; allowed are {kind} "
                    f"from {self.lowest_answer} to {self.highest_answer}."
                )

    def _score(self, answers: Sequence[float | int | None]) -> float:
        answered = [float(answer) for answer in answers if answer is not None]
        if self.scoring == "domain_maximum":
            return sum(_highest(answers, domain) for domain in self.domains)
        if self.scoring == "mean":
            return sum(answered) / len(answered)
        prorated = sum(answered) * self.items_count / len(answered)
        return prorated * 4 if self.scoring == "raw_x4" else prorated

    def accepts_total(self, value: float) -> bool:
        return self.lowest <= value <= self.highest

    def improvement(self, baseline: float, value: float) -> float | None:
        """Share of the way from baseline to the best possible value; negative when worse.

        None when the baseline is already the best possible value.
        """
        if baseline == self.best:
            return None
        return (baseline - value) / (baseline - self.best)

    def allows_baseline(self, baseline: float) -> bool:
        """Whether the baseline is severe enough for a response to be stated."""
        if self.minimum_baseline is None:
            return True
        if self.direction == "lower_is_better":
            return baseline >= self.minimum_baseline
        return baseline <= self.minimum_baseline

    def is_responding(self, baseline: float, value: float) -> bool | None:
        """Exactly the required drop counts. None without a rule or a defined improvement."""
        improvement = self.improvement(baseline, value)
        if self.response_drop is None or improvement is None:
            return None
        return improvement >= self.response_drop - TOLERANCE

    def response_threshold(self, baseline: float) -> float | None:
        """The value at which the response rule is just met, for drawing and for words."""
        if self.response_drop is None or baseline == self.best:
            return None
        return baseline - self.response_drop * (baseline - self.best)

    def is_remitted(self, value: float) -> bool | None:
        """At the cut counts. A prorated 4.5 is not at or under a cut of 4: not remitted."""
        if self.remission is None:
            return None
        if self.direction == "lower_is_better":
            return value <= self.remission + TOLERANCE
        return value >= self.remission - TOLERANCE

    def band(self, value: float) -> Band | None:
        """The band a total falls in; None without bands or outside the range.

        Published cut points are where the next band begins, so a prorated 9.5 on the PHQ-9 has
        not reached 10 and is still mild.
        """
        if not self.accepts_total(value):
            return None
        reached = math.floor(value + TOLERANCE) if self.whole_numbers else value
        return next((band for band in self.bands if reached <= band.up_to), None)


def _highest(answers: Sequence[float | int | None], domain: Sequence[int]) -> float:
    """The highest answer among the items of a domain, of which at least one is answered."""
    return max(float(answer) for n in domain if (answer := answers[n - 1]) is not None)
