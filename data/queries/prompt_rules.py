"""The clinic's lines for review prompts in force, and how they came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from data.database import reading
from data.prompts import prompt_rules_in_force
from models.outcomes.prompt_rules import PromptRules
from models.policy import Operation, Person, require_everywhere
from models.tables import PromptPolicy


@dataclass(frozen=True)
class PromptRevision:
    lines: PromptRules
    reason: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class PromptPolicies:
    """`in_force` are the defaults until a clinic has set its own; `history` is newest first."""

    in_force: PromptRules
    history: tuple[PromptRevision, ...]


def read_prompt_rules(engine: Engine, person: Person) -> PromptPolicies:
    with reading(engine) as connection:
        require_everywhere(person, Operation.READ_DEFINITIONS)
        query = select(PromptPolicy.__table__).order_by(PromptPolicy.revision.desc())
        history = tuple(
            PromptRevision(
                PromptRules.from_dict(row.lines), row.reason, row.recorded_at, row.recorded_by
            )
            for row in connection.execute(query)
        )
        return PromptPolicies(prompt_rules_in_force(connection), history)
