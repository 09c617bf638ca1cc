"""How much audit there is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from data.database import reading
from models.policy import Operation, Person, require_everywhere
from models.tables import AuditHead


@dataclass(frozen=True)
class AuditSize:
    lines: int
    chains: int


def count_audit(engine: Engine, person: Person) -> AuditSize:
    """Return what the ends of the chains say, which `verify` compares with the lines."""
    with reading(engine) as connection:
        require_everywhere(person, Operation.READ_AUDIT)
        query = select(func.coalesce(func.sum(AuditHead.lines), 0), func.count())
        lines, chains = connection.execute(query).one()
    return AuditSize(int(lines), chains)
