"""Whose records a query reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from models.tables import Patient


@dataclass(frozen=True, slots=True)
class Scope:
    """Everybody at some sites, None for all sites; of these one site, or one patient."""

    sites: frozenset[UUID] | None = None
    site_id: UUID | None = None
    patient_id: UUID | None = None

    @property
    def is_everybody(self) -> bool:
        return self == Scope()

    def narrow(self, query: Select[Any], table: Any = Patient) -> Select[Any]:
        """Select the same of these patients only; `table` names a patient and their site."""
        if self.sites is not None:
            query = query.where(table.site_id.in_(self.sites))
        if self.site_id is not None:
            query = query.where(table.site_id == self.site_id)
        if self.patient_id is not None:
            query = query.where(table.patient_id == self.patient_id)
        return query
