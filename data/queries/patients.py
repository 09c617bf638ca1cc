"""Which patients there are: one page of a list, filtered, costing what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Engine,
    Row,
    Select,
    func,
    or_,
    select,
    union_all,
)

from data.database import reading
from data.looks import note_look
from data.policies import RULES, in_force
from data.queries.numbers import begun_numbers, is_begun_by
from data.queries.statuses import is_here, status_column, status_parts
from models.outcomes.rules import Rules
from models.outcomes.standing import Situation, Status, status_on
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, Site, Standing

PAGE = 25
ORDERS = {
    "number": None,
    "last infusion": "last_infusion_on",
    "last check-in": "last_assessed_on",
}


@dataclass(frozen=True)
class PatientFilter:
    """What the list is narrowed to; blanks do not narrow. Those who left are shown on request."""

    search: str = ""
    site_id: UUID | None = None
    indication: str | None = None
    status: Status | None = None
    order: str = "number"
    with_leavers: bool = True


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One line of the list. `recent` holds [ISO day, score], oldest first."""

    patient_id: UUID
    code: str
    name: str | None
    site: str
    indication: str | None
    status: Status
    instrument: str | None
    recent: list[list[Any]]
    latest: float | None
    last_infusion_on: date | None
    last_assessed_on: date | None


@dataclass(frozen=True)
class PatientPage:
    """`has_more`: there is a next page."""

    rows: tuple[PatientRow, ...]
    has_more: bool


def list_patients(
    engine: Engine, person: Person, wanted: PatientFilter, *, today: date, page: int = 0
) -> PatientPage:
    """Return one page of patients; reads one row more than it shows instead of counting all.

    A search finds the beginning of a number or any part of a name, whatever its case. One with a
    digit is for a number: names are read only where no number on the list begins so.
    """
    with reading(engine) as connection:
        rules = in_force(connection, RULES)
        sites = readable_sites(person, Operation.LIST_PATIENTS)
        numbers = begun_numbers(connection, wanted.search.strip())
        found = connection.execute(_page_of(sites, wanted, today, rules, page, numbers)).all()
        if numbers and not found:
            found = connection.execute(_page_of(sites, wanted, today, rules, page, ())).all()
    _note(engine, person, wanted, page)
    return PatientPage(tuple(_row(row, today, rules) for row in found[:PAGE]), len(found) > PAGE)


def _note(engine: Engine, person: Person, wanted: PatientFilter, page: int) -> None:
    """Note what was listed and whether a text was searched for, never which: it may be a name."""
    note_look(
        engine,
        person,
        Operation.LIST_PATIENTS,
        site_id=wanted.site_id,
        page=f"patients {page + 1}",
        **({"searched": True} if wanted.search.strip() else {}),
    )


@lru_cache(maxsize=512)
def _page_of(
    sites: frozenset[UUID] | None,
    wanted: PatientFilter,
    today: date,
    rules: Rules,
    page: int,
    numbers: tuple[str, ...],
) -> Select[Any] | CompoundSelect[Any]:
    """Return the statement; building one costs as much as running it, and most are asked again."""
    rows = _ROWS if wanted.with_leavers else _ROWS.where(is_here(today))
    narrowed = _narrow(rows, sites, wanted, numbers)
    ordered = _in_order(narrowed, wanted, today, rules)
    return ordered.limit(PAGE + 1).offset(page * PAGE)


_ROWS = (
    select(
        Patient.patient_id,
        Standing.code.label("code"),
        Patient.name,
        Site.name.label("site"),
        Patient.indication,
        Patient.left_on,
        Standing.situation,
        Standing.instrument,
        Standing.recent,
        Standing.latest,
        Standing.last_infusion_on.label("last_infusion_on"),
        Standing.last_assessed_on.label("last_assessed_on"),
    )
    .join(Standing, Standing.patient_id == Patient.patient_id)
    .join(Site, Site.site_id == Patient.site_id)
)


def _in_order(
    query: Select[Any], wanted: PatientFilter, today: date, rules: Rules
) -> Select[Any] | CompoundSelect[Any]:
    """Order by one table's index, else all rows would be sorted to show a few."""
    ordered: Select[Any] | CompoundSelect[Any] = query
    if wanted.status is not None:
        parts = [query.where(part) for part in status_parts(wanted.status, today, rules)]
        ordered = union_all(*parts) if len(parts) > 1 else parts[0]
    latest_first = ORDERS[wanted.order]
    code = ordered.selected_columns.code
    if latest_first is not None:
        column = ordered.selected_columns[latest_first]
        return ordered.order_by(column.desc().nulls_last(), code)
    return ordered.order_by(code if _has_situation(wanted) else Patient.code)


def _has_situation(wanted: PatientFilter) -> bool:
    return wanted.status not in (None, Status.LEFT)


def _row(row: Row[Any], today: date, rules: Rules) -> PatientRow:
    (patient_id, code, name, site, indication, left_on, situation, *shown) = row
    instrument, recent, latest, last_infusion_on, last_assessed_on = shown
    status = status_on(
        Situation(situation),
        last_infusion_on=last_infusion_on,
        last_assessed_on=last_assessed_on,
        left_on=left_on,
        as_of=today,
        rules=rules,
    )
    return PatientRow(
        patient_id,
        code,
        name,
        site,
        indication,
        status,
        instrument,
        recent,
        latest,
        last_infusion_on,
        last_assessed_on,
    )


def count_by_status(
    engine: Engine, person: Person, *, today: date, site_id: UUID | None = None
) -> dict[Status, int]:
    """Return how many patients have each status."""
    with reading(engine) as connection:
        status = status_column(today, in_force(connection, RULES)).label("status")
        query = _narrow(
            select(status, func.count())
            .select_from(Patient)
            .join(Standing, Standing.patient_id == Patient.patient_id)
            .group_by(status),
            readable_sites(person, Operation.LIST_PATIENTS),
            PatientFilter(site_id=site_id),
        )
        return {Status(name): count for name, count in connection.execute(query)}


def _narrow(
    query: Select[Any],
    sites: frozenset[UUID] | None,
    wanted: PatientFilter,
    numbers: tuple[str, ...] = (),
) -> Select[Any]:
    if sites is not None:
        query = query.where(Patient.site_id.in_(sites))
    if wanted.site_id is not None:
        query = query.where(Patient.site_id == wanted.site_id)
    if wanted.indication is not None:
        query = query.where(Patient.indication == wanted.indication)
    text = wanted.search.strip().lower()
    if not text:
        return query
    begins = func.lower(Patient.code).startswith(text, autoescape=True)
    if numbers:
        code = Standing.code if _has_situation(wanted) else Patient.code
        return query.where(or_(*(is_begun_by(code, number) for number in numbers)), begins)
    return query.where(or_(begins, func.lower(Patient.name).contains(text, autoescape=True)))
