"""Keeps courses, episodes, summary rows and counts equal to the records they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import (
    Connection,
    Delete,
    Insert,
    Select,
    Update,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from data.freshness import mark_fresh
from data.histories import PatientRecords, bind_patients, is_chosen, load_records
from data.instruments import catalogue
from data.policies import RULES, in_force
from data.site_counts import add_to_counts, count_patient, counted_row, note_changes, recount
from models.instrument import Instrument
from models.outcomes.courses import Course, group_courses
from models.outcomes.episodes import Episode, build_episodes
from models.outcomes.rules import Rules
from models.outcomes.sites.tally import Tally
from models.outcomes.standing import Standing as Summary
from models.outcomes.standing import summarise
from models.tables import CountedCourse, Patient, Standing, StoredCourse, StoredEpisode

# Large enough to amortise a statement, small enough for SQLite's limit on bound values.
BATCH = 500

# Read by name: dataclasses.asdict would copy each of the recent scores.
SUMMARY = [field.name for field in fields(Summary)]

# What a statement calls a column of the key, to tell it from a value to be written.
KEY = "key_"

T = TypeVar("T")

Rows = dict[type, dict[tuple[Any, ...], dict[str, Any]]]


def recompute(connection: Connection, patient_ids: Sequence[UUID]) -> int:
    """Recompute the results of some patients and write those that changed; return how many rows.

    The patients then belong to this transaction until its end: of two at once on PostgreSQL,
    neither would see the other's records, and the later would overwrite the earlier's results.
    """
    counts = Tally()
    changed = sum(
        _write_changes(connection, batch, _compute(connection, batch), counts)
        for batch in _batches(patient_ids)
    )
    add_to_counts(connection, counts)
    return changed


def recompute_all(connection: Connection, tell: Callable[[int, int], None] | None = None) -> int:
    """Recompute every patient; `tell` hears how many of how many are done."""
    everyone = connection.scalars(select(Patient.patient_id).order_by(Patient.patient_id)).all()
    changed = done = 0
    for batch in _batches(everyone):
        changed += _write_changes(connection, batch, _compute(connection, batch), Tally())
        done += len(batch)
        if tell:
            tell(done, len(everyone))
    return changed + recount(connection)


def outcomes_of(
    records: PatientRecords, instruments: Mapping[str, Instrument], rules: Rules
) -> tuple[list[Course], dict[str, list[Episode]]]:
    """Return a patient's courses and, per instrument ever answered, the episodes."""
    courses = group_courses(records.history.infusions, rules)
    episodes = {
        code: build_episodes(courses, scores, instruments[code], rules)
        for code, scores in records.history.scores.items()
        if code in instruments
    }
    return courses, episodes


def _batches(things: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(things), BATCH):
        yield list(things[start : start + BATCH])


def _compute(connection: Connection, patient_ids: Sequence[UUID]) -> Rows:
    instruments = catalogue()
    rows: Rows = {StoredCourse: {}, StoredEpisode: {}, Standing: {}, CountedCourse: {}}
    histories = list(load_records(connection, patient_ids, hold=True))
    # Asked only now: whoever changes the rules holds all patients until the change is in force.
    rules = in_force(connection, RULES)
    for records in histories:
        courses, episodes = outcomes_of(records, instruments, rules)
        for course in courses:
            _put(rows, StoredCourse, _course_row(records, course))
        for code, spells in episodes.items():
            last_on = max(score.moment.day for score in records.history.scores[code])
            for episode in spells:
                row = _episode_row(records.patient_id, episode, rules)
                _put(rows, StoredEpisode, row | {"last_assessed_on": last_on})
        for counted in count_patient(records, courses, episodes, instruments):
            _put(rows, CountedCourse, counted_row(records.patient_id, counted))
        standing = summarise(
            records.history, records.indication, courses, episodes, instruments, records.safety
        )
        who = {"patient_id": records.patient_id, "code": records.code}
        _put(rows, Standing, who | {field: getattr(standing, field) for field in SUMMARY})
    return rows


def _put(rows: Rows, table: type, row: dict[str, Any]) -> None:
    rows[table][_statements(table).key(row)] = row


def _course_row(records: PatientRecords, course: Course) -> dict[str, Any]:
    return {
        "patient_id": records.patient_id,
        "course_no": course.number,
        "kind": course.kind.value,
        "infusions": course.infusions,
        "start_on": course.first.day,
        "end_on": course.last.day,
        "route": records.routes.get(course.last.day),
    }


def _episode_row(patient_id: UUID, episode: Episode, rules: Rules) -> dict[str, Any]:
    return {
        "patient_id": patient_id,
        "instrument": episode.instrument,
        "course_no": episode.course.number,
        "baseline": episode.baseline,
        "baseline_on": episode.baseline_on,
        "best": episode.best,
        "followups": episode.followups,
        "responded": episode.responded,
        "remitted": episode.remitted,
        "unstated": episode.unstated and episode.unstated.value,
        "held": episode.held and episode.held.value,
        "lower_days": episode.lower_days,
        "upper_days": episode.upper_days,
        "turned_on": episode.turned_on,
        "policy_revision": rules.revision,
    }


class _Statements(NamedTuple):
    """How one table of results is told apart by key and written, built once a table."""

    key: Callable[[Mapping[str, Any]], Any]
    remove: Delete
    change: Update
    add: Insert


@cache
def _statements(model: type) -> _Statements:
    table = model.__table__
    key = [column.name for column in table.primary_key]
    here = [table.c[name] == bindparam(KEY + name) for name in key]
    return _Statements(
        key=itemgetter(*key),
        remove=delete(table).where(*here),
        change=update(table).where(*here),
        add=insert(table),
    )


@cache
def _stored(model: type, several: bool) -> Select[Any]:
    table = model.__table__
    return select(table).where(is_chosen(table.c.patient_id, several))


def _write_changes(
    connection: Connection, patient_ids: Sequence[UUID], rows: Rows, counts: Tally
) -> int:
    """Delete what is gone, update what is different, insert what is new; equal rows stay.

    What this changes in the sites' counts is added to `counts`.
    """
    changed = 0
    asked, several = bind_patients(patient_ids), len(patient_ids) != 1
    for model, wanted in rows.items():
        run = _statements(model)
        found = connection.execute(_stored(model, several), asked).mappings()
        stored = {run.key(row): dict(row) for row in found}
        gone = [_named(model, row) for key, row in stored.items() if key not in wanted]
        moved = [
            _named(model, row)
            for key, row in wanted.items()
            if key in stored and stored[key] != row
        ]
        new = [row for key, row in wanted.items() if key not in stored]
        for statement, values in ((run.remove, gone), (run.change, moved), (run.add, new)):
            if values:
                connection.execute(statement, values)
        if model is CountedCourse:
            note_changes(counts, stored.values(), wanted.values())
            mark_fresh(connection, stored.values(), wanted.values())
        changed += len(gone) + len(moved) + len(new)
    return changed


def _named(model: type, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its key named as the statements name it, apart from what is written."""
    key = model.__table__.primary_key.columns
    return {KEY + name if name in key else name: value for name, value in row.items()}
