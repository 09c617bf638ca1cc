"""Keeps the counts of the sites equal to what their patients' courses count as.

Whoever recomputes a patient takes away what that patient counted as and adds what they count as
now. Counts are touched last in a transaction and always in the same order, so that two of them
cannot wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Delete, bindparam, delete, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from data.histories import PatientRecords
from models.instrument import Instrument
from models.outcomes.courses import Course
from models.outcomes.episodes import Episode
from models.outcomes.sites.counting import Additions, add_up_patient
from models.outcomes.sites.facts import (
    Counted,
    Mark,
    change_of,
    count_course,
    failures_of,
    severity_of,
    step_of,
)
from models.outcomes.sites.tally import Tally
from models.outcomes.timing import time_maintenance
from models.tables import CountedCourse, SiteCase, SiteMark, SiteSpan

FACTS = [field.name for field in fields(Counted)]
TABLES = {"marks": SiteMark, "cases": SiteCase, "spans": SiteSpan}
# Held against everyone else's additions while all counts are written anew.
LOCK = text("LOCK TABLE site_marks, site_cases, site_spans IN SHARE ROW EXCLUSIVE MODE")


def count_patient(
    records: PatientRecords,
    courses: Sequence[Course],
    episodes: Mapping[str, Sequence[Episode]],
    instruments: Mapping[str, Instrument],
) -> list[Counted]:
    """Return what a patient's courses count as: once as such, and once an instrument answered."""
    failures = failures_of(records.covariates)
    plain = [
        count_course(
            records.site_id,
            course,
            indication=records.indication,
            route=records.routes.get(course.last.day),
            failures=failures,
        )
        for course in courses
    ]
    counted = list(plain)
    for code, spells in episodes.items():
        timed = time_maintenance(courses, spells, records.history.scores[code], instruments[code])
        boosters = {
            one.course_no: (one.timing.value, records.givers.get(one.given_on)) for one in timed
        }
        counted += [
            _describe(as_such, episode, instruments[code], *boosters.get(as_such.course_no, ()))
            for as_such, episode in zip(plain, spells, strict=True)
        ]
    return counted


def _describe(
    course: Counted,
    episode: Episode,
    instrument: Instrument,
    booster: str | None = None,
    given_by: str | None = None,
) -> Counted:
    facts = {name: getattr(course, name) for name in FACTS} | {
        "instrument": instrument.code,
        "severity": severity_of(episode.baseline, instrument),
        "step": step_of(episode),
        "remitted": episode.remitted,
        "change": change_of(episode, instrument),
        "lower_days": episode.lower_days,
        "upper_days": episode.upper_days,
        "booster": booster,
        "given_by": given_by,
    }
    return Counted(**facts)


def counted_row(patient_id: UUID, course: Counted) -> dict[str, Any]:
    """Return the stored form of what a course counts as."""
    row = {name: getattr(course, name) for name in FACTS if name != "site"}
    change = None if course.change is None else course.change.value
    return row | {
        "patient_id": patient_id,
        "site_id": course.site,
        "step": course.step.value,
        "change": change,
    }


def read_counted(row: Mapping[str, Any]) -> Counted:
    """Return what a stored row says a course counts as."""
    facts = {name: row[name] for name in FACTS if name != "site"}
    facts["step"] = Mark(row["step"])
    facts["change"] = None if row["change"] is None else Mark(row["change"])
    return Counted(site=row["site_id"], **facts)


def note_changes(
    tally: Tally, before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> None:
    """Add to `tally` what changes when these stored rows are replaced with those."""
    old, new = _by_patient(before), _by_patient(after)
    for patient_id in old.keys() | new.keys():
        was, now = old.get(patient_id, []), new.get(patient_id, [])
        if was != now:
            tally.add(add_up_patient(map(read_counted, was)), -1)
            tally.add(add_up_patient(map(read_counted, now)))


def _by_patient(rows: Iterable[Mapping[str, Any]]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["patient_id"], []).append(dict(row))
    for held in found.values():
        held.sort(key=itemgetter("instrument", "course_no"))
    return found


def add_to_counts(connection: Connection, changes: Tally) -> None:
    """Add changes, which may be negative, to the stored counts; what came to nothing goes."""
    for name, model in TABLES.items():
        rows = [_row(model, key, amounts) for key, amounts in getattr(changes, name).items()]
        if rows:
            rows.sort(key=lambda row: [str(row[column]) for column in _key(model)])
            connection.execute(_addition(connection.dialect.name, model), rows)
        fewer = [
            {f"at_{name}": row[name] for name in _key(model)} for row in rows if row["courses"] < 0
        ]
        if fewer:
            connection.execute(_clearing(model), fewer)


def recount(connection: Connection) -> int:
    """Count everybody anew; return how many stored counts were wrong."""
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK)
    tally = Tally()
    for patient in _everyone(connection):
        tally.add(patient)
    return sum(_replace(connection, model, getattr(tally, name)) for name, model in TABLES.items())


def read_tally(connection: Connection, instruments: Sequence[str], sites: Any = None) -> Tally:
    """Return the stored counts on some instruments, of some sites or (None) of all."""
    found = {}
    for name, model in TABLES.items():
        table = model.__table__
        query = select(table).where(table.c.instrument.in_(instruments))
        if sites is not None:
            query = query.where(table.c.site_id.in_(sites))
        keys = len(_key(model))
        found[name] = {tuple(row[:keys]): tuple(row[keys:]) for row in connection.execute(query)}
    return Tally(**found)


def _everyone(connection: Connection) -> Iterator[Additions]:
    table = CountedCourse.__table__
    query = select(table).order_by(table.c.patient_id, table.c.instrument, table.c.course_no)
    rows = connection.execute(query).mappings()
    for _, held in groupby(rows, key=itemgetter("patient_id")):
        yield add_up_patient(map(read_counted, held))


def _replace(connection: Connection, model: type, wanted: Mapping[Any, Any]) -> int:
    table, keys = model.__table__, len(_key(model))
    stored = {tuple(row[:keys]): tuple(row[keys:]) for row in connection.execute(select(table))}
    if stored == wanted:
        return 0
    connection.execute(delete(table))
    if wanted:
        connection.execute(insert(table), [_row(model, *item) for item in wanted.items()])
    return sum(stored.get(key) != wanted.get(key) for key in stored.keys() | wanted.keys())


@cache
def _key(model: type) -> tuple[str, ...]:
    return tuple(column.name for column in model.__table__.primary_key)


@cache
def _amounts(model: type) -> tuple[str, ...]:
    return tuple(c.name for c in model.__table__.columns if c.name not in _key(model))


def _row(model: type, key: Sequence[Any], amounts: Sequence[int]) -> dict[str, Any]:
    names = (*_key(model), *_amounts(model))
    return dict(zip(names, (*key, *amounts), strict=True))


@cache
def _addition(dialect: str, model: type) -> Any:
    table = model.__table__
    add = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    sums = {name: table.c[name] + add.excluded[name] for name in _amounts(model)}
    return add.on_conflict_do_update(index_elements=list(_key(model)), set_=sums)


@cache
def _clearing(model: type) -> Delete:
    table = model.__table__
    here = [table.c[name] == bindparam(f"at_{name}") for name in _key(model)]
    return delete(table).where(table.c.courses == 0, *here)
