"""How long flags wait for somebody: counts and medians, no names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from data.database import reading
from models.disclosure import is_shown
from models.policy import Operation, Person, readable_sites
from models.tables import Flag, Patient, Site


@dataclass(frozen=True, slots=True)
class FirstAction:
    """How long the first action took. `median` is None when at least half still wait.

    A site of 1 to 10 flags says neither number to whoever may not know its patients.
    """

    site: str | None  # None: all of them together
    flags: int | None
    waiting: int | None
    median: timedelta | None


def time_to_first_action(
    engine: Engine,
    person: Person,
    *,
    since: datetime,
    until: datetime,
    site_id: UUID | None = None,
) -> tuple[FirstAction, ...]:
    """Return, for all sites together and then each, how long flags raised in a span waited.

    Counts and medians only. A flag that nobody has acted on counts as one that took longer than
    any other, so that what is forgotten cannot make the median look short.
    """
    with reading(engine) as connection:
        sites = readable_sites(person, Operation.READ_CURVES)
        query = (
            select(Site.site_id, Site.name, Flag.raised_at, Flag.first_action_at)
            .join(Patient, Patient.patient_id == Flag.patient_id)
            .join(Site, Site.site_id == Patient.site_id)
            .where(Flag.raised_at >= since, Flag.raised_at < until)
        )
        if sites is not None:
            query = query.where(Site.site_id.in_(sites))
        if site_id is not None:
            query = query.where(Site.site_id == site_id)
        rows = connection.execute(query).all()
    return tuple(_summaries(person, rows))


def _summaries(person: Person, rows: Collection[Any]) -> Iterator[FirstAction]:
    by_site: dict[tuple[str, UUID], list[Any]] = {}
    for row in rows:
        by_site.setdefault((row.name, row.site_id), []).append(row)
    known = {site_id for _, site_id in by_site if _may_list(person, site_id)}
    yield _summarise(None, rows, is_known=len(known) == len(by_site))
    found = [
        _summarise(name, some, is_known=site_id in known)
        for (name, site_id), some in sorted(by_site.items())
    ]
    yield from _hide_differences(found)


def _hide_differences(found: list[FirstAction]) -> list[FirstAction]:
    """Hide a second site where one is hidden: the total less the others would say its number."""
    shown = [each for each in found if each.flags]
    if len(found) - len([each for each in found if each.flags is not None]) != 1 or not shown:
        return found
    smallest = min(shown, key=lambda each: each.flags or 0)
    return [
        FirstAction(each.site, None, None, None) if each is smallest else each for each in found
    ]


def _may_list(person: Person, site_id: UUID) -> bool:
    return person.may(Operation.LIST_PATIENTS, person.relation_to(site_id))


def _summarise(site: str | None, rows: Collection[Any], *, is_known: bool) -> FirstAction:
    if not is_known and not is_shown(len(rows)):
        return FirstAction(site, None, None, None)
    waits = [
        (row.first_action_at - row.raised_at).total_seconds()
        for row in rows
        if row.first_action_at is not None
    ]
    waiting = len(rows) - len(waits)
    middle = median([*waits, *[float("inf")] * waiting]) if rows else float("inf")
    known = middle != float("inf")
    # Who may not know the people is not told how few of them still wait either.
    told = waiting if is_known or is_shown(waiting) else None
    return FirstAction(site, len(rows), told, timedelta(seconds=middle) if known else None)
