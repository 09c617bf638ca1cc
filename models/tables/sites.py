"""Clinic locations, and the clinic's policy with its revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, line, short


class Site(Base):
    """A clinic location. Its time zone decides what a local day is."""

    __tablename__ = "sites"

    site_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[short] = mapped_column(unique=True)
    time_zone: Mapped[short]
    is_pretend: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]


class ClinicPolicy(Base):
    """One revision of the thresholds in models/outcomes/rules.py; the highest is in force."""

    __tablename__ = "clinic_policies"

    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    thresholds: Mapped[dict[str, Any]]
    reason: Mapped[line]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]
