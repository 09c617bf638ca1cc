"""What a clinic sets for itself: five policies, each kept as revisions of which the newest holds.

How one is changed is in data/actions/policies.py, who may read one in data/queries/policies.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from models.access import Settings
from models.checkins.plan import Plan
from models.exposure_rules import ExposureRules
from models.outcomes.prompt_rules import PromptRules
from models.outcomes.rules import Rules
from models.policy import Operation
from models.tables import AccessSettings, CheckInPlan, ClinicPolicy, ExposurePolicy, PromptPolicy


class Revisioned(Protocol):
    @property
    def revision(self) -> int: ...

    def to_dict(self) -> dict[str, Any]: ...


V = TypeVar("V", bound=Revisioned)


@dataclass(frozen=True, eq=False)
class Kind(Generic[V]):
    """`stored` is the column of plain values, `named` stands in sentences, `about` in the audit."""

    stored: InstrumentedAttribute[dict[str, Any]]
    read: Callable[[Mapping[str, Any]], V]
    named: str
    about: str
    readers: Operation = Operation.READ_DEFINITIONS

    @cached_property
    def default(self) -> V:
        return self.read({})

    @cached_property
    def newest(self) -> Select[tuple[dict[str, Any]]]:
        return select(self.stored).order_by(self.stored.class_.revision.desc()).limit(1)


@dataclass(frozen=True)
class Revision(Generic[V]):
    """One change: from `before` to `value`."""

    value: V
    before: V
    reason: str
    recorded_at: datetime
    recorded_by: str


RULES = Kind(ClinicPolicy.thresholds, Rules.from_dict, "the clinic's rules", "rules")
PROMPTS = Kind(PromptPolicy.lines, PromptRules.from_dict, "the lines for prompts", "prompts")
PLAN = Kind(CheckInPlan.plan, Plan.from_dict, "the plan of check-ins", "check-ins")
EXPOSURE = Kind(ExposurePolicy.policy, ExposureRules.from_dict, "the policy of screens", "exposure")
SIGNING_IN = Kind(
    AccessSettings.settings,
    Settings.from_dict,
    "how people sign in",
    "signing in",
    Operation.SET_POLICY,
)


def in_force(connection: Connection, kind: Kind[V]) -> V:
    """Return the newest revision; the default until a clinic has set its own."""
    stored = connection.scalar(kind.newest)
    return kind.read(stored) if stored else kind.default


def history_of(connection: Connection, kind: Kind[V]) -> tuple[Revision[V], ...]:
    """Return every change, the newest first; none while the default holds."""
    rows = connection.execute(
        select(kind.stored.class_.__table__).order_by(kind.stored.class_.revision)
    ).all()
    values = [kind.default, *(kind.read(row._mapping[kind.stored.key]) for row in rows)]
    changes = [
        Revision(after, before, row.reason, row.recorded_at, row.recorded_by)
        for (before, after), row in zip(pairwise(values), rows, strict=True)
    ]
    return tuple(changes[::-1])


def changed_names(before: Revisioned, after: Revisioned) -> list[str]:
    """Return the names of what differs, but for the revision itself."""
    old, new = before.to_dict(), after.to_dict()
    return sorted(name for name in new if new[name] != old[name] and name != "revision")
