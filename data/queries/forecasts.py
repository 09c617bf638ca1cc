"""Everybody's outlook as known on a day: the export, and what a back-test is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import Connection, Engine, Select, select

from data import clock
from data.audit import write_line
from data.database import reading, writing
from data.forecasts import (
    Reading,
    cut_history,
    fit_responses,
    forecast_instruments,
    gather_responses,
    load_facts,
    read_history,
    stored_fit,
)
from data.histories import load_records
from data.instruments import catalogue
from data.policies import RULES, in_force
from data.queries.scopes import Scope
from models.errors import Refused
from models.instrument import Instrument
from models.outcomes.forecast import WEEKS, Asked, DurationModel, Outlook, state_outlooks
from models.outcomes.rules import Rules
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, Site

COLUMNS = (
    "patient_id", "site", "instrument", "as_of", "status", "course_end", "days_since",
    "q10", "q25", "q50", "q75", "q90", *(f"p_lost_{days}" for days in WEEKS),
    "own_durations", "basis",
)  # fmt: skip


@dataclass(frozen=True)
class _Owner:
    code: str
    site: str
    today: date


@dataclass(frozen=True)
class _Known:
    """What was known of one patient on the day they are asked about."""

    owner: _Owner
    as_of: date
    seen: Reading
    is_listed: bool


def read_forecasts(
    engine: Engine,
    person: Person,
    *,
    instrument: str | None = None,
    as_of: date | None = None,
    at: Sequence[tuple[str, date]] = (),
) -> pd.DataFrame:
    """Return one row a patient and instrument, in the export's columns; `patient_id` is the code.

    Without a day the stored models are read. With `as_of` or `at` (codes and days) everything,
    the models too, knows only what had happened: listed patients up to their own day, all
    others up to `as_of`. A patient listed twice counts in the models up to the earlier day. Codes
    that are not known here have no row; `attrs["unknown"]` of the frame names them.
    """
    chosen = _choose(instrument)
    with reading(engine) as connection:
        rules = in_force(connection, RULES)
        owners = _owners(connection, person)
        known = list(_read_known(connection, owners, rules, as_of, _by_code(owners, at)))
        is_dated = as_of is not None or bool(at)
        responses = gather_responses(_earliest(known)) if is_dated else {}
        rows = [
            row
            for code, one in chosen.items()
            for row in _rows(
                known,
                one,
                rules,
                fit_responses(code, responses.get(code, []), rules).model
                if is_dated
                else _stored_model(connection, known, one, rules),
                needs_row=instrument is not None,
            )
        ]
    with writing(engine) as connection:
        write_line(connection, person, Operation.EXPORT, what="forecast", rows=len(rows))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame = frame.sort_values(["patient_id", "instrument", "as_of"], ignore_index=True)
    frame.attrs["unknown"] = sorted({code for code, _ in at} - {it.code for it in owners.values()})
    return frame


def _choose(instrument: str | None) -> dict[str, Instrument]:
    instruments = forecast_instruments()
    if instrument is None:
        return instruments
    if instrument not in instruments:
        raise Refused(f"{instrument} has no rule for a response, so none can be lost.")
    return {instrument: instruments[instrument]}


def _owners(connection: Connection, person: Person) -> dict[UUID, _Owner]:
    query: Select[Any] = select(Patient.patient_id, Patient.code, Site.name, Site.time_zone).join(
        Site, Site.site_id == Patient.site_id
    )
    sites = readable_sites(person, Operation.EXPORT)
    rows = connection.execute(Scope(sites).narrow(query)).all()
    today = {zone: clock.today(zone) for zone in {row.time_zone for row in rows}}
    return {row.patient_id: _Owner(row.code, row.name, today[row.time_zone]) for row in rows}


def _by_code(
    owners: Mapping[UUID, _Owner], at: Sequence[tuple[str, date]]
) -> dict[UUID, list[date]]:
    ids = {owner.code: patient_id for patient_id, owner in owners.items()}
    listed: dict[UUID, list[date]] = {}
    for code, day in sorted(set(at)):
        if code in ids:
            listed.setdefault(ids[code], []).append(day)
    return listed


def _read_known(
    connection: Connection,
    owners: Mapping[UUID, _Owner],
    rules: Rules,
    as_of: date | None,
    listed: Mapping[UUID, list[date]],
) -> Iterator[_Known]:
    """Yield every patient as known on their day; listed ones once for each of theirs."""
    instruments, facts = catalogue(), load_facts(connection)
    latest = max([as_of, *(day for days in listed.values() for day in days)]) if as_of else None
    for records in load_records(connection, until=latest):
        owner = owners.get(records.patient_id)
        if owner is None:
            continue
        days = listed.get(records.patient_id)
        for day in days or [as_of or owner.today]:
            is_cut = days is not None or as_of is not None
            history = cut_history(records.history, day) if is_cut else records.history
            seen = read_history(
                replace(records, history=history), instruments, rules, facts[records.patient_id]
            )
            yield _Known(owner, day, seen, days is not None)


def _earliest(known: Sequence[_Known]) -> Iterator[Reading]:
    """Yield each patient once, as known on the first of their days."""
    before = None
    for one in known:
        if one.seen.records.patient_id != before:
            before = one.seen.records.patient_id
            yield one.seen


def _stored_model(
    connection: Connection, known: Sequence[_Known], instrument: Instrument, rules: Rules
) -> DurationModel | None:
    """Return the stored model, or one fitted on the spot where none of these rules is stored."""
    fit = stored_fit(connection, instrument.code, rules)
    if fit is None:
        responses = [one for held in known for one in held.seen.responses(instrument)]
        fit = fit_responses(instrument.code, responses, rules)
    return fit.model


def _rows(
    known: Sequence[_Known],
    instrument: Instrument,
    rules: Rules,
    model: DurationModel | None,
    *,
    needs_row: bool,
) -> Iterator[tuple[Any, ...]]:
    mine = [
        one
        for one in known
        if (instrument.code in one.seen.episodes and one.seen.courses)
        or (needs_row and one.is_listed)
    ]
    asked: list[Asked] = [one.seen.ask(instrument, one.as_of, rules) for one in mine]
    for one, outlook in zip(mine, state_outlooks(model, asked), strict=True):
        yield _row(one, instrument.code, outlook, model)


def _row(
    one: _Known, instrument: str, outlook: Outlook, model: DurationModel | None
) -> tuple[Any, ...]:
    window = outlook.window
    return (
        one.owner.code, one.owner.site, instrument, outlook.as_of, outlook.status,
        outlook.course_end, outlook.days_since,
        *(window.quantiles if window else (None,) * 5),
        *(window.lost_within if window else (None,) * len(WEEKS)),
        say_durations(outlook.own), _basis(outlook, model),
    )  # fmt: skip


def say_durations(own: Sequence[tuple[int, int | None]]) -> str:
    """Say 24-31; 28+ for a response lost between days 24 and 31 and one that held 28 or more."""
    return "; ".join(f"{low}+" if high is None else f"{low}-{high}" for low, high in own)


def _basis(outlook: Outlook, model: DurationModel | None) -> str:
    if outlook.window is None or model is None or outlook.own_weight is None:
        return ""
    own = f"{len(outlook.own)} own responses ({outlook.own_weight:.0%} of the estimate)"
    here = f"{model.losses} losses in {model.responses} responses of {model.patients} patients"
    turned = "; a worse score since" if outlook.turned_on else ""
    return f"{own}; {here}; responding on {outlook.well_on}{turned}"
