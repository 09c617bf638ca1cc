"""The clinic's own lines for review prompts: when a person is put before a clinician.

Every number a clinic may change is here, with where its default comes from. Apart from the rules
that make a course, a response and its loss: changing these recomputes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from models.errors import DefinitionError


class Prompt(StrEnum):
    """A kind of review prompt, the most urgent first: the order of the morning list."""

    SAFETY = "safety"
    SAFETY_BLANK = "safety_blank"
    LOST = "lost"
    POSSIBLE_LOSS = "possible_loss"
    GAIN_SECOND = "gain_second"
    OUTLOOK = "outlook"
    GAIN_FIRST = "gain_first"
    SILENT = "silent"
    MISSED = "missed"


# A worry about safety can be neither switched off nor put aside.
OF_SAFETY = frozenset({Prompt.SAFETY, Prompt.SAFETY_BLANK})
# The outlook is worked out for whole weeks ahead.
WEEKS_AHEAD = tuple(range(7, 113, 7))
LONGEST_SNOOZE = 90
FEWEST_MISSED = 2  # one form that was missed is no silence
MOST_MISSED = 8  # eight weeks of them; whoever has missed more is known


@dataclass(frozen=True, slots=True)
class PromptRules:
    """Raises DefinitionError, naming what is wrong.

    `gain_first`, `gain_second`: shares of the gain that are gone on two check-ins in a row.
    `chance`: the share of patients like this who lose response within `chance_days`. `missed`: full
    forms in a row. `snooze_days`: the farthest day a prompt is put aside to. `off`: kinds that
    this clinic does not want to see.
    """

    gain_first: float = 0.25
    gain_second: float = 0.50
    chance: float = 0.40
    chance_days: int = 14
    missed: int = 2
    snooze_days: int = 28
    off: frozenset[Prompt] = frozenset()
    revision: int = 1

    def __post_init__(self) -> None:
        for name in ("gain_first", "gain_second", "chance"):
            value = getattr(self, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not 0.01 <= value <= 1:
                raise DefinitionError(f"{name} must be a share from 0.01 to 1")
        if self.gain_second < self.gain_first:
            raise DefinitionError("gain_second must not be less than gain_first")
        if self.chance_days not in WEEKS_AHEAD:
            raise DefinitionError(f"chance_days must be whole weeks, 7 to {WEEKS_AHEAD[-1]} days")
        _check_count("missed", self.missed, FEWEST_MISSED, MOST_MISSED)
        _check_count("snooze_days", self.snooze_days, 1, LONGEST_SNOOZE)
        _check_count("revision", self.revision, 1, None)
        if OF_SAFETY & self.off:
            raise DefinitionError("a prompt about safety cannot be switched off")

    def wants(self, prompt: Prompt) -> bool:
        return prompt not in self.off

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as they are stored."""
        return asdict(self) | {"off": sorted(prompt.value for prompt in self.off)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> PromptRules:
        """Return the rules of plain values. Raises DefinitionError for what is none."""
        unknown = set(stored) - {each.name for each in fields(cls)}
        if unknown:
            raise DefinitionError(f"there is no rule {', '.join(sorted(unknown))}")
        try:
            off = frozenset(Prompt(name) for name in stored.get("off", ()))
        except ValueError as error:
            raise DefinitionError("off names kinds of prompt") from error
        return cls(**{**stored, "off": off})


def _check_count(name: str, value: Any, least: int, most: int | None) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or value < least or (most is not None and value > most):
        upper = "or more" if most is None else f"to {most}"
        raise DefinitionError(f"{name} must be a whole number of {least} {upper}")


SOURCES = {
    "gain_first": "Convention: a quarter of the gain, the line from which maintenance counts as on "
    "time; no threshold has been published. Two check-ins, as one bad score is noise too often.",
    "gain_second": "Convention: half of the gain, the line from which maintenance counts as late.",
    "chance": "Convention, to be judged by its precision and recall in the back-test.",
    "chance_days": "PHQ-9 looks back two weeks, so the next full picture comes within them.",
    "missed": "Two weekly forms: the fortnight of the rule for silence.",
    "snooze_days": "Convention: four weekly check-ins. A prompt put aside for longer is forgotten.",
}
