"""Everything about one patient, as their clinician may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, Engine, select

from data import clock
from data.database import reading
from data.looks import note_chart_look
from data.policies import RULES, in_force
from models.errors import NotFound
from models.outcomes.ending import end_reason
from models.outcomes.episodes import Held
from models.outcomes.rules import Rules
from models.policy import Operation, Person, require
from models.tables import (
    Assessment,
    Infusion,
    Patient,
    Site,
    Standing,
    StoredCourse,
    StoredEpisode,
)


@dataclass(frozen=True)
class PatientFacts:
    patient_id: UUID
    site_id: UUID
    code: str
    name: str | None
    site: str
    time_zone: str
    indication: str | None
    birth_year: int | None
    sex: str | None
    left_on: date | None
    covariates: dict[str, Any]
    main_instrument: str | None


@dataclass(frozen=True)
class Chart:
    """One patient's chart on a day. Frames are in time order; days and times are local.

    infusions: infusion_id, day, at (NaT where the time is unknown), drug, route, dose_mg,
    weight_kg, mg_kg, minutes, the vitals of models.entries.PLAUSIBLE, dissociation,
    adverse_events, note, course_no, version, recorded_by.
    scores: assessment_id, instrument, day, at, total, stated_total, is_prorated, items,
    safety_answer, mode, note, version, recorded_by.
    courses: course_no, kind, infusions, start_on, end_on, route.
    episodes: instrument, course_no, baseline, baseline_on, best, followups, responded, remitted,
    unstated, held, lower_days, upper_days, turned_on, last_assessed_on, end_reason, start_on,
    end_on, kind, next_start_on.
    """

    patient: PatientFacts
    infusions: pd.DataFrame
    scores: pd.DataFrame
    courses: pd.DataFrame
    episodes: pd.DataFrame
    rules: Rules
    today: date


def read_chart(engine: Engine, person: Person, patient_id: UUID) -> Chart:
    """Return a patient's chart; raises Refused or NotFound in the same words for any stranger."""
    with reading(engine) as connection:
        patient = _patient(connection, person, patient_id)
        rules = in_force(connection, RULES)
        today = clock.today(patient.time_zone)
        courses = _frame(connection, StoredCourse, patient_id, "course_no")
        chart = Chart(
            patient,
            _infusions(connection, patient, courses),
            _scores(connection, patient),
            courses,
            _episodes(connection, patient, courses, rules, today),
            rules,
            today,
        )
    note_chart_look(engine, person, site_id=patient.site_id, patient_id=patient_id)
    return chart


def _patient(connection: Connection, person: Person, patient_id: UUID) -> PatientFacts:
    row = connection.execute(
        select(
            Patient.__table__,
            Site.name.label("site"),
            Site.time_zone,
            Standing.instrument.label("main_instrument"),
        )
        .join(Site, Site.site_id == Patient.site_id)
        .outerjoin(Standing, Standing.patient_id == Patient.patient_id)
        .where(Patient.patient_id == patient_id)
    ).one_or_none()
    require(
        person,
        Operation.READ_CHART,
        site_id=row.site_id if row else None,
        patient_id=patient_id,
    )
    if row is None:
        raise NotFound("There is no such patient.")
    names = PatientFacts.__dataclass_fields__
    return PatientFacts(**{name: getattr(row, name) for name in names})


def _frame(connection: Connection, model: type, patient_id: UUID, order: str) -> pd.DataFrame:
    table = model.__table__
    query = (
        select(table)
        .where(table.c.patient_id == patient_id)
        .order_by(table.c[order], *table.primary_key)
    )
    rows = connection.execute(query)
    return pd.DataFrame(rows.fetchall(), columns=list(rows.keys())).drop(columns="patient_id")


def _infusions(
    connection: Connection, patient: PatientFacts, courses: pd.DataFrame
) -> pd.DataFrame:
    frame = _records(connection, Infusion, patient.patient_id, "given")
    dose = pd.to_numeric(frame["dose_mg"]) / pd.to_numeric(frame["weight_kg"])
    frame["mg_kg"] = dose.fillna(pd.to_numeric(frame["stated_mg_kg"]))
    starts = list(courses["start_on"])
    frame["course_no"] = [sum(start <= day for start in starts) for day in frame["day"]]
    return frame


def _scores(connection: Connection, patient: PatientFacts) -> pd.DataFrame:
    return _records(connection, Assessment, patient.patient_id, "taken")


def _records(connection: Connection, model: type, patient_id: UUID, verb: str) -> pd.DataFrame:
    """Return what stands, in order of time; times are of the site where it was, then or now."""
    frame = _frame(connection, model, patient_id, f"{verb}_on")
    frame = frame[frame["withdrawn_at"].isna()]
    frame = frame.rename(columns={f"{verb}_on": "day", f"{verb}_at": "at"})
    zones = {row.site_id: row.time_zone for row in connection.execute(select(Site.__table__))}
    frame["at"] = [
        _local(at, zones[site]) for at, site in zip(frame["at"], frame["site_id"], strict=True)
    ]
    frame = frame.drop(columns=["withdrawn_at", "entry_key", "site_id", "recorded_at"])
    return _in_time_order(frame, f"{model.__name__.lower()}_id")


def _local(at: datetime | None, zone: str) -> datetime | None:
    return None if pd.isna(at) else at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _in_time_order(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Sort by day and time, an unknown time first; ids are in order of entry."""
    frame["at"] = pd.to_datetime(frame["at"])
    frame["_start"] = pd.to_datetime(frame["day"])
    frame["_start"] = frame["at"].fillna(frame["_start"])
    ordered = frame.sort_values(["day", "_start", key], kind="stable")
    return ordered.drop(columns="_start").reset_index(drop=True)


def _episodes(
    connection: Connection,
    patient: PatientFacts,
    courses: pd.DataFrame,
    rules: Rules,
    today: date,
) -> pd.DataFrame:
    frame = _frame(connection, StoredEpisode, patient.patient_id, "course_no")
    ended = [
        end_reason(
            Held(row.held) if isinstance(row.held, str) else None,
            last_assessed_on=row.last_assessed_on,
            left_on=patient.left_on,
            as_of=today,
            rules=rules,
        )
        for row in frame.itertuples()
    ]
    frame["end_reason"] = [reason.value if reason else None for reason in ended]
    dated = courses.assign(next_start_on=courses["start_on"].shift(-1))
    return frame.merge(
        dated[["course_no", "kind", "start_on", "end_on", "next_start_on"]], on="course_no"
    )
