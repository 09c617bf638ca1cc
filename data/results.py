"""Keeps courses, episodes and summary rows equal to the records they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, tuple_

from data.histories import PatientRecords, load_records
from data.instruments import catalogue
from data.policies import rules_in_force
from models.instrument import Instrument
from models.outcomes.courses import Course, group_courses
from models.outcomes.episodes import Episode, build_episodes
from models.outcomes.rules import Rules
from models.outcomes.standing import summarise
from models.tables import Patient, Standing, StoredCourse, StoredEpisode

# Large enough to amortise a statement, small enough for SQLite's limit on bound values.
BATCH = 500

T = TypeVar("T")

Rows = dict[type, dict[tuple[Any, ...], dict[str, Any]]]


def recompute(connection: Connection, patient_ids: Sequence[UUID]) -> int:
    """Recompute the results of some patients and write those that changed; return how many rows."""
    rules = rules_in_force(connection)
    return sum(
        _write_changes(connection, batch, _compute(connection, batch, rules))
        for batch in _batches(patient_ids)
    )


def recompute_all(connection: Connection, tell: Callable[[int, int], None] | None = None) -> int:
    """Recompute every patient; `tell` hears how many of how many are done."""
    everyone = connection.scalars(select(Patient.patient_id).order_by(Patient.patient_id)).all()
    changed = done = 0
    for batch in _batches(everyone):
        changed += recompute(connection, batch)
        done += len(batch)
        if tell:
            tell(done, len(everyone))
    return changed


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


def _compute(connection: Connection, patient_ids: Sequence[UUID], rules: Rules) -> Rows:
    instruments = catalogue()
    rows: Rows = {StoredCourse: {}, StoredEpisode: {}, Standing: {}}
    for records in load_records(connection, patient_ids):
        courses, episodes = outcomes_of(records, instruments, rules)
        for course in courses:
            _put(rows, StoredCourse, _course_row(records, course))
        for code, spells in episodes.items():
            last_on = max(score.moment.day for score in records.history.scores[code])
            for episode in spells:
                row = _episode_row(records.patient_id, episode, rules)
                _put(rows, StoredEpisode, row | {"last_assessed_on": last_on})
        standing = summarise(
            records.history, records.indication, courses, episodes, instruments, records.safety
        )
        who = {"patient_id": records.patient_id, "code": records.code}
        _put(rows, Standing, who | asdict(standing))
    return rows


def _put(rows: Rows, table: type, row: dict[str, Any]) -> None:
    rows[table][tuple(row[column.name] for column in table.__table__.primary_key)] = row


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


def _write_changes(connection: Connection, patient_ids: Sequence[UUID], rows: Rows) -> int:
    """Delete what is gone or different, insert what is new; equal rows are left alone."""
    changed = 0
    for table, wanted in rows.items():
        columns = table.__table__
        stored = {
            tuple(row[column.name] for column in columns.primary_key): dict(row)
            for row in connection.execute(
                select(columns).where(columns.c.patient_id.in_(patient_ids))
            ).mappings()
        }
        stale = [key for key, row in stored.items() if wanted.get(key) != row]
        fresh = [row for key, row in wanted.items() if stored.get(key) != row]
        for keys in _batches(stale):
            connection.execute(delete(columns).where(tuple_(*columns.primary_key).in_(keys)))
        if fresh:
            connection.execute(insert(columns), fresh)
        changed += len(fresh) + sum(key not in wanted for key in stale)
    return changed
