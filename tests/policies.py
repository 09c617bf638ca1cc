"""Changing parts of a policy in one line, from whatever is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from data.actions.policies import set_policy
from data.database import reading
from data.policies import Kind, V, in_force
from models.policy import Person


def change_policy(
    engine: Engine, person: Person, kind: Kind[V], changes: Mapping[str, Any], *, reason: str
) -> V:
    with reading(engine) as connection:
        now = in_force(connection, kind)
    return set_policy(engine, person, kind, replace(now, **changes), reason=reason)
