"""What a clinic watches while treatment goes on: when screens are due, and which pressure is high.

Every number a clinic may change is here, with where its default comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from models.errors import DefinitionError
from models.screening import ScreenKind

# Beyond these a number is a slip of the pen.
MOST = {
    "urinary_months": 60,
    "urinary_infusions": 200,
    "cognition_months": 60,
    "cognition_infusions": 200,
    "peak_systolic": 300,
}
LEAST = {"peak_systolic": 100}

SOURCES = {
    "urinary_months": "No interval is set by evidence. Over a quarter of people who use ketamine "
    "regularly as a drug have urinary symptoms, and cases are reported at doses of treatment "
    "(Chang 2023); FDA's warning of 10 Oct 2023 names them. Half a year is a proposal.",
    "urinary_infusions": "No number is set by evidence: about two inductions' worth is a proposal, "
    "so that a patient treated often is not asked later than one treated seldom.",
    "cognition_months": "No interval is set by evidence; harm is known from heavy use, not from "
    "courses of treatment, where long-term data are few. A year is a proposal.",
    "cognition_infusions": "No number is set by evidence: about four inductions' worth is a "
    "proposal.",
    "peak_systolic": "No trial sets a line: 180 mmHg is where raised pressure is usually called "
    "severe. At 0.5 mg/kg the mean rise was 3 mmHg (684 infusions); for esketamine, over "
    "140/90 before a session is where its label asks to weigh the risk.",
}


@dataclass(frozen=True, slots=True)
class ExposureRules:
    """A screen is due so many months after the last one, or with so many infusions since, whichever
    comes first. Systolic pressure in mmHg; over the line, not on it. Raises DefinitionError.
    """

    urinary_months: int = 6
    urinary_infusions: int = 12
    cognition_months: int = 12
    cognition_infusions: int = 24
    peak_systolic: int = 180
    revision: int = 1

    def __post_init__(self) -> None:
        for each in fields(self):
            value, least = getattr(self, each.name), LEAST.get(each.name, 1)
            most = MOST.get(each.name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise DefinitionError(f"{each.name} must be a whole number of {least} or more")
            if most is not None and value > most:
                raise DefinitionError(f"{each.name} must be {most} at most")

    def months_of(self, kind: ScreenKind) -> int:
        return self.urinary_months if kind is ScreenKind.URINARY else self.cognition_months

    def infusions_of(self, kind: ScreenKind) -> int:
        return self.urinary_infusions if kind is ScreenKind.URINARY else self.cognition_infusions

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as they are stored."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> ExposureRules:
        """Return the policy of plain values. Raises DefinitionError for what is none."""
        unknown = set(stored) - {each.name for each in fields(cls)}
        if unknown:
            raise DefinitionError(f"a policy has no {', '.join(sorted(unknown))}")
        return cls(**stored)
