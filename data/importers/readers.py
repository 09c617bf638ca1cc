"""One row of named cells read into a patient or an infusion, in whatever format."""

from __future__ import annotations

from datetime import date
from typing import Any

from data import clock
from data.importers.cells import (
    is_blank,
    read_code,
    read_day,
    read_number,
    read_text,
    read_when,
    read_whole,
    shorten,
)
from data.importers.rows import BadCell, InfusionRow, Origin, PatientRow, When
from models.entries import PLAUSIBLE, ROUTES

Cells = dict[str, str]

INDICATIONS = {
    "mdd": "depression",
    "trd": "depression",
    "pain": "chronic_pain",
    "chronic pain": "chronic_pain",
    "crps": "chronic_pain",
    "gad": "anxiety",
    "sud": "addiction",
    "aud": "addiction",
}
ROUTE_WORDS = {
    "intravenous": "IV",
    "intramuscular": "IM",
    "subcutaneous": "SC",
    "intranasal": "IN",
    "nasal": "IN",
    "sublingual": "SL",
}
PRESSURES = ("before", "peak", "discharge")

KNOWN = {
    "patients": {
        "patient_id", "site", "time_zone", "name", "date_of_birth", "birth_year", "age", "sex",
        "indication", "left_on",
    },
    "infusions": {
        "patient_id", "date", "datetime", "site", "drug", "route", "dose_mg_kg", "adverse_events",
        "note", "bp_before", "bp_peak", "bp_discharge", *PLAUSIBLE,
    },
}  # fmt: skip


def _when(cells: Cells, order: str) -> When:
    for column in ("datetime", "date"):
        if cells.get(column, "").strip():
            return read_when(cells[column], column, order)
    raise BadCell("date", "the date is missing: expected a day, as in 2026-03-04")


def read_patient(origin: Origin, cells: Cells, order: str, _decimal: str) -> PatientRow:
    code = read_code(cells["patient_id"], "patient_id")
    site = read_text(cells["site"], "site", 80)
    if site is None:
        raise BadCell("site", "the site is missing: expected the name of a clinic location")
    fields: dict[str, Any] = {
        "name": _words(cells, "name", 400),
        "sex": _words(cells, "sex", 80),
        "indication": indication(cells.get("indication", "")),
    }
    for column in ("left_on", "date_of_birth"):
        if not is_blank(cells.get(column, "")):
            fields[column] = read_day(cells[column], column, order)
    check_birth(fields.get("date_of_birth"))
    fields["birth_year"] = _birth_year(cells)
    by_age = _year_by_age(cells, fields.get("date_of_birth"))
    covariates = {
        name: value.strip()
        for name, value in cells.items()
        if name and name not in KNOWN["patients"] and not is_blank(value)
    }
    return PatientRow(
        origin,
        code,
        site,
        {name: value for name, value in fields.items() if value is not None},
        covariates,
        read_text(cells.get("time_zone", ""), "time_zone", 80),
        by_age if fields["birth_year"] is None else None,
    )


def _words(cells: Cells, column: str, longest: int) -> str | None:
    """Return text of a column in which NA means that nothing is known."""
    cell = cells.get(column, "")
    return None if is_blank(cell) else read_text(cell, column, longest)


def check_birth(day: date | None) -> None:
    if day is not None and not date(1900, 1, 1) <= day <= clock.today():
        raise BadCell("date_of_birth", f"{day.isoformat()}: expected a day from 1900 to today")


def indication(text: str) -> str | None:
    if is_blank(text):
        return None
    words = (read_text(text, "indication", 80) or "").casefold().replace("_", " ")
    return INDICATIONS.get(words, words.replace(" ", "_"))


def _birth_year(cells: Cells) -> int | None:
    this_year = clock.today().year
    year = read_whole(cells.get("birth_year", ""), "birth_year")
    if year is not None and not 1900 <= year <= this_year:
        raise BadCell("birth_year", f"{year}: expected a year from 1900 to {this_year}")
    return year


def _year_by_age(cells: Cells, born: date | None) -> int | None:
    """Return the birth year an age comes to today, or the day of birth beside it says."""
    age = read_whole(cells.get("age", ""), "age")
    if age is not None and not 0 <= age <= 120:
        raise BadCell("age", f"{age}: expected 0 to 120 years")
    if age is None:
        return None
    return born.year if born is not None else clock.today().year - age


def read_infusion(origin: Origin, cells: Cells, order: str, decimal: str) -> InfusionRow:
    code = read_code(cells["patient_id"], "patient_id")
    when = _when(cells, order)
    events = read_text(cells.get("adverse_events", ""), "adverse_events", 4000) or ""
    return InfusionRow(
        origin,
        code,
        when,
        site=read_text(cells.get("site", ""), "site", 80),
        drug=(_words(cells, "drug", 80) or "ketamine").casefold(),
        route=read_route(cells.get("route", "")),
        measures=_measures(cells, decimal),
        adverse_events=tuple(event.strip() for event in events.split(";") if event.strip()),
        note=read_text(cells.get("note", ""), "note", 4000),
    )


def read_route(text: str) -> str | None:
    if is_blank(text):
        return None
    route = ROUTE_WORDS.get(text.strip().casefold(), text.strip().upper())
    if route not in ROUTES:
        known = ", ".join(ROUTES)
        raise BadCell("route", f"{shorten(text)} is not a route: expected one of {known}")
    return route


def _measures(cells: Cells, decimal: str) -> dict[str, float]:
    """Return the numbers of a session; a dose per kg becomes mg where the weight is known."""
    measures = {}
    for name in PLAUSIBLE:
        value = read_number(cells.get(name, ""), name, decimal)
        if value is not None:
            measures[name] = value
    per_kg = read_number(cells.get("dose_mg_kg", ""), "dose_mg_kg", decimal)
    if per_kg is not None and "dose_mg" not in measures:
        if "weight_kg" in measures:
            measures["dose_mg"] = round(per_kg * measures["weight_kg"], 2)
        else:
            measures["stated_mg_kg"] = per_kg
    for moment in PRESSURES:
        measures |= _pressure(cells.get(f"bp_{moment}", ""), moment)
    return measures


def _pressure(text: str, moment: str) -> dict[str, float]:
    if is_blank(text):
        return {}
    column = f"bp_{moment}"
    parts = text.split("/")
    if len(parts) != 2:
        raise BadCell(column, "expected systolic/diastolic, as in 128/82")
    upper, lower = (read_number(part, column) for part in parts)
    if upper is None or lower is None:
        raise BadCell(column, "expected systolic/diastolic, as in 128/82")
    return {f"systolic_{moment}": upper, f"diastolic_{moment}": lower}
