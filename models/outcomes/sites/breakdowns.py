"""Response by kind, indication, route or time: of each site, or of the group, never of both.

If both were shown, a site's hidden row would be what is left of the group's. So where the sites'
rows are mostly too small, the group's are shown in their place, and otherwise the group's are
sums of the sites' rows that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import NOBODY, Count, Marks, publish_months, publish_rows
from models.outcomes.sites.facts import Breakdown, Mark

# The share of a breakdown's courses that must be in rows that may be shown, for sites to be.
ENOUGH_SHOWN = 0.5
LEAVES = (Mark.RESPONDED, Mark.NOT_RESPONDING)
ALONE = (Breakdown.KIND, Breakdown.INDICATION, Breakdown.ROUTE)
TIMES = (Breakdown.QUARTER, Breakdown.MONTH)

HIDDEN = (None, None)

SiteRows = Mapping[str, Mapping[str, Marks]]
Published = dict[str, dict[str, int] | None]
# site (empty for the group), breakdown, value, stated, responded; None is hidden.
Line = tuple[str, str, str, int | None, int | None]


def break_down(
    tables: Mapping[Breakdown, SiteRows], fewest: int = FEWEST_SHOWN
) -> tuple[list[Line], list[Line]]:
    """Return the lines of the sites, and those of the group."""
    totals = {site: rows.get("", {}) for site, rows in tables[Breakdown.ALL].items()}
    whole = {site: publish_rows({"": total}, total, fewest) for site, total in totals.items()}
    shown = [site for site, rows in whole.items() if rows.get("")]
    total = _add_up(totals[site] for site in shown)
    site_lines = [line for site in shown for line in _lines(site, Breakdown.ALL, whole[site])]
    group_lines = _lines("", Breakdown.ALL, publish_rows({"": total}, total, fewest))
    for breakdowns in (*((one,) for one in ALONE), TIMES):
        ours = {site: _publish(tables, breakdowns, site, totals[site], fewest) for site in shown}
        if _share_shown(ours.values(), total) >= ENOUGH_SHOWN:
            summed = _sum(ours.values())
        else:
            joined = {b: {"": _join(tables[b], shown)} for b in breakdowns}
            ours = {site: dict.fromkeys(rows) for site, rows in ours.items()}
            summed = _publish(joined, breakdowns, "", total, fewest)
        for breakdown in breakdowns:
            for site, rows in ours.items():
                site_lines += _lines(site, breakdown, _only(rows, breakdown))
            group_lines += _lines("", breakdown, _only(summed, breakdown))
    return site_lines, group_lines


def _publish(
    tables: Mapping[Breakdown, SiteRows],
    breakdowns: tuple[Breakdown, ...],
    site: str,
    total: Marks,
    fewest: int,
) -> Published:
    if breakdowns == TIMES:
        quarters, months = (tables[breakdown].get(site, {}) for breakdown in TIMES)
        return publish_months(months, quarters, total, fewest)
    return publish_rows(tables[breakdowns[0]].get(site, {}), total, fewest)


def _only(rows: Published, breakdown: Breakdown) -> Published:
    """Quarters and months are published together; tell them apart again."""
    if breakdown not in TIMES:
        return rows
    return {v: row for v, row in rows.items() if ("-Q" in v) == (breakdown is Breakdown.QUARTER)}


def _share_shown(published: Iterable[Published], total: Marks) -> float:
    """The share of all courses in shown rows; of quarters, where there are months as well."""
    stated = sum(
        row["stated"]
        for rows in published
        for value, row in rows.items()
        if row is not None and not _is_month(value)
    )
    everything = sum(total.get(leaf, NOBODY).courses for leaf in LEAVES)
    return stated / everything if everything else 0.0


def _is_month(value: str) -> bool:
    return len(value) == 7 and value[4] == "-" and value[5:].isdigit()


def _sum(published: Iterable[Published]) -> Published:
    found: Published = {}
    for rows in published:
        for value, row in rows.items():
            if row is None:
                continue
            known = found.get(value) or {"stated": 0, "responded": 0}
            found[value] = {name: known[name] + row[name] for name in known}
    return found


def _join(rows: SiteRows, sites: list[str]) -> dict[str, Marks]:
    values = {value for site in sites for value in rows.get(site, {})}
    return {v: _add_up(rows[site].get(v, {}) for site in sites if site in rows) for v in values}


def _add_up(parts: Iterable[Marks]) -> dict[Mark, Count]:
    """Add up sites: their patients are different ones."""
    found: dict[Mark, Count] = {}
    for marks in parts:
        for mark, count in marks.items():
            known = found.get(mark, NOBODY)
            found[mark] = Count(known.courses + count.courses, known.patients + count.patients)
    return found


def _lines(site: str, breakdown: Breakdown, rows: Published) -> list[Line]:
    return [
        (site, breakdown.value, value, *((row["stated"], row["responded"]) if row else HIDDEN))
        for value, row in sorted(rows.items())
    ]
