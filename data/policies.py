"""The clinic policy in force."""

from __future__ import annotations

from sqlalchemy import Connection, select

from models.outcomes.rules import Rules
from models.tables import ClinicPolicy

NEWEST = select(ClinicPolicy.thresholds).order_by(ClinicPolicy.revision.desc()).limit(1)


def rules_in_force(connection: Connection) -> Rules:
    """Return the newest revision; the defaults until a clinic has set its own."""
    thresholds = connection.scalar(NEWEST)
    return Rules(**thresholds) if thresholds else Rules()
