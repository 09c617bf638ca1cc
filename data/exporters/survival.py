"""How long responses held, by group: both curves, and beside them the medians."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from data.exporters.sheets import write_sheet
from data.queries.durations import summarise_courses
from data.queries.episodes import read_episodes
from models.outcomes.curves import MedianRow, Summary
from models.policy import Person

CURVE_COLUMNS = ("group", "method", "day", "at_risk", "survival", "ci_lower", "ci_upper")
MEDIAN_COLUMNS = (
    "group", "method", "patients", "courses", "lost", "median", "ci_lower", "ci_upper",
    "rmst_56", "rmst_56_se",
)  # fmt: skip
EVERYONE = "all"


def export_survival(
    engine: Engine,
    person: Person,
    path: Path,
    *,
    instrument: str,
    as_of: date | None = None,
    by_site: bool = False,
) -> int:
    """Write the curves to `path` and the medians beside it as *_medians.csv."""
    episodes = read_episodes(engine, person, instrument=instrument, as_of=as_of)
    summaries = summarise_groups(episodes, by_site=by_site)
    medians = path.with_name(f"{path.stem}_medians{path.suffix}")
    # First the file that was asked for: if its folder is not there, its name is the one to say.
    written = write_sheet(path, CURVE_COLUMNS, _curve_rows(summaries))
    write_sheet(medians, MEDIAN_COLUMNS, _median_rows(summaries))
    return written


def summarise_groups(episodes: pd.DataFrame, *, by_site: bool = False) -> dict[str, Summary]:
    """Return the summary of all responded courses, or of each site's."""
    held = episodes[episodes["responded"].eq(True)]
    groups = dict(list(held.groupby("site"))) if by_site else {EVERYONE: held}
    return {str(name): summarise_courses(frame) for name, frame in groups.items()}


def _curve_rows(summaries: dict[str, Summary]) -> list[tuple[Any, ...]]:
    return [
        (group, table.method, *point)
        for group, summary in summaries.items()
        for table in summary.tables
        for point in zip(
            table.day.tolist(),
            table.at_risk.tolist(),
            table.survival.tolist(),
            table.ci_lower.tolist(),
            table.ci_upper.tolist(),
            strict=True,
        )
    ]


def _median_rows(summaries: dict[str, Summary]) -> list[tuple[Any, ...]]:
    return [
        (group, *_median_row(row))
        for group, summary in summaries.items()
        for row in summary.medians
    ]


def _median_row(row: MedianRow) -> tuple[Any, ...]:
    median, mean = row.median, row.restricted_mean
    return (
        row.method,
        row.patients,
        row.courses,
        row.lost,
        median.value,
        median.ci_lower,
        median.ci_upper,
        mean.value,
        mean.standard_error,
    )
