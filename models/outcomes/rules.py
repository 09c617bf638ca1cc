"""The clinic's own thresholds: what makes a course, a response and its loss.

Every number a clinic may change is here, with where its default comes from. Results are
stored with the revision of the rules they were computed under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from models.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds in days, unless the name says otherwise."""

    course_gap: int = 14
    baseline_window: int = 30
    response_window: int = 14
    late_response_window: int = 31
    confirmation: int = 2  # consecutive follow-ups not responding that make a loss
    widest_gap: int = 84
    silence: int = 14
    revision: int = 1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise DefinitionError(f"{field.name} must be a whole number of 1 or more")
        if self.late_response_window < self.response_window:
            raise DefinitionError("late_response_window must not be shorter than response_window")

    def to_dict(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, int]) -> Rules:
        return cls(**stored)


SOURCES = {
    "course_gap": "Inductions are six infusions in 12-21 days, at most 8 in 28 (McInnes 2022); "
    "a pause of more than two weeks starts a new course.",
    "baseline_window": "A score older than a month no longer describes the start of a course "
    "(convention; PCL-5 and PHQ-9 look back two to four weeks).",
    "response_window": "PHQ-9 looks back two weeks, so the first full picture is by day 14.",
    "late_response_window": "McInnes 2022 assessed response 14-31 days after induction.",
    "confirmation": "One bad score calls a loss a third too early, two in a row are about right "
    "(simulation of noisy weekly scores; Murrough 2013 also asked for two visits).",
    "widest_gap": "Over twelve weeks between two scores says too little about when it was lost.",
    "silence": "Two missed weekly check-ins.",
}
