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

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from data import clock
from models.outcomes.history import History, Score
from models.tables import Assessment, Infusion, Patient, Site


@dataclass(frozen=True, slots=True)
class PatientRecords:
    """One patient's history, with what the summary row and the sites' counts need besides."""

    patient_id: UUID
    code: str
    indication: str | None
    history: History
    routes: dict[date, str | None] = field(default_factory=dict)
    givers: dict[date, str | None] = field(default_factory=dict)
    safety: tuple[tuple[str, date, int | None], ...] = ()  # instrument, day, answer or blank
    site_id: UUID | None = None
    covariates: dict[str, Any] = field(default_factory=dict)


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
    asked = {**bind_patients(patient_ids or ()), "until": until}
    several = None if patient_ids is None else len(patient_ids) != 1
    dated = until is not None
    patients = connection.execute(_patients(several, hold), asked).all()
    infusions = _by_patient(connection.execute(_infusions(several, dated), asked))
    assessments = _by_patient(connection.execute(_assessments(several, dated), asked))
    for patient in patients:
        yield _assemble(
            patient,
            infusions.pop(patient.patient_id, ()),
            assessments.pop(patient.patient_id, ()),
        )


def is_chosen(column: Any, several: bool) -> ColumnElement[bool]:
    """Compare a column with several patients, or with one: that costs a form less than a list."""
    if several:
        return column.in_(bindparam("patient_ids", expanding=True))
    return column == bindparam("patient_id")


def bind_patients(patient_ids: Sequence[UUID]) -> dict[str, Any]:
    """Return the values of `is_chosen`."""
    if len(patient_ids) == 1:
        return {"patient_id": patient_ids[0]}
    return {"patient_ids": patient_ids}


# Each query is built once: putting one together costs more than running it for one patient.
# `several`: for some patients, for one (False), for all (None).
@cache
def _patients(several: bool | None, hold: bool) -> Select[Any]:
    """Select patients. Held in one order by everyone, so that two cannot wait for each other."""
    query = select(
        Patient.patient_id, Patient.code, Patient.indication, Patient.site_id, Patient.covariates
    )
    query = query.order_by(Patient.patient_id).with_for_update(key_share=True) if hold else query
    return _only(query, Patient.patient_id, several)


@cache
def _infusions(several: bool | None, dated: bool) -> Select[Any]:
    query = (
        select(
            Infusion.patient_id,
            Infusion.given_on,
            Infusion.given_at,
            Site.time_zone,
            Infusion.route,
            Infusion.given_by,
        )
        .join(Site, Site.site_id == Infusion.site_id)
        .where(Infusion.withdrawn_at.is_(None))
        .order_by(Infusion.patient_id, Infusion.infusion_id)
    )
    query = query.where(Infusion.given_on <= bindparam("until")) if dated else query
    return _only(query, Infusion.patient_id, several)


@cache
def _assessments(several: bool | None, dated: bool) -> Select[Any]:
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
    return _only(query, Assessment.patient_id, several)


def _only(query: Select[Any], column: Any, several: bool | None) -> Select[Any]:
    return query if several is None else query.where(is_chosen(column, several))


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
            infusions=tuple(clock.moment(day, at, zone) for _, day, at, zone, *_ in infusions),
            scores={code: tuple(values) for code, values in scores.items()},
        ),
        routes={day: route for _, day, _, _, route, _ in infusions},
        givers={day: giver for _, day, _, _, _, giver in infusions},
        safety=tuple(safety),
        site_id=patient.site_id,
        covariates=patient.covariates,
    )
