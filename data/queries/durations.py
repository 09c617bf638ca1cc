"""How long responses held: the responded courses a filter leaves, ready for the curves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
from sqlalchemy import Engine, Select, func, select

from data.database import reading
from data.looks import note_look
from data.policies import RULES, in_force
from models.outcomes.curves import Summary, summarise
from models.outcomes.ending import end_reason
from models.outcomes.episodes import Held
from models.outcomes.rules import Rules
from models.policy import Operation, Person, readable_sites
from models.tables import Patient, StoredCourse, StoredEpisode

# The bootstrap limits are drawn at random; a fixed seed draws the same curve twice, on the page
# and in the exported file.
SEED = 20_260_101


@dataclass(frozen=True)
class DurationFilter:
    """Blanks do not narrow. Dates are of the course's last infusion."""

    instrument: str
    site_id: UUID | None = None
    indication: str | None = None
    kind: str | None = None
    route: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Durations:
    """courses: patient_id, code, course_no, kind, start_on, end_on, lower_days, upper_days,
    end_reason, one row a responded course. `counted`: all courses on the instrument by what
    was stated of them ("responded", "not_responding", or why nothing could be).
    """

    courses: pd.DataFrame
    counted: dict[str, int]
    rules: Rules


def read_durations(
    engine: Engine, person: Person, wanted: DurationFilter, *, today: date
) -> Durations:
    """Return the courses of patients this person may list: counts of today, and one row each.

    Whoever may not know the patients reads what is published of sites (data.queries.sites).
    """
    with reading(engine) as connection:
        tally, held = _queries(person, wanted)
        rules = in_force(connection, RULES)
        counted = {_label(*row[:2]): row[2] for row in connection.execute(tally)}
        result = connection.execute(held)
        frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    frame["end_reason"] = [
        str(
            end_reason(
                Held(row.held),
                last_assessed_on=row.last_assessed_on,
                left_on=row.left_on,
                as_of=today,
                rules=rules,
            )
        )
        for row in frame.itertuples()
    ]
    frame = frame.drop(columns=["held", "last_assessed_on", "left_on"])
    note_look(
        engine,
        person,
        Operation.LIST_PATIENTS,
        site_id=wanted.site_id,
        page="durations",
        instrument=wanted.instrument,
    )
    return Durations(frame, counted, rules)


def _queries(person: Person, wanted: DurationFilter) -> tuple[Select[Any], Select[Any]]:
    """Return the count of all courses, and the responded ones."""
    joined = (
        select(StoredEpisode)
        .join(
            StoredCourse,
            (StoredCourse.patient_id == StoredEpisode.patient_id)
            & (StoredCourse.course_no == StoredEpisode.course_no),
        )
        .join(Patient, Patient.patient_id == StoredEpisode.patient_id)
        .where(StoredEpisode.instrument == wanted.instrument, *_conditions(person, wanted))
    )
    tally = joined.with_only_columns(
        StoredEpisode.responded, StoredEpisode.unstated, func.count()
    ).group_by(StoredEpisode.responded, StoredEpisode.unstated)
    held = joined.where(StoredEpisode.responded.is_(True)).with_only_columns(
        StoredEpisode.patient_id,
        Patient.code,
        StoredEpisode.course_no,
        StoredCourse.kind,
        StoredCourse.start_on,
        StoredCourse.end_on,
        StoredEpisode.lower_days,
        StoredEpisode.upper_days,
        StoredEpisode.held,
        StoredEpisode.last_assessed_on,
        Patient.left_on,
    )
    return tally, held


def summarise_courses(courses: pd.DataFrame) -> Summary:
    """Return the curves of responded courses: patient_id, lower_days and upper_days a row."""
    upper = pd.to_numeric(courses["upper_days"]).fillna(np.inf)
    return summarise(
        pd.to_numeric(courses["lower_days"]).to_numpy(float),
        upper.to_numpy(float),
        courses["patient_id"].to_numpy(),
        seed=SEED,
    )


def _conditions(person: Person, wanted: DurationFilter) -> list[object]:
    sites = readable_sites(person, Operation.LIST_PATIENTS)
    pairs = [
        (sites, lambda: Patient.site_id.in_(sites)),
        (wanted.site_id, lambda: Patient.site_id == wanted.site_id),
        (wanted.indication, lambda: Patient.indication == wanted.indication),
        (wanted.kind, lambda: StoredCourse.kind == wanted.kind),
        (wanted.route, lambda: StoredCourse.route == wanted.route),
        (wanted.since, lambda: StoredCourse.end_on >= wanted.since),
        (wanted.until, lambda: StoredCourse.end_on <= wanted.until),
    ]
    return [condition() for value, condition in pairs if value is not None]


def _label(responded: bool | None, unstated: str | None) -> str:
    if responded is None:
        return unstated or "not_assessed"
    return "responded" if responded else "not_responding"
