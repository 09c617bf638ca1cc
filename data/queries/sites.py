"""The sites of a group beside one another: counts, never patients.

Read from the counts that are kept current with the episodes, so a page costs as much for a
million patients as for a thousand. What is too small to show is left out here already: whoever
gets these frames cannot work it out (models/outcomes/disclosure.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pandas as pd
from sqlalchemy import Connection, Engine, select

from data.database import reading
from data.histories import load_records
from data.instruments import catalogue
from data.looks import note_look
from data.policies import rules_in_force
from data.results import outcomes_of
from data.site_counts import count_patient, read_tally
from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import (
    NOBODY,
    Count,
    Marks,
    is_safe,
    publish_site,
)
from models.outcomes.rules import Rules
from models.outcomes.sites.breakdowns import break_down
from models.outcomes.sites.compare import SiteTables, compare_sites
from models.outcomes.sites.counting import add_up_patient
from models.outcomes.sites.durations import SiteDuration, describe_durations
from models.outcomes.sites.facts import Breakdown, Mark
from models.outcomes.sites.tally import Tally
from models.outcomes.sites.verdicts import Comparison, Measure
from models.policy import Operation, Person, readable_sites
from models.tables import Site

# Names of sites, by key.
Names = Mapping[UUID, str]
# A course counts under this besides its instruments: it was given, whatever was answered.
WHATEVER = ""
EVERYONE = "everyone"
STEPS = (
    EVERYONE, Mark.TREATED, "baseline", "followed", "stated", Mark.RESPONDED, Mark.HELD_4,
    Mark.HELD_8, Mark.HELD_12,
)  # fmt: skip


@dataclass(frozen=True)
class SitesReport:
    """Everything the pages about sites show of one instrument.

    funnel: site, step, courses, fell_out - the steps that may be shown, in order; fell_out is
    from the step before it. "everyone" counts courses of patients who never answered as well.
    figures: site, mark, courses, of, share. rows: site, breakdown, value, stated, responded,
    share; empty cells are hidden. group: the same without site: sums of the sites' rows shown,
    or, where those are mostly hidden, the group's own.
    """

    instrument: str
    funnel: pd.DataFrame
    figures: pd.DataFrame
    rows: pd.DataFrame
    group: pd.DataFrame
    comparisons: dict[Measure, Comparison]
    durations: list[SiteDuration]
    rules: Rules


def read_sites(
    engine: Engine, person: Person, instrument: str, *, fewest: int = FEWEST_SHOWN
) -> SitesReport:
    """Return the figures of every site this person may read, compared among themselves."""
    with reading(engine) as connection:
        names = site_names(connection, person, Operation.READ_CURVES)
        tally = read_tally(connection, [instrument, WHATEVER], list(names))
        rules = rules_in_force(connection)
    note_look(engine, person, Operation.READ_CURVES, instrument=instrument)
    return report_sites(tally, instrument, names, rules, fewest=fewest)


def report_sites(
    tally: Tally, instrument: str, names: Names, rules: Rules, *, fewest: int = FEWEST_SHOWN
) -> SitesReport:
    tables = tally.tables(instrument, dict(names))
    rows, group = _rows(tally, instrument, names, fewest)
    return SitesReport(
        instrument,
        _funnel(tables, tally.tables(WHATEVER, dict(names)), fewest),
        _figures(tables, fewest),
        rows,
        group,
        {measure: compare_sites(tables, measure, fewest=fewest) for measure in Measure},
        describe_durations(tables, fewest=fewest),
        rules,
    )


def site_names(connection: Connection, person: Person, operation: Operation) -> dict[UUID, str]:
    """Return the sites this person may do this to, in order of name."""
    allowed = readable_sites(person, operation)
    query = select(Site.site_id, Site.name).order_by(Site.name)
    if allowed is not None:
        query = query.where(Site.site_id.in_(allowed))
    return {row.site_id: row.name for row in connection.execute(query)}


def tally_as_of(connection: Connection, as_of: date) -> Tally:
    """Count everybody anew from what had happened by a day."""
    rules, instruments, tally = rules_in_force(connection), catalogue(), Tally()
    for records in load_records(connection, until=as_of):
        courses, episodes = outcomes_of(records, instruments, rules)
        tally.add(add_up_patient(count_patient(records, courses, episodes, instruments)))
    return tally


def _funnel(
    tables: Mapping[str, SiteTables], whatever: Mapping[str, SiteTables], fewest: int
) -> pd.DataFrame:
    found: list[tuple[Any, ...]] = []
    for name, site in tables.items():
        shown = publish_site(site.marks, fewest)
        shown |= _everyone(shown, site.marks, whatever[name].marks, fewest)
        before: int | None = None
        for step in STEPS:
            if step in shown:
                fell = None if before is None else before - shown[step]
                found.append((name, str(step), shown[step], fell))
                before = shown[step]
    return pd.DataFrame(found, columns=["site", "step", "courses", "fell_out"])


def _everyone(
    shown: Mapping[str, int], asked: Marks, all_courses: Marks, fewest: int
) -> dict[str, int]:
    """All courses of the site, of patients who never answered this instrument as well."""
    here = asked.get(Mark.TREATED, NOBODY)
    everyone = all_courses.get(Mark.TREATED, NOBODY)
    never = Count(everyone.courses - here.courses, everyone.patients - here.patients)
    if Mark.TREATED not in shown or not is_safe([never], fewest):
        return {}
    return {EVERYONE: everyone.courses}


# What is counted, and of what.
WHOLES = {
    Mark.RESPONDED: "stated",
    Mark.REMITTED: "stated",
    Mark.IMPROVED: "stated",
    Mark.WORSENED: "stated",
    Mark.HELD_4: Mark.RESPONDED,
    Mark.HELD_8: Mark.RESPONDED,
    Mark.HELD_12: Mark.RESPONDED,
    Mark.LOST_BY_4: Mark.RESPONDED,
    Mark.LOST_BY_8: Mark.RESPONDED,
    Mark.LOST_BY_12: Mark.RESPONDED,
}
BOOSTERS = (Mark.BOOSTED_EARLY, Mark.BOOSTED_ON_TIME, Mark.BOOSTED_LATE)


def _figures(tables: Mapping[str, SiteTables], fewest: int) -> pd.DataFrame:
    found: list[tuple[Any, ...]] = []
    for name, site in tables.items():
        shown = publish_site(site.marks, fewest)
        for mark, whole in WHOLES.items():
            if mark in shown and shown.get(whole):
                found.append((name, mark.value, shown[mark], shown[whole]))
        timed = sum(shown.get(mark, 0) for mark in BOOSTERS)
        if timed:
            found.append((name, Mark.BOOSTED_LATE.value, shown[Mark.BOOSTED_LATE], timed))
    frame = pd.DataFrame(found, columns=["site", "mark", "courses", "of"])
    return frame.assign(share=frame["courses"] / frame["of"])


def _rows(tally: Tally, instrument: str, names: Names, fewest: int) -> tuple[Any, Any]:
    columns = ["site", "breakdown", "value", "stated", "responded"]
    tables = {breakdown: tally.rows_of(instrument, breakdown) for breakdown in Breakdown}
    site_rows, group_rows = break_down(
        {b: {name: held.get(key, {}) for key, name in names.items()} for b, held in tables.items()},
        fewest,
    )
    rows = pd.DataFrame(site_rows, columns=columns)
    group = pd.DataFrame(group_rows, columns=columns).drop(columns="site")
    return _share(rows), _share(group)


def _share(frame: pd.DataFrame) -> pd.DataFrame:
    counted = frame.astype({"stated": "Float64", "responded": "Float64"})
    return counted.assign(share=counted["responded"] / counted["stated"])
