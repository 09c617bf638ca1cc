"""What a clinic sets for itself: a row a revision, of which the highest is in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, line, short


class Revision:
    """What every policy's table has beside the policy itself."""

    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[line]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]


class ClinicPolicy(Revision, Base):
    """models.outcomes.rules.Rules"""

    __tablename__ = "clinic_policies"

    thresholds: Mapped[dict[str, Any]]


class PromptPolicy(Revision, Base):
    """models.outcomes.prompt_rules.PromptRules"""

    __tablename__ = "prompt_policies"

    lines: Mapped[dict[str, Any]]


class CheckInPlan(Revision, Base):
    """models.checkins.plan.Plan"""

    __tablename__ = "checkin_plans"

    plan: Mapped[dict[str, Any]]


class ExposurePolicy(Revision, Base):
    """models.exposure_rules.ExposureRules"""

    __tablename__ = "exposure_policies"

    policy: Mapped[dict[str, Any]]


class AccessSettings(Revision, Base):
    """models.access.Settings"""

    __tablename__ = "access_settings"

    settings: Mapped[dict[str, Any]]
