"""How far the figures of each site can be trusted: what is entered, how, how late, and what is not.

Counted from the forms of a period, so unlike the outcomes this costs more the more forms there
are in it. Cells of 1 to 10 patients are empty, and so is what would give one away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Engine, and_, case, func, literal, select

from data.database import reading
from data.looks import note_look
from data.queries.sites import site_names
from data.site_reports import Names
from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import Count, is_safe
from models.policy import Operation, Person
from models.tables import Assessment, CheckIn, CrisisText, Flag, Patient

MODES = ("link", "kiosk", "staff", "import")
# A form entered this many days after it was answered was entered from paper or memory.
LATE_DAYS = 2


@dataclass(frozen=True)
class DataQuality:
    """forms: site, forms, then link, kiosk, staff, import, disagreeing (stated total is not the
    sum), unscored, late. flags: site, raised, acted_on, median_hours. checkins: site, started,
    submitted. Empty cells are hidden. `without_crisis_text` names sites.
    """

    forms: pd.DataFrame
    flags: pd.DataFrame
    checkins: pd.DataFrame
    without_crisis_text: tuple[str, ...]


def read_data_quality(
    engine: Engine, person: Person, *, since: date, fewest: int = FEWEST_SHOWN
) -> DataQuality:
    """Return what was recorded from `since` on at each site this person may read figures of."""
    with reading(engine) as connection:
        names = site_names(connection, person, Operation.READ_CURVES)
        found = DataQuality(
            _forms(connection, names, since, fewest),
            _flags(connection, names, since, fewest),
            _checkins(connection, names, since, fewest),
            _without_text(connection, names),
        )
    note_look(engine, person, Operation.READ_CURVES, what="data quality")
    return found


def _forms(connection: Connection, names: Names, since: date, fewest: int) -> pd.DataFrame:
    marks = {name: Assessment.mode == name for name in MODES} | {
        "disagreeing": and_(
            Assessment.stated_total.is_not(None), Assessment.stated_total != Assessment.total
        ),
        "unscored": Assessment.total.is_(None),
        "late": _is_late(connection.dialect.name),
    }
    recent = (Assessment.taken_on >= since, Assessment.withdrawn_at.is_(None))
    counts = _count(connection, Assessment, names, marks, recent)
    rows = [
        {"site": names[site], "forms": _shown(whole, [whole], fewest)}
        | _modes({name: parts[name] for name in MODES}, fewest)
        | {
            name: _shown(parts[name][0], [whole, *parts[name]], fewest)
            for name in ("disagreeing", "unscored", "late")
        }
        for site, (whole, parts) in counts.items()
    ]
    columns = ["site", "forms", *MODES, "disagreeing", "unscored", "late"]
    return pd.DataFrame(rows, columns=columns).convert_dtypes()


def _modes(parts: dict[str, tuple[Count, Count]], fewest: int) -> dict[str, int | None]:
    """All modes or none: one that is hidden is what the others leave of all forms."""
    safe = all(is_safe([counts[0]], fewest) for counts in parts.values())
    return {name: counts[0].courses if safe else None for name, counts in parts.items()}


def _shown(count: Count, parts: Sequence[Count], fewest: int) -> int | None:
    return count.courses if all(is_safe([part], fewest) for part in parts) else None


def _is_late(dialect: str) -> ColumnElement[bool]:
    recorded = func.date(Assessment.recorded_at)
    if dialect == "postgresql":
        latest = Assessment.taken_on + literal(LATE_DAYS)
    else:
        latest = func.date(Assessment.taken_on, f"+{LATE_DAYS} days")
    return and_(Assessment.mode != "import", recorded > latest)


def _count(
    connection: Connection,
    model: Any,
    names: Names,
    marks: dict[str, ColumnElement[bool]],
    conditions: Sequence[ColumnElement[bool]],
) -> dict[UUID, tuple[Count, dict[str, tuple[Count, Count]]]]:
    """Per site: all records, and of each mark those with it and those without."""
    columns = [Patient.site_id, func.count(), func.count(model.patient_id.distinct())]
    for mark in marks.values():
        for is_so in (func.coalesce(mark, False), ~func.coalesce(mark, False)):
            columns.append(func.count(case((is_so, 1))))
            columns.append(func.count(case((is_so, model.patient_id)).distinct()))
    query = (
        select(*columns)
        .join(Patient, Patient.patient_id == model.patient_id)
        .where(Patient.site_id.in_(list(names)), *conditions)
        .group_by(Patient.site_id)
    )
    found = {}
    for row in connection.execute(query):
        pairs = [Count(row[i], row[i + 1]) for i in range(1, len(row), 2)]
        parts = {name: (pairs[1 + 2 * i], pairs[2 + 2 * i]) for i, name in enumerate(marks)}
        found[row[0]] = (pairs[0], parts)
    return dict(sorted(found.items(), key=lambda item: names[item[0]]))


def _flags(connection: Connection, names: Names, since: date, fewest: int) -> pd.DataFrame:
    recent = (Flag.answered_on >= since,)
    marks = {"acted_on": Flag.first_action_at.is_not(None)}
    counts = _count(connection, Flag, names, marks, recent)
    times = _hours_to_action(connection, names, since)
    rows = []
    for site, (whole, parts) in counts.items():
        with_action, without = parts["acted_on"]
        is_told = is_safe([with_action], fewest) and is_safe([without], fewest)
        hours = times[times["site_id"] == site]["hours"]
        rows.append(
            {
                "site": names[site],
                "raised": _shown(whole, [whole], fewest),
                "acted_on": with_action.courses if is_told else None,
                "median_hours": float(hours.median()) if is_told and len(hours) else None,
            }
        )
    columns = ["site", "raised", "acted_on", "median_hours"]
    return pd.DataFrame(rows, columns=columns).convert_dtypes()


def _hours_to_action(connection: Connection, names: Names, since: date) -> pd.DataFrame:
    query = (
        select(Patient.site_id, Flag.raised_at, Flag.first_action_at)
        .join(Patient, Patient.patient_id == Flag.patient_id)
        .where(Patient.site_id.in_(list(names)), Flag.answered_on >= since)
        .where(Flag.first_action_at.is_not(None))
    )
    rows = [
        (row.site_id, (row.first_action_at - row.raised_at).total_seconds() / 3600)
        for row in connection.execute(query)
    ]
    return pd.DataFrame(rows, columns=["site_id", "hours"])


def _checkins(connection: Connection, names: Names, since: date, fewest: int) -> pd.DataFrame:
    started = (CheckIn.started_at >= datetime.combine(since, time(), UTC),)
    marks = {"submitted": CheckIn.submitted_at.is_not(None)}
    counts = _count(connection, CheckIn, names, marks, started)
    rows = [
        {
            "site": names[site],
            "started": _shown(whole, [whole], fewest),
            "submitted": _shown(parts["submitted"][0], [whole, *parts["submitted"]], fewest),
        }
        for site, (whole, parts) in counts.items()
    ]
    return pd.DataFrame(rows, columns=["site", "started", "submitted"]).convert_dtypes()


def _without_text(connection: Connection, names: Names) -> tuple[str, ...]:
    newest = select(CrisisText.site_id, CrisisText.body).order_by(CrisisText.revision)
    texts = {row.site_id: row.body for row in connection.execute(newest)}
    return tuple(name for site, name in names.items() if not texts.get(site, "").strip())
