"""Changing a consent without anybody being signed in: never silently, and only to what was."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update
from uuid_utils.compat import uuid7

from data import clock
from data.audit import write_line
from data.checkins.standings import look_again
from models.policy import Operation, Person
from models.tables import CheckInWishChange, CheckInWishes, Patient

MAIL_AGREED, TEXT_AGREED, MAIL_REFUSED = "mail_agreed_at", "text_agreed_at", "mail_refused_at"


def change_agreement(
    connection: Connection,
    actor: Person,
    patient_id: UUID,
    name: str,
    value: datetime | None,
    *,
    by: str,
    event: str,
) -> bool:
    """Set one of the columns above, with its history and audit line; False where it is so."""
    column, now = getattr(CheckInWishes, name), clock.now()
    is_other = column.is_not(None) if value is None else column.is_(None)
    changed = connection.execute(
        update(CheckInWishes)
        .where(CheckInWishes.patient_id == patient_id, is_other)
        .values(
            **{name: value},
            version=CheckInWishes.version + 1,
            recorded_at=now,
            recorded_by=by,
        )
    )
    if changed.rowcount != 1:
        return False
    told = None if value is None else value.isoformat()
    row = {
        "patient_id": patient_id,
        "change_id": uuid7(),
        "what": {name: told},
        "changed_at": now,
        "changed_by": by,
    }
    connection.execute(insert(CheckInWishChange), row)
    look_again(connection, patient_id)
    site_id = connection.scalar(select(Patient.site_id).where(Patient.patient_id == patient_id))
    write_line(
        connection,
        actor,
        Operation.PLAN_CHECKINS,
        site_id=site_id,
        patient_id=patient_id,
        event=event,
    )
    return True
