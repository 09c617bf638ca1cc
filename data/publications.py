"""What managers read of the sites: counts as published, renewed by many patients at a time.

The counts that are kept current would tell, read twice, what one course added. So they are copied
here, and a site's copy is renewed only as models/outcomes/sites/renewal.py allows. What the whole
group's figures come to is worked out once a renewal and kept, whatever the number of patients.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, insert, select, text

from data import clock, frozen
from data.database import reading, writing
from data.freshness import clear_fresh, count_fresh, count_in_any
from data.policies import RULES, in_force
from data.site_counts import LOCK, TABLES
from data.site_reports import EVERYONE, WHATEVER, Names, SitesReport, report_sites
from models.outcomes.sites.facts import Breakdown, Mark
from models.outcomes.sites.renewal import Renewal, plan_renewal, renew_marks
from models.outcomes.sites.tally import Tally
from models.tables import (
    PublishedCase,
    PublishedMark,
    PublishedReport,
    PublishedSite,
    PublishedSpan,
    Site,
    SiteMark,
)

PUBLISHED: dict[str, Any] = {
    "marks": PublishedMark,
    "cases": PublishedCase,
    "spans": PublishedSpan,
}
AT_FIRST = Renewal(whole=True, boosters=True, kept={b: frozenset() for b in Breakdown})
# Raised when what is kept of a report means something else than before.
FORM = 2

Marks = dict[tuple[str, str, str], tuple[int, ...]]


def publish(engine: Engine, instrument: str, *, fewest: int) -> None:
    """Take over the counts of the sites of which enough patients have changed."""
    with reading(engine) as connection:
        if not _due(connection, instrument, fewest):
            return
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE published_sites IN SHARE ROW EXCLUSIVE MODE"))
            connection.execute(LOCK)
        for site, renewal in _due(connection, instrument, fewest).items():
            _renew(connection, site, instrument, renewal, fewest)
        _forget_report(connection, instrument)


def read_group_report(engine: Engine, instrument: str, *, fewest: int) -> SitesReport:
    """Return the whole group's figures as published, worked out anew only where they changed."""
    publish(engine, instrument, fewest=fewest)
    with reading(engine) as connection:
        names = dict(connection.execute(select(Site.site_id, Site.name).order_by(Site.name)).all())
        rules, renewed = in_force(connection, RULES), read_renewals(connection, instrument)
        basis = json.dumps(
            [
                FORM,
                fewest,
                rules.revision,
                [[str(site), name, str(renewed.get(site))] for site, name in names.items()],
            ]
        )
        kept = connection.execute(
            select(PublishedReport).where(PublishedReport.instrument == instrument)
        ).first()
        if kept is not None and kept.basis == basis:
            return frozen.thaw(SitesReport, kept.body)
        tally = read_published(connection, instrument)
    report = report_sites(tally, instrument, names, rules, renewed, fewest=fewest)
    with writing(engine) as connection:
        connection.execute(delete(PublishedReport).where(PublishedReport.instrument == instrument))
        row = {"instrument": instrument, "basis": basis, "body": frozen.freeze(report)}
        connection.execute(insert(PublishedReport), [row])
    return report


def read_published(connection: Connection, instrument: str, sites: Names | None = None) -> Tally:
    """Return the counts as published, of some sites or of all."""
    found: dict[str, dict[Any, tuple[int, ...]]] = {}
    for name, model in PUBLISHED.items():
        table = model.__table__
        query = select(table).where(table.c.instrument == instrument)
        if sites is not None:
            query = query.where(table.c.site_id.in_(list(sites)))
        keys = len(table.primary_key)
        found[name] = {tuple(row[:keys]): tuple(row[keys:]) for row in connection.execute(query)}
    marks = found["marks"]
    for key in [key for key in marks if key[-1] == EVERYONE]:
        marks[key[0], WHATEVER, *key[2:4], Mark.TREATED.value] = marks.pop(key)
    return Tally(**found)


def read_renewals(connection: Connection, instrument: str) -> dict[UUID, datetime]:
    query = select(PublishedSite.site_id, PublishedSite.renewed_at).where(
        PublishedSite.instrument == instrument
    )
    return dict(connection.execute(query).all())


def _forget_report(connection: Connection, instrument: str) -> None:
    connection.execute(delete(PublishedReport).where(PublishedReport.instrument == instrument))


def _due(connection: Connection, instrument: str, fewest: int) -> dict[UUID, Renewal]:
    renewed = read_renewals(connection, instrument)
    counted = select(SiteMark.site_id).where(SiteMark.instrument == instrument).distinct()
    due = {site: AT_FIRST for site in connection.scalars(counted) if site not in renewed}
    for site, fresh in count_fresh(connection, instrument).items():
        if _patients(connection, site, instrument) < fewest:
            due[site] = AT_FIRST  # nothing may be shown of it: there is nothing to subtract from
            continue
        renewal = plan_renewal(fresh, fewest)
        if renewal.whole or renewal.boosters:
            due[site] = renewal
    return due


def _renew(
    connection: Connection, site: UUID, instrument: str, renewal: Renewal, fewest: int
) -> None:
    stuck = [
        breakdown
        for breakdown, rows in renewal.kept.items()
        if rows and count_in_any(connection, site, instrument, rows) < fewest
    ]
    old = _published_marks(connection, site, instrument)
    new = renew_marks(old, _counted_marks(connection, site, instrument), renewal, stuck)
    _replace(connection, "marks", site, instrument, [(*key, *n) for key, n in new.items()])
    if renewal.whole:
        for name in ("cases", "spans"):
            rows = [row[2:] for row in _rows(connection, TABLES[name], site, instrument)]
            _replace(connection, name, site, instrument, rows)
    fresh = count_fresh(connection, instrument).get(site, {})
    settled = [question for question in fresh if renewal.settles(question, stuck)]
    clear_fresh(connection, site, instrument, settled)
    here = (PublishedSite.site_id == site, PublishedSite.instrument == instrument)
    connection.execute(delete(PublishedSite).where(*here))
    stamp = {"site_id": site, "instrument": instrument, "renewed_at": clock.now()}
    connection.execute(insert(PublishedSite), [stamp])


def _counted_marks(connection: Connection, site: UUID, instrument: str) -> Marks:
    """What is counted now, and as "everyone" all courses whatever was answered."""
    found = {row[2:5]: row[5:] for row in _rows(connection, SiteMark, site, instrument)}
    whole = (Breakdown.ALL.value, "")
    for row in _rows(connection, SiteMark, site, WHATEVER):
        if row[2:5] == (*whole, Mark.TREATED.value):
            found[*whole, EVERYONE] = row[5:]
    return found


def _published_marks(connection: Connection, site: UUID, instrument: str) -> Marks:
    return {row[2:5]: row[5:] for row in _rows(connection, PublishedMark, site, instrument)}


def _patients(connection: Connection, site: UUID, instrument: str) -> int:
    """Return how many patients are behind what is published of a site."""
    marks = _published_marks(connection, site, instrument)
    return marks.get((Breakdown.ALL.value, "", Mark.TREATED.value), (0, 0))[1]


def _rows(
    connection: Connection, model: Any, site: UUID, instrument: str
) -> Iterator[tuple[Any, ...]]:
    table = model.__table__
    query = select(table).where(table.c.site_id == site, table.c.instrument == instrument)
    return (tuple(row) for row in connection.execute(query))


def _replace(
    connection: Connection, name: str, site: UUID, instrument: str, rows: list[tuple[Any, ...]]
) -> None:
    table = PUBLISHED[name].__table__
    here = (table.c.site_id == site, table.c.instrument == instrument)
    connection.execute(delete(table).where(*here))
    if rows:
        columns = [column.name for column in table.columns]
        values = [dict(zip(columns, (site, instrument, *row), strict=True)) for row in rows]
        connection.execute(insert(table), values)
