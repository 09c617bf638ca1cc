"""Who opened a patient's chart, for the clinicians who are responsible for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Row, select

from data.audit import DONE
from data.database import reading
from data.looks import note_look
from data.places import place_of
from models.policy import Operation, Person
from models.tables import AuditLine


@dataclass(frozen=True)
class Access:
    """What one person did about one patient on one day (local to the patient's site).

    opened: times the chart was looked at; changed: records made or changed; refused: what was
    tried and denied; other: anything else, as reading this very list. Lists, exports and imports
    name no single patient and are not here.
    """

    day: date
    person: str
    role: str
    is_emergency: bool
    first_at: datetime
    last_at: datetime
    opened: int
    changed: int
    refused: int
    other: int


def read_access(engine: Engine, person: Person, patient_id: UUID) -> list[Access]:
    """Return who opened, changed or was refused this chart, the latest day first.

    Raises Denied in the same words for another site's patient and for one who does not exist.
    """
    with reading(engine) as connection:
        site_id, zone = place_of(connection, person, Operation.READ_ACCESS, patient_id)
        lines = connection.execute(
            select(AuditLine.__table__)
            .where(AuditLine.patient_id == patient_id)
            .order_by(AuditLine.at)
        ).all()
    note_look(engine, person, Operation.READ_ACCESS, site_id=site_id, patient_id=patient_id)
    return _by_person_and_day(lines, zone)


def _by_person_and_day(lines: Iterable[Row[Any]], zone: str) -> list[Access]:
    groups: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for line in lines:
        is_emergency = _is_emergency(line)
        day = _local(line.at, zone).date()
        groups.setdefault((day, line.person, line.role, is_emergency), []).append(line)
    accesses = [
        Access(
            *key,
            first_at=_local(group[0].at, zone),
            last_at=_local(group[-1].at, zone),
            **_count(group),
        )
        for key, group in groups.items()
    ]
    return sorted(accesses, key=lambda access: (access.day, access.last_at), reverse=True)


def _is_emergency(line: Row[Any]) -> bool:
    return line.operation == Operation.OPEN_EMERGENCY or bool(line.detail.get("emergency"))


def _count(group: list[Row[Any]]) -> dict[str, int]:
    counts = {"opened": 0, "changed": 0, "refused": 0, "other": 0}
    for line in group:
        if line.outcome != DONE:
            counts["refused"] += 1
        else:
            counts[_KINDS.get(line.operation, "other")] += 1
    return counts


_KINDS: dict[str, str] = {
    **dict.fromkeys((Operation.READ_CHART, Operation.READ_OWN), "opened"),
    **dict.fromkeys(
        (
            Operation.REGISTER_PATIENT,
            Operation.RECORD_INFUSION,
            Operation.RECORD_ASSESSMENT,
            Operation.CORRECT_RECORD,
        ),
        "changed",
    ),
}


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
