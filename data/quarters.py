"""Forms, flags and check-ins of whole quarters, counted once each, when the quarter is over.

A period that ends today would tell, read tomorrow, what today added. A quarter that is over is
counted once and stays as it was counted, so that no two readings of it differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    text,
)

from data.database import reading, writing
from models.outcomes.disclosure import Count, quarter_of
from models.tables import Assessment, CheckIn, Flag, Patient, QuarterCount, Site

MODES = ("link", "kiosk", "staff", "import")
# A form entered this many days after it was answered was entered from paper or memory.
LATE_DAYS = 2
# What was answered on the last day of a quarter is entered by then.
SETTLED = timedelta(days=7)
WITHOUT = "not_{}"
WAIT = "minutes_to_action"  # the middle one; as many patients as were acted on

Found = dict[UUID, dict[str, Count]]


def last_quarter(today: date) -> str:
    """Return the last quarter that was over a week ago: 2026-Q3 from 8 October on."""
    first = days_of(quarter_of(f"{today - SETTLED:%Y-%m}"))[0]
    return quarter_of(f"{first - timedelta(days=1):%Y-%m}")


def days_of(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of 2026-Q3."""
    year, number = int(quarter[:4]), int(quarter[-1])
    following = date(year + number // 4, number % 4 * 3 + 1, 1)
    return date(year, number * 3 - 2, 1), following - timedelta(days=1)


def count_quarter(engine: Engine, quarter: str) -> None:
    """Count a quarter unless it has been."""
    with reading(engine) as connection:
        if _is_counted(connection, quarter):
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE quarter_counts IN SHARE ROW EXCLUSIVE MODE"))
        if _is_counted(connection, quarter):
            return
        rows = [
            {"site_id": site, "quarter": quarter, "figure": figure}
            | {"records": count.courses, "patients": count.patients}
            for site, figures in _count_all(connection, *days_of(quarter)).items()
            for figure, count in figures.items()
        ]
        if rows:
            connection.execute(insert(QuarterCount), rows)


def read_quarter(connection: Connection, quarter: str, sites: Sequence[UUID]) -> Found:
    """Return per site its figures: records, and how many different patients they are of."""
    query = select(
        QuarterCount.site_id, QuarterCount.figure, QuarterCount.records, QuarterCount.patients
    ).where(QuarterCount.quarter == quarter, QuarterCount.site_id.in_(sites))
    found: Found = {}
    for site, figure, records, patients in connection.execute(query):
        found.setdefault(site, {})[figure] = Count(records, patients)
    return found


def _is_counted(connection: Connection, quarter: str) -> bool:
    any_row = select(QuarterCount.site_id).where(QuarterCount.quarter == quarter).limit(1)
    return connection.scalar(any_row) is not None


def _count_all(connection: Connection, first: date, last: date) -> Found:
    found: Found = {
        site: {"forms": Count(0, 0)} for site in connection.scalars(select(Site.site_id))
    }
    modes = {name: Assessment.mode == name for name in MODES}
    asked = {
        "disagreeing": and_(
            Assessment.stated_total.is_not(None), Assessment.stated_total != Assessment.total
        ),
        "unscored": Assessment.total.is_(None),
        "late": _is_late(connection.dialect.name),
    }
    forms = (Assessment.taken_on.between(first, last), Assessment.withdrawn_at.is_(None))
    flags = (Flag.answered_on.between(first, last),)
    begin, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
    for whole, model, marks, conditions in (
        ("forms", Assessment, modes | asked, forms),
        ("flags", Flag, {"acted_on": Flag.first_action_at.is_not(None)}, flags),
        (
            "started",
            CheckIn,
            {"submitted": CheckIn.submitted_at.is_not(None)},
            (CheckIn.started_at >= begin, CheckIn.started_at < end),
        ),
    ):
        for site, figures in _count(connection, whole, model, marks, conditions).items():
            found[site] |= figures
    for site, minutes in _waits(connection, flags).items():
        acted = found[site]["acted_on"]
        found[site][WAIT] = Count(round(median(minutes)), acted.patients)
    return found


def _is_late(dialect: str) -> ColumnElement[bool]:
    recorded = func.date(Assessment.recorded_at)
    if dialect == "postgresql":
        latest = Assessment.taken_on + literal(LATE_DAYS)
    else:
        latest = func.date(Assessment.taken_on, f"+{LATE_DAYS} days")
    return and_(Assessment.mode != "import", recorded > latest)


def _count(
    connection: Connection,
    whole: str,
    model: Any,
    marks: dict[str, ColumnElement[bool]],
    conditions: Sequence[ColumnElement[bool]],
) -> Found:
    """Per site: all records, and of each mark those with it and those without."""
    names, columns = [whole], [func.count(), func.count(model.patient_id.distinct())]
    for name, mark in marks.items():
        is_so = func.coalesce(mark, False)
        for called, meant in ((name, is_so), (WITHOUT.format(name), ~is_so)):
            names.append(called)
            columns.append(func.count(case((meant, 1))))
            columns.append(func.count(case((meant, model.patient_id)).distinct()))
    query = (
        select(Patient.site_id, *columns)
        .join(Patient, Patient.patient_id == model.patient_id)
        .where(*conditions)
        .group_by(Patient.site_id)
    )
    return {
        row[0]: {
            name: Count(row[2 * place + 1], row[2 * place + 2]) for place, name in enumerate(names)
        }
        for row in connection.execute(query)
    }


def _waits(
    connection: Connection, conditions: Sequence[ColumnElement[bool]]
) -> dict[UUID, list[float]]:
    """Per site, how many minutes each flag that was acted on waited."""
    query = (
        select(Patient.site_id, Flag.raised_at, Flag.first_action_at)
        .join(Patient, Patient.patient_id == Flag.patient_id)
        .where(*conditions, Flag.first_action_at.is_not(None))
    )
    found: dict[UUID, list[float]] = {}
    for site, raised, acted in connection.execute(query):
        found.setdefault(site, []).append((acted - raised).total_seconds() / 60)
    return found
