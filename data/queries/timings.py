"""When maintenance infusions came at a site, and by whom they were given.

Counted from what each course counts as, which is kept as it changes; no history is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Select, case, func, select

from data.database import reading
from data.looks import note_look
from data.publications import publish, read_published
from data.queries.sites import site_names
from models.disclosure import FEWEST_SHOWN
from models.outcomes.disclosure import IN_TIME, publish_timings
from models.outcomes.sites.facts import Breakdown, Mark
from models.outcomes.timing import Timing
from models.policy import Operation, Person
from models.spellings import join_spellings
from models.tables import CountedCourse

# The fields of SiteTimings after the site, in order.
FIGURES = (
    Mark.BOOSTED_EARLY, Mark.BOOSTED_ON_TIME, IN_TIME, Mark.BOOSTED_LATE, Mark.BOOSTED_UNKNOWN,
)  # fmt: skip


@dataclass(frozen=True)
class GivenTimings:
    """Maintenance courses that followed a response, by who gave their first infusion.

    No `given_by`: nobody said. A name is one however it was typed in case and spaces. `patients`
    are different ones.
    """

    site: str
    given_by: str | None
    patients: int
    counts: dict[Timing, int]


@dataclass(frozen=True)
class SiteTimings:
    """The same of a whole site, as finely as may be shown.

    What is too small to show is None; `in_time` is early ones and those on time together.
    """

    site: str
    early: int | None = None
    on_time: int | None = None
    in_time: int | None = None
    late: int | None = None
    unknown: int | None = None


def read_timings(
    engine: Engine, person: Person, instrument: str, *, site_id: UUID | None = None
) -> list[GivenTimings]:
    """Return the counts of the sites whose patients this person may list, by site and name."""
    with reading(engine) as connection:
        names = site_names(connection, person, Operation.LIST_PATIENTS)
        chosen = [one for one in names if site_id in (None, one)]
        whose = _one_spelling(connection, instrument, chosen)
        counts = _by_giver(connection, instrument, chosen, whose, CountedCourse.booster)
        patients = _by_giver(connection, instrument, chosen, whose)
    note_look(
        engine, person, Operation.READ_CURVES,
        site_id=site_id, instrument=instrument, page="timing",
    )  # fmt: skip
    found: dict[tuple[str, str | None], dict[Timing, int]] = {}
    for site, given_by, timing, courses, _ in counts:
        parts = found.setdefault((names[site], given_by), dict.fromkeys(Timing, 0))
        parts[Timing(timing)] = courses
    different = {(names[site], given_by): count for site, given_by, _, count in patients}
    return [
        GivenTimings(site, given_by, different[site, given_by], found[site, given_by])
        for site, given_by in sorted(found, key=lambda key: (key[0], key[1] is None, key[1] or ""))
    ]


def read_site_timings(
    engine: Engine, person: Person, instrument: str, *, fewest: int = FEWEST_SHOWN
) -> list[SiteTimings]:
    """Return what may be shown of each site this person may read, out of the counts published."""
    with reading(engine) as connection:
        names = site_names(connection, person, Operation.READ_CURVES)
    publish(engine, instrument, fewest=fewest)
    with reading(engine) as connection:
        tally = read_published(connection, instrument, names)
    note_look(engine, person, Operation.READ_CURVES, instrument=instrument)
    marks = tally.rows_of(instrument, Breakdown.ALL)
    found = []
    for site_id, name in names.items():
        shown = publish_timings(marks.get(site_id, {}).get("", {}), fewest)
        found.append(SiteTimings(name, *(shown.get(figure) for figure in FIGURES)))
    return found


def _one_spelling(
    connection: Connection, instrument: str, sites: Sequence[UUID]
) -> ColumnElement[str | None]:
    """Return the name of who gave each, those written in other case or spaces as one."""
    query = (
        select(CountedCourse.given_by, func.count())
        .where(*_are_boosters(instrument, sites), CountedCourse.given_by.is_not(None))
        .group_by(CountedCourse.given_by)
    )
    spellings = join_spellings({name: count for name, count in connection.execute(query)})
    other = {name: shown for name, shown in spellings.items() if name != shown}
    written = CountedCourse.given_by
    return case(other, value=written, else_=written) if other else written


def _by_giver(
    connection: Connection,
    instrument: str,
    sites: Sequence[UUID],
    whose: ColumnElement[str | None],
    *more: Any,
) -> list[Any]:
    """Count courses and different patients by site, who gave them, and what is asked besides."""
    counts = (func.count(), func.count(CountedCourse.patient_id.distinct()))
    query: Select[Any] = (
        select(CountedCourse.site_id, whose.label("whose"), *more, *counts)
        .where(*_are_boosters(instrument, sites))
        # By its label: PostgreSQL takes the same words with other parameters for something else.
        .group_by(CountedCourse.site_id, "whose", *more)
    )
    return list(connection.execute(query))


def _are_boosters(instrument: str, sites: Sequence[UUID]) -> tuple[ColumnElement[bool], ...]:
    return (
        CountedCourse.instrument == instrument,
        CountedCourse.site_id.in_(sites),
        CountedCourse.booster.is_not(None),
    )
