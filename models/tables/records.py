"""What was done and answered: infusions and assessments, and their earlier versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, line, patient_key, short, site_key


class Infusion(Base):
    """One treatment session. `given_on` is the site's local day; `given_at` is set only
    where the clock time is known. Dose per kg is derived; it is stored only where a file
    stated it without the weight to derive it from. `given_by` stays empty where nobody said.
    """

    __tablename__ = "infusions"

    patient_id: Mapped[patient_key]
    infusion_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[site_key]
    given_on: Mapped[date]
    given_at: Mapped[datetime | None]
    drug: Mapped[short]
    route: Mapped[short | None]
    dose_mg: Mapped[float | None]
    weight_kg: Mapped[float | None]
    stated_mg_kg: Mapped[float | None]
    minutes: Mapped[float | None]
    systolic_before: Mapped[float | None]
    diastolic_before: Mapped[float | None]
    heart_rate_before: Mapped[float | None]
    spo2_before: Mapped[float | None]
    systolic_peak: Mapped[float | None]
    diastolic_peak: Mapped[float | None]
    heart_rate_peak: Mapped[float | None]
    spo2_lowest: Mapped[float | None]
    systolic_discharge: Mapped[float | None]
    diastolic_discharge: Mapped[float | None]
    heart_rate_discharge: Mapped[float | None]
    spo2_discharge: Mapped[float | None]
    dissociation: Mapped[float | None]
    adverse_events: Mapped[list[Any]]
    note: Mapped[str | None]
    given_by: Mapped[short | None]
    entry_key: Mapped[short]
    version: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]

    __table_args__ = (UniqueConstraint("patient_id", "entry_key"),)


class Assessment(Base):
    """One instrument answered once. `total` is computed from `items` wherever they exist;
    a stated total is kept beside it. No total: the form cannot be scored, and says nothing.
    """

    __tablename__ = "assessments"

    patient_id: Mapped[patient_key]
    assessment_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[site_key]
    instrument: Mapped[short]
    taken_on: Mapped[date]
    taken_at: Mapped[datetime | None]
    mode: Mapped[short]
    items: Mapped[list[Any] | None]
    safety_answer: Mapped[int | None]
    total: Mapped[float | None]
    stated_total: Mapped[float | None]
    is_prorated: Mapped[bool]
    note: Mapped[str | None]
    entry_key: Mapped[short]
    version: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]

    __table_args__ = (UniqueConstraint("patient_id", "entry_key"),)


class EarlierVersion(Base):
    """What a record said before it was corrected, and why it was corrected."""

    __tablename__ = "earlier_versions"

    patient_id: Mapped[patient_key]
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[short]
    body: Mapped[dict[str, Any]]
    reason: Mapped[line]
    replaced_at: Mapped[datetime]
    replaced_by: Mapped[short]


class ImportRun(Base):
    """One import: what it added, what it refused and the columns it did not know."""

    __tablename__ = "import_runs"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    files: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]
    refusals: Mapped[list[Any]]
    unknown_columns: Mapped[dict[str, Any]]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]
