"""The clinic's rules in force."""

from __future__ import annotations

from sqlalchemy import Engine

from data.database import reading
from data.policies import rules_in_force
from models.outcomes.rules import Rules
from models.policy import Operation, Person, readable_sites


def read_rules(engine: Engine, person: Person) -> Rules:
    with reading(engine) as connection:
        readable_sites(person, Operation.READ_DEFINITIONS)
        return rules_in_force(connection)
