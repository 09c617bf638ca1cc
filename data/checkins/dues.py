"""What the schedule needs to know of patients, read from the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select

from data import clock
from data.histories import bind_patients, is_chosen
from data.policies import PLAN, in_force
from models.checkins.plan import Plan
from models.checkins.schedule import Due, schedule
from models.checkins.wishes import Wishes, fold_wishes
from models.tables import (
    Assessment,
    CheckIn,
    CheckInWishChange,
    CheckInWishes,
    Infusion,
    Patient,
    PatientSite,
    Site,
)

BATCH = 500
ENTRY = "checkin:"  # how the entry keys of assessments begin that a check-in has written


@dataclass(frozen=True)
class Facts:
    """One patient as the schedule sees them. `zone` is their own, or else their site's."""

    patient_id: UUID
    site_id: UUID
    indication: str | None
    registered_on: date
    left_on: date | None
    zone: str
    site_zone: str
    wishes: Wishes
    infusions: tuple[date, ...]
    answered: Mapping[str, tuple[date, ...]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return clock.today(self.zone)

    def dues(self, plan: Plan, today: date | None = None) -> tuple[Due, ...]:
        """Return what was due and the next form; with `date.max` everything that ever will be."""
        return schedule(
            plan,
            infusions=self.infusions,
            answered=self.answered,
            registered_on=self.registered_on,
            wishes=self.wishes,
            today=today or self.today,
            indication=self.indication,
            left_on=self.left_on,
        )


def dues_of(connection: Connection, patient_id: UUID) -> tuple[Facts, tuple[Due, ...]] | None:
    """Return one patient's facts and schedule, None for a patient who does not exist."""
    for facts in load_facts(connection, [patient_id]):
        return facts, facts.dues(in_force(connection, PLAN))
    return None


def load_facts(connection: Connection, patient_ids: Sequence[UUID]) -> Iterator[Facts]:
    """Yield the facts of patients, in batches; whoever does not exist is left out."""
    for start in range(0, len(patient_ids), BATCH):
        yield from _load_batch(connection, patient_ids[start : start + BATCH])


def _load_batch(connection: Connection, patient_ids: Sequence[UUID]) -> Iterator[Facts]:
    queries, asked = _queries(len(patient_ids) != 1), bind_patients(patient_ids)
    infusions, answers, checkins, changes = (
        _by_patient(connection.execute(query, asked)) for query in queries[1:]
    )
    for row in connection.execute(queries[0], asked):
        wishes = wishes_of(row, changes.get(row.patient_id, ()))
        yield Facts(
            patient_id=row.patient_id,
            site_id=row.site_id,
            indication=row.indication,
            registered_on=row.registered_on or clock.today(row.time_zone),
            left_on=row.left_on,
            zone=row.own_zone or row.time_zone,
            site_zone=row.time_zone,
            wishes=wishes,
            infusions=tuple(given for _, given in infusions.get(row.patient_id, ())),
            answered=_answered(answers.get(row.patient_id, ()), checkins.get(row.patient_id, ())),
        )


_INFUSIONS = (
    select(Infusion.patient_id, Infusion.given_on)
    .where(Infusion.withdrawn_at.is_(None))
    .order_by(Infusion.patient_id, Infusion.given_on)
)
# What a check-in has written counts for the day it was due, which the check-in itself knows: it
# may be submitted on a day that is already another one at the site.
_ASSESSMENTS = (
    select(Assessment.patient_id, Assessment.instrument, Assessment.taken_on)
    .where(Assessment.withdrawn_at.is_(None), Assessment.entry_key.not_like(f"{ENTRY}%"))
    .order_by(Assessment.patient_id)
)
_SUBMITTED = (
    select(CheckIn.patient_id, CheckIn.due_on, CheckIn.instruments)
    .where(CheckIn.submitted_at.is_not(None))
    .order_by(CheckIn.patient_id)
)
_CHANGES = select(
    CheckInWishChange.patient_id, CheckInWishChange.changed_at, CheckInWishChange.what
).order_by(CheckInWishChange.patient_id, CheckInWishChange.changed_at, CheckInWishChange.change_id)
_REGISTERED = (
    select(func.min(PatientSite.from_on))
    .where(PatientSite.patient_id == Patient.patient_id)
    .correlate(Patient)
    .scalar_subquery()
)
_PATIENTS = (
    select(
        Patient.patient_id,
        Patient.site_id,
        Patient.indication,
        Patient.left_on,
        Site.time_zone,
        CheckInWishes.time_zone.label("own_zone"),
        CheckInWishes.hour,
        CheckInWishes.language,
        _REGISTERED.label("registered_on"),
    )
    .join(Site, Site.site_id == Patient.site_id)
    .outerjoin(CheckInWishes, CheckInWishes.patient_id == Patient.patient_id)
    .order_by(Patient.patient_id)
)


@cache
def _queries(several: bool) -> tuple[Select[Any], ...]:
    """Return the queries above, built once: that costs more than running one for a patient."""
    queries = (
        (_PATIENTS, Patient),
        (_INFUSIONS, Infusion),
        (_ASSESSMENTS, Assessment),
        (_SUBMITTED, CheckIn),
        (_CHANGES, CheckInWishChange),
    )
    return tuple(query.where(is_chosen(it.patient_id, several)) for query, it in queries)


def wishes_of(row: Any, changes: Iterable[Any]) -> Wishes:
    """Return wishes from a patient's row and their changes: (patient, when, what), in order."""
    zone = ZoneInfo(row.own_zone or row.time_zone)
    if row.hour is None:
        return Wishes()
    history = ((day_of_change(at, what, zone), what) for _, at, what in changes)
    return fold_wishes(history, hour=row.hour, time_zone=row.own_zone, language=row.language)


def day_of_change(at: datetime, what: Mapping[str, Any], zone: ZoneInfo) -> date:
    """Return the local day of a change as it was then; the zone may have changed since."""
    return date.fromisoformat(what["day"]) if "day" in what else at.astimezone(zone).date()


def _by_patient(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    return {patient_id: list(group) for patient_id, group in groupby(rows, key=itemgetter(0))}


def _answered(assessments: Iterable[Any], checkins: Iterable[Any]) -> dict[str, tuple[date, ...]]:
    days: dict[str, list[date]] = {}
    for _, instrument, day in assessments:
        days.setdefault(instrument, []).append(day)
    for _, day, instruments in checkins:
        for instrument in instruments:
            days.setdefault(instrument, []).append(day)
    return {instrument: tuple(found) for instrument, found in days.items()}
