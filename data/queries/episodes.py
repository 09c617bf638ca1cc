"""Every course of every patient, as each instrument they ever answered saw it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Select, select

from data import clock
from data.audit import write_line
from data.database import reading, writing
from data.histories import load_records
from data.instruments import catalogue
from data.policies import RULES, in_force
from data.queries.scopes import Scope
from data.results import outcomes_of
from models.outcomes.courses import Course
from models.outcomes.ending import end_reason
from models.outcomes.episodes import Episode, Held
from models.outcomes.rules import Rules
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, Site, StoredCourse, StoredEpisode

COLUMNS = (
    "patient_id", "site", "instrument", "course_no", "kind", "course_start", "course_end",
    "infusions", "baseline", "best", "responded", "remitted", "lower_days", "upper_days",
    "end_reason", "loss_on", "policy_revision",
)  # fmt: skip


def read_episodes(
    engine: Engine, person: Person, *, instrument: str | None = None, as_of: date | None = None
) -> pd.DataFrame:
    """Return one row a course and instrument, in the export's columns; `patient_id` is the code.

    Without `as_of` the stored results are read and today is each site's own day. With it, every
    patient is recomputed from what happened up to that day.
    """
    with reading(engine) as connection:
        if as_of is None:
            rows = list(_stored(connection, person, instrument))
        else:
            rows = list(_recomputed(connection, person, instrument, as_of))
    with writing(engine) as connection:
        write_line(connection, person, Operation.EXPORT, what="episodes", rows=len(rows))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values(["patient_id", "instrument", "course_no"], ignore_index=True)


def _people(person: Person) -> Select[Any]:
    query = select(
        Patient.patient_id, Patient.code, Patient.left_on, Site.name, Site.time_zone
    ).join(Site, Site.site_id == Patient.site_id)
    sites = readable_sites(person, Operation.EXPORT)
    return Scope(sites).narrow(query)


def _stored(
    connection: Connection, person: Person, instrument: str | None
) -> Iterator[tuple[Any, ...]]:
    rules = in_force(connection, RULES)
    people = _people(person).subquery()
    query = (
        select(people, StoredCourse.__table__, StoredEpisode.__table__)
        .join(StoredCourse, StoredCourse.patient_id == people.c.patient_id)
        .join(
            StoredEpisode,
            (StoredEpisode.patient_id == StoredCourse.patient_id)
            & (StoredEpisode.course_no == StoredCourse.course_no),
        )
    )
    if instrument is not None:
        query = query.where(StoredEpisode.instrument == instrument)
    for row in connection.execute(query):
        ended = end_reason(
            Held(row.held) if row.held else None,
            last_assessed_on=row.last_assessed_on,
            left_on=row.left_on,
            as_of=clock.today(row.time_zone),
            rules=rules,
        )
        yield (
            row.code, row.name, row.instrument, row.course_no, row.kind, row.start_on,
            row.end_on, row.infusions, row.baseline, row.best, row.responded, row.remitted,
            row.lower_days, row.upper_days, ended,
            row.turned_on if row.held == Held.LOST else None, row.policy_revision,
        )  # fmt: skip


def _recomputed(
    connection: Connection, person: Person, instrument: str | None, as_of: date
) -> Iterator[tuple[Any, ...]]:
    rules = in_force(connection, RULES)
    instruments = catalogue()
    people = {row.patient_id: row for row in connection.execute(_people(person))}
    for records in load_records(connection, until=as_of):
        owner = people.get(records.patient_id)
        if owner is None:
            continue
        courses, episodes = outcomes_of(records, instruments, rules)
        for code, spells in episodes.items():
            if instrument not in (None, code):
                continue
            last_on = max(score.moment.day for score in records.history.scores[code])
            for course, episode in zip(courses, spells, strict=True):
                yield _row(owner, course, episode, last_on, as_of, rules)


def _row(
    owner: Any, course: Course, episode: Episode, last_on: date, as_of: date, rules: Rules
) -> tuple[Any, ...]:
    ended = end_reason(
        episode.held, last_assessed_on=last_on, left_on=owner.left_on, as_of=as_of, rules=rules
    )
    return (
        owner.code, owner.name, episode.instrument, course.number, course.kind, course.first.day,
        course.last.day, course.infusions, episode.baseline, episode.best, episode.responded,
        episode.remitted, episode.lower_days, episode.upper_days, ended, episode.loss_on,
        rules.revision,
    )  # fmt: skip
