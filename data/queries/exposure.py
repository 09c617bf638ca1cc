"""What one patient has been given, how blood pressure took it, and which screens are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, select

from data import clock
from data.database import reading
from data.looks import note_chart_look
from data.places import place_of
from data.policies import EXPOSURE, in_force
from models.exposure_rules import ExposureRules
from models.outcomes.exposure import Exposure, Given, Pressure, read_pressure, sum_up_year
from models.outcomes.screens import ScreenDue, find_due
from models.policy import Operation, Person
from models.screening import ScreenKind
from models.tables import Infusion, Patient, Screen


@dataclass(frozen=True)
class DoneScreen:
    screen_id: UUID
    kind: ScreenKind
    done_on: date
    is_finding: bool
    findings: tuple[str, ...]
    remark: str | None
    version: int
    recorded_by: str


@dataclass(frozen=True)
class PatientExposure:
    """`screens` are newest first; `dues` one a kind, empty for a patient who has left."""

    exposure: Exposure
    pressure: Pressure
    screens: tuple[DoneScreen, ...]
    dues: tuple[ScreenDue, ...]
    policy: ExposureRules
    today: date


def read_exposure(engine: Engine, person: Person, patient_id: UUID) -> PatientExposure:
    """Return what stands in the records today. Raises Refused for any stranger."""
    with reading(engine) as connection:
        site_id, zone = place_of(connection, person, Operation.READ_CHART, patient_id)
        policy, today = in_force(connection, EXPOSURE), clock.today(zone)
        given = _given(connection, patient_id)
        screens = _screens(connection, patient_id)
        left_on = connection.scalar(select(Patient.left_on).where(Patient.patient_id == patient_id))
    note_chart_look(engine, person, site_id=site_id, patient_id=patient_id)
    has_left = left_on is not None and left_on <= today
    dues = tuple(
        find_due(
            kind,
            [screen.done_on for screen in screens if screen.kind is kind],
            [one.day for one in given],
            policy,
        )
        for kind in ScreenKind
    )
    return PatientExposure(
        sum_up_year(given, today=today),
        read_pressure(given, line=policy.peak_systolic),
        screens,
        () if has_left else dues,
        policy,
        today,
    )


def _given(connection: Connection, patient_id: UUID) -> list[Given]:
    """Return the infusions in order of time; dose per kg is derived wherever it can be."""
    rows = connection.execute(
        select(
            Infusion.given_on,
            Infusion.drug,
            Infusion.route,
            Infusion.dose_mg,
            Infusion.weight_kg,
            Infusion.stated_mg_kg,
            Infusion.systolic_before,
            Infusion.systolic_peak,
            Infusion.diastolic_peak,
        )
        .where(Infusion.patient_id == patient_id, Infusion.withdrawn_at.is_(None))
        .order_by(
            Infusion.given_on,
            Infusion.given_at.is_not(None),
            Infusion.given_at,
            Infusion.infusion_id,
        )
    )
    return [Given(*row[:4], _mg_kg(*row[3:6]), *row[6:]) for row in rows]


def _mg_kg(dose: float | None, weight: float | None, stated: float | None) -> float | None:
    return dose / weight if dose is not None and weight else stated


def _screens(connection: Connection, patient_id: UUID) -> tuple[DoneScreen, ...]:
    rows = connection.execute(
        select(*(getattr(Screen, name) for name in DoneScreen.__dataclass_fields__))
        .where(Screen.patient_id == patient_id, Screen.withdrawn_at.is_(None))
        .order_by(Screen.done_on.desc(), Screen.screen_id.desc())
    )
    return tuple(_read(dict(row)) for row in rows.mappings())


def _read(row: dict[str, Any]) -> DoneScreen:
    return DoneScreen(**row | {"kind": ScreenKind(row["kind"]), "findings": tuple(row["findings"])})
