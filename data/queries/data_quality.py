"""How far the figures of each site can be trusted: what is entered, how, how late, and what is not.

Read from the counts of the last whole quarter (data/quarters.py). Cells of 1 to 10 patients are
empty, and so is what would give one away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, select

from data.database import reading
from data.looks import note_look
from data.quarters import MODES, WAIT, WITHOUT, count_quarter, last_quarter, read_quarter
from data.queries.sites import site_names
from data.site_reports import Names
from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import NOBODY, Count, is_safe
from models.policy import Operation, Person
from models.tables import CrisisText

ASKED = ("disagreeing", "unscored", "late")
Figures = Mapping[str, Count]


@dataclass(frozen=True)
class DataQuality:
    """forms: site, forms, then link, kiosk, staff, import, disagreeing (stated total is not the
    sum), unscored, late. flags: site, raised, acted_on, median_hours. checkins: site, started,
    submitted. Empty cells are hidden. `without_crisis_text` names sites. `quarter`: 2026-Q3.
    """

    quarter: str
    forms: pd.DataFrame
    flags: pd.DataFrame
    checkins: pd.DataFrame
    without_crisis_text: tuple[str, ...]


def read_data_quality(
    engine: Engine, person: Person, *, today: date, fewest: int = FEWEST_SHOWN
) -> DataQuality:
    """Return what the last whole quarter says of each site this person may read figures of."""
    with reading(engine) as connection:
        names = site_names(connection, person, Operation.READ_CURVES)
    quarter = last_quarter(today)
    count_quarter(engine, quarter)
    with reading(engine) as connection:
        counted = read_quarter(connection, quarter, list(names))
        without = _without_text(connection, names)
    found = {name: counted.get(site, {}) for site, name in names.items()}
    note_look(engine, person, Operation.READ_CURVES, what="data quality")
    return DataQuality(
        quarter,
        _table([_forms(site, it, fewest) for site, it in found.items() if _any(it, "forms")]),
        _table([_flags(site, it, fewest) for site, it in found.items() if _any(it, "flags")]),
        _table([_checkins(site, it, fewest) for site, it in found.items() if _any(it, "started")]),
        without,
    )


def _any(figures: Figures, name: str) -> bool:
    return figures.get(name, NOBODY).courses > 0


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows).convert_dtypes()


def _forms(site: str, it: Figures, fewest: int) -> dict[str, Any]:
    """All modes or none: one that is hidden is what the others leave of all forms."""
    all_modes = all(is_safe([it[mode]], fewest) for mode in MODES)
    return (
        {"site": site, "forms": _shown(it, "forms", fewest)}
        | {mode: it[mode].courses if all_modes else None for mode in MODES}
        | {name: _part(it, name, "forms", fewest) for name in ASKED}
    )


def _flags(site: str, it: Figures, fewest: int) -> dict[str, Any]:
    acted = _part(it, "acted_on", "flags", fewest)
    hours = it[WAIT].courses / 60 if acted else None
    return {
        "site": site,
        "raised": _shown(it, "flags", fewest),
        "acted_on": acted,
        "median_hours": hours,
    }


def _checkins(site: str, it: Figures, fewest: int) -> dict[str, Any]:
    return {
        "site": site,
        "started": _shown(it, "started", fewest),
        "submitted": _part(it, "submitted", "started", fewest),
    }


def _shown(it: Figures, name: str, fewest: int) -> int | None:
    return it[name].courses if is_safe([it[name]], fewest) else None


def _part(it: Figures, name: str, whole: str, fewest: int) -> int | None:
    """A part is shown only where those without it are nobody or many as well."""
    parts = (whole, name, WITHOUT.format(name))
    return it[name].courses if all(is_safe([it[p]], fewest) for p in parts) else None


def _without_text(connection: Connection, names: Names) -> tuple[str, ...]:
    newest = select(CrisisText.site_id, CrisisText.body).order_by(CrisisText.revision)
    texts = {row.site_id: row.body for row in connection.execute(newest)}
    return tuple(name for site, name in names.items() if not texts.get(site, "").strip())
