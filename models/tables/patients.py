"""Patients and the sites they belonged to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, line, patient_key, short, site_key


class Patient(Base):
    """A person in treatment. `code` is the clinic's own number for them."""

    __tablename__ = "patients"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[short] = mapped_column(unique=True)
    site_id: Mapped[site_key]
    name: Mapped[line | None]
    date_of_birth: Mapped[date | None]
    birth_year: Mapped[int | None]
    sex: Mapped[short | None]
    indication: Mapped[short | None]
    left_on: Mapped[date | None]
    covariates: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[short]

    __table_args__ = (Index(None, "site_id", "code"),)


class PatientSite(Base):
    """From which day a patient belonged to which site."""

    __tablename__ = "patient_sites"

    patient_id: Mapped[patient_key]
    from_on: Mapped[date] = mapped_column(primary_key=True)
    site_id: Mapped[site_key]
