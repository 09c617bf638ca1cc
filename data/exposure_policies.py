"""The clinic's policy of what is watched while treatment goes on."""

from __future__ import annotations

from sqlalchemy import Connection, select

from models.exposure_policy import Policy
from models.tables import ExposurePolicy

NEWEST = select(ExposurePolicy.policy).order_by(ExposurePolicy.revision.desc()).limit(1)


def exposure_policy_in_force(connection: Connection) -> Policy:
    """Return the newest revision; the default until a clinic has set its own."""
    stored = connection.scalar(NEWEST)
    return Policy.from_dict(stored) if stored else Policy()
