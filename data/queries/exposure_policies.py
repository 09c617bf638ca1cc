"""The policy of screens and blood pressure in force, and how it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from data.database import reading
from data.exposure_policies import exposure_policy_in_force
from models.exposure_policy import Policy
from models.policy import Operation, Person, require_everywhere
from models.tables import ExposurePolicy


@dataclass(frozen=True)
class PolicyRevision:
    """`changed` holds (before, after) by the name of what was changed."""

    policy: Policy
    changed: dict[str, tuple[int, int]]
    reason: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class Policies:
    """`in_force` is the default until a clinic has set its own; `history` is newest first."""

    in_force: Policy
    history: tuple[PolicyRevision, ...]


def read_exposure_policies(engine: Engine, person: Person) -> Policies:
    with reading(engine) as connection:
        require_everywhere(person, Operation.READ_DEFINITIONS)
        rows = connection.execute(
            select(ExposurePolicy.__table__).order_by(ExposurePolicy.revision)
        ).all()
        history, before = [], Policy().to_dict()
        for row in rows:
            policy = Policy.from_dict(row.policy)
            after = policy.to_dict()
            changed = {
                name: (before[name], after[name])
                for name in after
                if after[name] != before[name] and name != "revision"
            }
            history.append(
                PolicyRevision(policy, changed, row.reason, row.recorded_at, row.recorded_by)
            )
            before = after
        return Policies(exposure_policy_in_force(connection), tuple(history[::-1]))
