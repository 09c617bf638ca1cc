"""Which patients there are: one page of a list, filtered, costing what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import ColumnElement, Engine, Select, func, or_, select

from data.database import reading
from data.policies import rules_in_force
from data.queries.statuses import has_status, status_column
from models.outcomes.standing import Status
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, Site, Standing

PAGE = 50
ORDERS = {
    "number": (Patient.code,),
    "last infusion": (Standing.last_infusion_on.desc().nulls_last(), Patient.code),
    "last check-in": (Standing.last_assessed_on.desc().nulls_last(), Patient.code),
}


@dataclass(frozen=True)
class PatientFilter:
    """What the list is narrowed to; blanks do not narrow."""

    search: str = ""
    site_id: UUID | None = None
    indication: str | None = None
    status: Status | None = None
    order: str = "number"


@dataclass(frozen=True)
class PatientPage:
    """rows: patient_id, code, name, site, indication, status, instrument, recent, latest,
    baseline, last_infusion_on, last_assessed_on. `has_more`: there is a next page.
    """

    rows: pd.DataFrame
    has_more: bool


def list_patients(
    engine: Engine, person: Person, wanted: PatientFilter, *, today: date, page: int = 0
) -> PatientPage:
    """Return one page of patients; reads one row more than it shows instead of counting all."""
    with reading(engine) as connection:
        rules = rules_in_force(connection)
        query = _narrow(
            select(
                Patient.patient_id,
                Patient.code,
                Patient.name,
                Site.name.label("site"),
                Patient.indication,
                status_column(today, rules).label("status"),
                Standing.instrument,
                Standing.recent,
                Standing.latest,
                Standing.baseline,
                Standing.last_infusion_on,
                Standing.last_assessed_on,
            )
            .join(Standing, Standing.patient_id == Patient.patient_id)
            .join(Site, Site.site_id == Patient.site_id),
            person,
            wanted,
        )
        if wanted.status is not None:
            query = query.where(has_status(wanted.status, today, rules))
        query = query.order_by(*ORDERS[wanted.order]).limit(PAGE + 1).offset(page * PAGE)
        result = connection.execute(query)
        rows = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    return PatientPage(rows.head(PAGE), len(rows) > PAGE)


def count_by_status(
    engine: Engine, person: Person, *, today: date, site_id: UUID | None = None
) -> dict[Status, int]:
    """Return how many patients have each status."""
    with reading(engine) as connection:
        status = status_column(today, rules_in_force(connection)).label("status")
        query = _narrow(
            select(status, func.count())
            .select_from(Patient)
            .join(Standing, Standing.patient_id == Patient.patient_id)
            .group_by(status),
            person,
            PatientFilter(site_id=site_id),
        )
        return {Status(name): count for name, count in connection.execute(query)}


def _narrow(query: Select[Any], person: Person, wanted: PatientFilter) -> Select[Any]:
    sites = readable_sites(person, Operation.LIST_PATIENTS)
    if sites is not None:
        query = query.where(Patient.site_id.in_(sites))
    if wanted.site_id is not None:
        query = query.where(Patient.site_id == wanted.site_id)
    if wanted.indication is not None:
        query = query.where(Patient.indication == wanted.indication)
    if wanted.search.strip():
        query = query.where(_matches(wanted.search.strip()))
    return query


def _matches(text: str) -> ColumnElement[bool]:
    """Match the beginning of a number, or any part of a name, whatever its case."""
    return or_(
        func.lower(Patient.code).startswith(text.lower(), autoescape=True),
        func.lower(Patient.name).contains(text.lower(), autoescape=True),
    )
