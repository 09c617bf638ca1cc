"""The figures of the sites of a group, worked out of counts: what may be shown, and no more.

What is too small to show is left out here already: whoever gets these frames cannot work it out
(models/outcomes/disclosure.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pandas as pd

from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import NOBODY, Count, Marks, is_safe, publish_site
from models.outcomes.rules import Rules
from models.outcomes.sites.breakdowns import break_down
from models.outcomes.sites.compare import SiteTables, compare_sites
from models.outcomes.sites.durations import SiteDuration, describe_durations, describe_group
from models.outcomes.sites.facts import Breakdown, Mark
from models.outcomes.sites.tally import Tally
from models.outcomes.sites.verdicts import Comparison, Measure

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
    or, where those are mostly hidden, the group's own. `whole` is the group's curve. `renewed`
    says since when each site's figures stand. `others` is how many sites take part in the group
    without being named to this reader.
    """

    instrument: str
    funnel: pd.DataFrame
    figures: pd.DataFrame
    rows: pd.DataFrame
    group: pd.DataFrame
    comparisons: dict[Measure, Comparison]
    durations: list[SiteDuration]
    whole: SiteDuration
    rules: Rules
    renewed: dict[str, datetime]
    others: int = 0

    def in_order(self) -> list[Comparison]:
        """Return the comparisons, first the one to lead with: hold, wherever it compares any."""
        hold = self.comparisons[Measure.HOLD_8_WEEKS]
        rest = [found for found in self.comparisons.values() if found is not hold]
        return [hold, *rest] if hold.target is not None else [*rest, hold]

    def of(self, sites: Collection[str]) -> SitesReport:
        """Return what somebody may read who knows these sites by name, and else the group."""
        first = self.comparisons[Measure.RESPONSE].results
        return replace(
            self,
            funnel=_only(self.funnel, sites),
            figures=_only(self.figures, sites),
            rows=_only(self.rows, sites),
            comparisons={
                measure: replace(
                    found, results=tuple(one for one in found.results if one.site in sites)
                )
                for measure, found in self.comparisons.items()
            },
            durations=[one for one in self.durations if one.site in sites],
            renewed={site: at for site, at in self.renewed.items() if site in sites},
            others=sum(one.site not in sites and one.denominator is not None for one in first),
        )


def report_sites(
    tally: Tally,
    instrument: str,
    names: Names,
    rules: Rules,
    renewed: Mapping[UUID, datetime],
    *,
    fewest: int = FEWEST_SHOWN,
) -> SitesReport:
    """Compare these sites among themselves, and with nobody else."""
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
        describe_group(tables, fewest=fewest),
        rules,
        {name: renewed[site] for site, name in names.items() if site in renewed},
    )


def _only(frame: pd.DataFrame, sites: Collection[str]) -> pd.DataFrame:
    return frame[frame["site"].isin(list(sites))].reset_index(drop=True)


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
