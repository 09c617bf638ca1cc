"""Patients' records as the statistics want them: histories of moments and scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from data import clock
from models.outcomes.history import History, Score
from models.tables import Assessment, Infusion, Patient, Site


@dataclass(frozen=True, slots=True)
class PatientRecords:
    """One patient's history, with what the summary row needs besides."""

    patient_id: UUID
    code: str
    indication: str | None
    history: History
    routes: dict[date, str | None] = field(default_factory=dict)
    safety: tuple[tuple[str, date, int | None], ...] = ()  # instrument, day, answer or blank


def load_records(
    connection: Connection,
    patient_ids: Sequence[UUID] | None = None,
    *,
    until: date | None = None,
    hold: bool = False,
) -> Iterator[PatientRecords]:
    """Yield records patient by patient, in order of entry; all patients when no ids are given.

    `until` leaves out what happened on later days. Withdrawn records and assessments without
    a total are not part of a history, though a blank or answered safety item still is.
    `hold` keeps the patients to this transaction before anything of theirs is read.
    """
    narrowed = patient_ids is not None, until is not None
    asked = {"patient_ids": patient_ids, "until": until}
    patients = connection.execute(_patients(narrowed[0], hold), asked).all()
    infusions = _by_patient(connection.execute(_infusions(*narrowed), asked))
    assessments = _by_patient(connection.execute(_assessments(*narrowed), asked))
    for patient in patients:
        yield _assemble(
            patient,
            infusions.pop(patient.patient_id, ()),
            assessments.pop(patient.patient_id, ()),
        )


# Each query is built once: putting one together costs more than running it for one patient.
@cache
def _patients(chosen: bool, hold: bool) -> Select[Any]:
    """Select patients. Held in one order by everyone, so that two cannot wait for each other."""
    query = select(Patient.patient_id, Patient.code, Patient.indication)
    query = query.order_by(Patient.patient_id).with_for_update(key_share=True) if hold else query
    return _only(query, Patient.patient_id, chosen)


@cache
def _infusions(chosen: bool, dated: bool) -> Select[Any]:
    query = (
        select(
            Infusion.patient_id,
            Infusion.given_on,
            Infusion.given_at,
            Site.time_zone,
            Infusion.route,
        )
        .join(Site, Site.site_id == Infusion.site_id)
        .where(Infusion.withdrawn_at.is_(None))
        .order_by(Infusion.patient_id, Infusion.infusion_id)
    )
    query = query.where(Infusion.given_on <= bindparam("until")) if dated else query
    return _only(query, Infusion.patient_id, chosen)


@cache
def _assessments(chosen: bool, dated: bool) -> Select[Any]:
    query = (
        select(
            Assessment.patient_id,
            Assessment.taken_on,
            Assessment.taken_at,
            Site.time_zone,
            Assessment.instrument,
            Assessment.total,
            Assessment.safety_answer,
            Assessment.items.is_not(None),
        )
        .join(Site, Site.site_id == Assessment.site_id)
        .where(Assessment.withdrawn_at.is_(None))
        .order_by(Assessment.patient_id, Assessment.assessment_id)
    )
    query = query.where(Assessment.taken_on <= bindparam("until")) if dated else query
    return _only(query, Assessment.patient_id, chosen)


def _only(query: Select[Any], column: Any, chosen: bool) -> Select[Any]:
    return query.where(column.in_(bindparam("patient_ids", expanding=True))) if chosen else query


def _by_patient(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    return {patient_id: list(group) for patient_id, group in groupby(rows, key=itemgetter(0))}


def _assemble(patient: Any, infusions: Sequence[Any], assessments: Sequence[Any]) -> PatientRecords:
    scores: dict[str, list[Score]] = {}
    safety = []
    for _, day, at, zone, instrument, total, answer, has_items in assessments:
        if total is not None:
            scores.setdefault(instrument, []).append(Score(clock.moment(day, at, zone), total))
        if answer is not None or has_items:
            safety.append((instrument, day, answer))
    return PatientRecords(
        patient.patient_id,
        patient.code,
        patient.indication,
        History(
            infusions=tuple(clock.moment(day, at, zone) for _, day, at, zone, _ in infusions),
            scores={code: tuple(values) for code, values in scores.items()},
        ),
        routes={day: route for _, day, _, _, route in infusions},
        safety=tuple(safety),
    )
