"""The plan of check-ins in force, and how it came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from data.checkins.plans import plan_in_force
from data.database import reading
from models.checkins.plan import Plan
from models.policy import Operation, Person, require_everywhere
from models.tables import CheckInPlan


@dataclass(frozen=True)
class PlanRevision:
    plan: Plan
    reason: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class Plans:
    """`in_force` is the default until a clinic has set its own; `history` is newest first."""

    in_force: Plan
    history: tuple[PlanRevision, ...]


def read_plans(engine: Engine, person: Person) -> Plans:
    with reading(engine) as connection:
        require_everywhere(person, Operation.READ_DEFINITIONS)
        query = select(CheckInPlan.__table__).order_by(CheckInPlan.revision.desc())
        history = tuple(
            PlanRevision(Plan.from_dict(row.plan), row.reason, row.recorded_at, row.recorded_by)
            for row in connection.execute(query)
        )
        return Plans(plan_in_force(connection), history)
