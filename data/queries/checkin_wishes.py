"""How a patient wants to be asked, and every change of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from data.checkins.dues import day_of_change, dues_of
from data.checkins.wishes import ADDRESSES, DEFAULTS, PATIENT, address_place
from data.database import reading
from data.doors.sealing import unseal
from data.looks import note_look
from data.messages.replies import TEXTED
from data.messages.unsubscribing import PLACE as UNSUBSCRIBED
from data.places import place_of
from models.checkins.wishes import Wishes
from models.errors import NotFound
from models.policy import Operation, Person
from models.tables import CheckInWishChange, CheckInWishes


@dataclass(frozen=True)
class WishChange:
    """`what` holds names and plain values; of an address only that it was changed.

    `by_patient`: they did it themselves: signed in, by the link in each mail, or by a text.
    """

    day: date
    what: dict[str, Any]
    changed_at: datetime
    changed_by: str
    by_patient: bool


@dataclass(frozen=True)
class PatientWishes:
    """`version` 0: nothing was wished yet. `zone` is the patient's own or their site's."""

    wishes: Wishes
    version: int
    zone: str
    email: str | None
    phone: str | None
    mail_refused_at: datetime | None
    mail_agreed_at: datetime | None
    text_agreed_at: datetime | None
    paused_from: date | None
    paused_until: date | None
    stopped_on: date | None
    changes: tuple[WishChange, ...]  # newest first


def read_wishes(engine: Engine, person: Person, patient_id: UUID) -> PatientWishes:
    """Return a patient's wishes to them or their clinician."""
    with reading(engine) as connection:
        place = place_of(connection, person, Operation.PLAN_CHECKINS, patient_id)
        found = dues_of(connection, patient_id)
        if found is None:
            raise NotFound("There is no such patient.")
        query = select(CheckInWishes.__table__).where(CheckInWishes.patient_id == patient_id)
        row = connection.execute(query).mappings().one_or_none() or {**DEFAULTS, "version": 0}
        changes = connection.execute(
            select(CheckInWishChange.__table__)
            .where(CheckInWishChange.patient_id == patient_id)
            .order_by(CheckInWishChange.changed_at.desc(), CheckInWishChange.change_id.desc())
        ).all()
    note_look(
        engine,
        person,
        Operation.PLAN_CHECKINS,
        site_id=place.site_id,
        patient_id=patient_id,
        looked="wishes",
    )
    facts, _ = found
    sealed = {name: row[name] for name in ADDRESSES}
    plain = {
        name: None if text is None else unseal(text, address_place(name, patient_id))
        for name, text in sealed.items()
    }
    kept = (
        "mail_refused_at",
        "mail_agreed_at",
        "text_agreed_at",
        "paused_from",
        "paused_until",
        "stopped_on",
    )
    return PatientWishes(
        wishes=facts.wishes,
        version=row["version"],
        zone=facts.zone,
        **plain,
        **{name: row[name] for name in kept},
        changes=tuple(_change(change, ZoneInfo(facts.zone)) for change in changes),
    )


def _change(row: Any, zone: ZoneInfo) -> WishChange:
    day = day_of_change(row.changed_at, row.what, zone)
    by_patient = row.what.get("by") == PATIENT or row.changed_by in (UNSUBSCRIBED, TEXTED)
    what = {name: value for name, value in row.what.items() if name not in ("day", "by")}
    return WishChange(day, what, row.changed_at, row.changed_by, by_patient)
