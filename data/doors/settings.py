"""The clinic's settings about signing in."""

from __future__ import annotations

from sqlalchemy import Connection, select

from models.access import Settings
from models.tables import AccessSettings

NEWEST = select(AccessSettings.settings).order_by(AccessSettings.revision.desc()).limit(1)


def settings_in_force(connection: Connection) -> Settings:
    """Return the newest revision; the defaults until a clinic has set its own."""
    stored = connection.scalar(NEWEST)
    return Settings(**stored) if stored else Settings()
