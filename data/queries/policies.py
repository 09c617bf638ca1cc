"""What a clinic has set for itself, and how it came to be."""

from __future__ import annotations

from sqlalchemy import Engine

from data.database import reading
from data.policies import Kind, Revision, V, history_of, in_force
from models.policy import Operation, Person, require_everywhere


def read_policy(engine: Engine, person: Person, kind: Kind[V]) -> V:
    with reading(engine) as connection:
        require_everywhere(person, kind.readers)
        return in_force(connection, kind)


def read_policy_history(engine: Engine, person: Person, kind: Kind[V]) -> tuple[Revision[V], ...]:
    """Return every change, the newest first: for whoever may change it."""
    with reading(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        return history_of(connection, kind)
