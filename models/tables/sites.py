"""Clinic locations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, short


class Site(Base):
    """A clinic location. Its time zone decides what a local day is."""

    __tablename__ = "sites"

    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[short] = mapped_column(unique=True)
    time_zone: Mapped[short]
    is_pretend: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
