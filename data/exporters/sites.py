"""Sites compared, as CSV: what a manager may see, and nothing else, whoever exports it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data.audit import write_line
from data.database import reading, writing
from data.exporters.sheets import write_sheet
from data.publications import read_group_report
from data.queries.sites import site_names, tally_as_of
from models.disclosure import FEWEST_SHOWN
from models.outcomes.sites.compare import compare_sites
from models.outcomes.sites.verdicts import Measure, SiteResult
from models.policy import Operation, Person

COLUMNS = (
    "site", "measure", "numerator", "denominator", "crude", "adjusted", "ci_lower", "ci_upper",
    "low_95", "high_95", "low_998", "high_998", "verdict",
)  # fmt: skip


def export_sites(
    engine: Engine, person: Person, path: Path, *, instrument: str, as_of: date | None = None
) -> int:
    """Write one row a site and measure. Hidden cells are empty; limits are of the adjusted rate.

    The figures are those published, as on the page. `as_of` a day they are counted anew: for
    whoever may export the patients themselves, since two such days can be subtracted.

    hold_8_weeks counts responded courses known to hold on day 56, of all that responded; its
    crude rate is Turnbull's, which is more where some are not known.
    """
    with reading(engine) as connection:
        names = site_names(connection, person, Operation.EXPORT)
        tally = None if as_of is None else tally_as_of(connection, as_of)
    if tally is None:
        report = read_group_report(engine, instrument, fewest=FEWEST_SHOWN).of(names.values())
        comparisons = list(report.comparisons.values())
    else:
        tables = tally.tables(instrument, dict(names))
        comparisons = [compare_sites(tables, measure) for measure in Measure]
    results = [result for comparison in comparisons for result in comparison.results]
    with writing(engine) as connection:
        write_line(connection, person, Operation.EXPORT, what="sites", rows=len(results))
    return write_sheet(path, COLUMNS, [_row(r) for r in sorted(results, key=lambda r: r.site)])


def _row(result: SiteResult) -> tuple[Any, ...]:
    crude, adjusted = result.crude, result.adjusted
    return (
        result.site,
        result.measure.value,
        result.numerator,
        result.denominator,
        crude and crude.value,
        adjusted and adjusted.value,
        adjusted and adjusted.lower,
        adjusted and adjusted.upper,
        *(result.watch or (None, None)),
        *(result.differs or (None, None)),
        result.verdict,
    )
