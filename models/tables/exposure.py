"""What is watched while treatment goes on: the next infusion, and screens."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, line, patient_key, short, site_key


class PlannedInfusion(Base):
    """For when a patient's next infusion was booked, as said at one time; the last version stands.

    No `planned_on`: what was booked is withdrawn. `made_on` is the site's local day on which it
    was said. Whether an infusion has fulfilled it is read from the infusions, never stored.
    """

    __tablename__ = "planned_infusions"

    patient_id: Mapped[patient_key]
    planned_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[site_key]
    version: Mapped[int]
    planned_on: Mapped[date | None]
    made_on: Mapped[date]
    reason: Mapped[line | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]

    __table_args__ = (UniqueConstraint("patient_id", "version"),)


class Screen(Base):
    """A urinary or cognition screen. `findings` are those of models.screening.FINDINGS; `remark`
    says in words what was found, or on which test. `is_finding`: somebody should look again.
    """

    __tablename__ = "screens"

    patient_id: Mapped[patient_key]
    screen_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[site_key]
    kind: Mapped[short]
    done_on: Mapped[date]
    is_finding: Mapped[bool]
    findings: Mapped[list[Any]]
    remark: Mapped[str | None]
    entry_key: Mapped[short]
    version: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]

    __table_args__ = (UniqueConstraint("patient_id", "entry_key"),)
