"""The clinic's plan of check-ins."""

from __future__ import annotations

from sqlalchemy import Connection, select

from models.checkins.plan import Plan
from models.tables import CheckInPlan

NEWEST = select(CheckInPlan.plan).order_by(CheckInPlan.revision.desc()).limit(1)


def plan_in_force(connection: Connection) -> Plan:
    """Return the newest revision; the default until a clinic has set its own."""
    stored = connection.scalar(NEWEST)
    return Plan.from_dict(stored) if stored else Plan()
