"""What named persons have done about flags and prompts: counts by person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, func, select

from data.database import reading
from data.queries.scopes import Scope
from models.flags import ACKNOWLEDGED, CLOSED
from models.outcomes.reviews import Deed
from models.policy import Operation, Person, readable_sites
from models.tables import FlagAction, Patient, PromptReview


@dataclass(frozen=True, slots=True)
class Work:
    """What one person did in a span: flags acknowledged or closed, prompts seen and put aside."""

    name: str
    acknowledged: int = 0
    closed: int = 0
    seen: int = 0
    snoozed: int = 0

    @property
    def total(self) -> int:
        return self.acknowledged + self.closed + self.seen + self.snoozed


def read_work(
    engine: Engine, person: Person, *, since: datetime, site_id: UUID | None = None
) -> tuple[Work, ...]:
    """Return what each person did since then about patients one may list, most first.

    For whoever may read the list of patients themselves: nobody is managed by these counts.
    """
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        counts: dict[str, dict[str, int]] = {}
        for name, deed, count in _deeds(connection, since, Scope(sites, site_id)):
            counts.setdefault(name, {})[deed] = count
    found = [Work(name, **deeds) for name, deeds in counts.items()]
    return tuple(sorted(found, key=lambda work: (-work.total, work.name)))


def _deeds(connection: Connection, since: datetime, scope: Scope) -> Iterator[tuple[str, str, int]]:
    """Yield (name, deed, how often) of deeds that count as work."""
    kinds = (
        (FlagAction, FlagAction.taken_by, FlagAction.taken_at, (ACKNOWLEDGED, CLOSED)),
        (
            PromptReview,
            PromptReview.recorded_by,
            PromptReview.recorded_at,
            (Deed.SEEN.value, Deed.SNOOZED.value),
        ),
    )
    for table, by, at, deeds in kinds:
        query: Select[Any] = (
            select(by, table.action, func.count())
            .join(Patient, Patient.patient_id == table.patient_id)
            .where(at >= since, table.action.in_(deeds))
            .group_by(by, table.action)
        )
        for row in connection.execute(scope.narrow(query)):
            yield row[0], row[1], row[2]
