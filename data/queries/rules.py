"""The clinic's rules in force, and how they came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from data.database import reading
from data.policies import rules_in_force
from models.outcomes.rules import Rules
from models.policy import Operation, Person, readable_sites, require_everywhere
from models.tables import ClinicPolicy


@dataclass(frozen=True)
class RuleRevision:
    """`changed` holds (before, after) by the name of the threshold."""

    revision: int
    changed: dict[str, tuple[int, int]]
    reason: str
    recorded_at: datetime
    recorded_by: str


def read_rules(engine: Engine, person: Person) -> Rules:
    with reading(engine) as connection:
        readable_sites(person, Operation.READ_DEFINITIONS)
        return rules_in_force(connection)


def read_rule_history(engine: Engine, person: Person) -> list[RuleRevision]:
    """Return every change of the rules, the newest first; none while the defaults hold."""
    with reading(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        rows = connection.execute(select(ClinicPolicy.__table__).order_by(ClinicPolicy.revision))
        before, history = Rules().to_dict(), []
        for row in rows:
            after = Rules(**row.thresholds).to_dict()
            changed = {
                name: (before[name], value)
                for name, value in after.items()
                if value != before[name] and name != "revision"
            }
            history.append(
                RuleRevision(row.revision, changed, row.reason, row.recorded_at, row.recorded_by)
            )
            before = after
    return history[::-1]
