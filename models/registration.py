"""What a patient is registered with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PatientEntry:
    code: str
    site_id: UUID
    name: str | None = None
    date_of_birth: date | None = None
    birth_year: int | None = None
    sex: str | None = None
    indication: str | None = None
    left_on: date | None = None
    covariates: dict[str, Any] = field(default_factory=dict)
