"""Every assessment, one row each, as the scores export writes them."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Engine, Row, select

from data.audit import write_line
from data.database import reading, writing
from data.instruments import catalogue
from data.queries.scopes import Scope
from models.policy import Operation, Person, readable_sites
from models.tables import Assessment, Patient, Site

LEADING = ("patient_id", "site", "datetime", "instrument", "mode", "total")


def read_scores(
    engine: Engine, person: Person, *, instrument: str | None = None, as_of: date | None = None
) -> pd.DataFrame:
    """Return patient_id, site, datetime (local; a bare day where the time is unknown),
    instrument, mode, total, item_1 ... and version, in time order within a patient.
    """
    site = Site.__table__.alias("taken_at_site")
    query = (
        select(Patient.code, Site.name, Assessment.__table__, site.c.time_zone)
        .join(Patient, Patient.patient_id == Assessment.patient_id)
        .join(Site, Site.site_id == Patient.site_id)
        .join(site, site.c.site_id == Assessment.site_id)
        .where(Assessment.withdrawn_at.is_(None))
        .order_by(Patient.code, Assessment.taken_on, Assessment.taken_at, Assessment.assessment_id)
    )
    query = query if instrument is None else query.where(Assessment.instrument == instrument)
    query = query if as_of is None else query.where(Assessment.taken_on <= as_of)
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.EXPORT)
        rows = connection.execute(Scope(sites).narrow(query)).all()
    with writing(engine) as connection:
        write_line(connection, person, Operation.EXPORT, what="scores", rows=len(rows))
    answers = [_answers(row) for row in rows]
    widest = max(map(len, answers), default=0)
    columns = [*LEADING, *(f"item_{number}" for number in range(1, widest + 1)), "version"]
    return pd.DataFrame(
        [
            (
                row.code,
                row.name,
                _local(row),
                row.instrument,
                row.mode,
                row.total,
                *given,
                *[None] * (widest - len(given)),
                row.version,
            )
            for row, given in zip(rows, answers, strict=True)
        ],
        columns=columns,
        dtype=object,
    )


def _local(row: Row[Any]) -> str:
    if row.taken_at is None:
        return row.taken_on.isoformat()
    clock_time = row.taken_at.astimezone(ZoneInfo(row.time_zone)).time()
    return f"{row.taken_on.isoformat()}T{clock_time.isoformat(timespec='seconds')}"


def _answers(row: Row[Any]) -> list[float | None]:
    """Return the answers; of a form known by its total alone, the safety item's in its place."""
    if row.items is not None or row.safety_answer is None:
        return list(row.items or ())
    instrument = catalogue().get(row.instrument)
    if instrument is None or instrument.safety_item is None:
        return []
    return [None] * (instrument.safety_item - 1) + [row.safety_answer]
