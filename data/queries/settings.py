"""The settings about signing in."""

from __future__ import annotations

from sqlalchemy import Engine

from data.database import reading
from data.doors.settings import settings_in_force
from models.access import Settings
from models.policy import Operation, Person, require_everywhere


def read_access_settings(engine: Engine, person: Person) -> Settings:
    with reading(engine) as connection:
        require_everywhere(person, Operation.SET_POLICY)
        return settings_in_force(connection)
