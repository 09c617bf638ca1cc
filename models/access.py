"""How people come in: stages of a session, kinds of one-time links, and the clinic's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from models.errors import DefinitionError
from models.policy import Role


class Stage(StrEnum):
    """How far a session has come. Only OPEN ones see anything."""

    PASSWORD = "password"  # the second factor is still owed
    ENROLMENT = "enrolment"  # a second factor must first be set up
    OPEN = "open"


class Purpose(StrEnum):
    """What a one-time link is for."""

    SET_UP = "set_up"  # the first administrator of an empty database
    WELCOME = "welcome"  # a new user, or one who lost the password, chooses one


# Short enough that a printed token is no standing key, long enough for the next working day.
TOKEN_LASTS = timedelta(hours=24)
# After a password or code, how long it counts for what asks for it again.
CONFIRMATION_LASTS = timedelta(minutes=10)
# Emergency access to a chart of another site (164.312(a)(2)(ii)).
EMERGENCY_LASTS = timedelta(minutes=60)
RECOVERY_CODES = 10

BOUNDS = {
    "idle_minutes_staff": (5, 60),
    "idle_minutes_patient": (5, 120),
    "longest_hours": (1, 24),
}


@dataclass(frozen=True)
class Settings:
    """What a clinic may set about signing in. Raises DefinitionError outside BOUNDS.

    Defaults: 15 minutes idle and 12 hours in all for staff (NIST 800-63B rev. 3, AAL3 and AAL2).
    """

    idle_minutes_staff: int = 15
    idle_minutes_patient: int = 30
    longest_hours: int = 12
    second_factor: bool = True  # staff need one
    revision: int = 1

    def __post_init__(self) -> None:
        for each in fields(self):
            _check_kind(each.name, getattr(self, each.name), type(each.default))
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise DefinitionError(f"{name.replace('_', ' ')} must be {least} to {most}.")

    def idle_after(self, roles: frozenset[Role]) -> timedelta:
        """Return how long somebody may do nothing; with several roles the shortest counts."""
        is_patient = roles == {Role.PATIENT}
        return timedelta(
            minutes=self.idle_minutes_patient if is_patient else self.idle_minutes_staff
        )

    def needs_second_factor(self, roles: frozenset[Role]) -> bool:
        return self.second_factor and roles != {Role.PATIENT}

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Settings:
        return cls(**stored)


def _check_kind(name: str, value: Any, kind: type) -> None:
    if type(value) is not kind:
        expected = "yes or no" if kind is bool else "a whole number"
        raise DefinitionError(f"{name.replace('_', ' ')}: expected {expected}.")
