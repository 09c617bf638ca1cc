"""Leaving the mails by the link in each of them.

The link holds the patient's id sealed with the clinic's key: it says nothing to anybody, works for
as long as the mail is kept, and nothing about it has to be stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, select

from data.checkins.links import holder
from data.database import reading, writing
from data.doors.refusals import DeadLink
from data.doors.sealing import seal, unseal
from data.messages.agreements import MAIL_AGREED, change_agreement
from models.errors import Unavailable
from models.tables import CheckInWishes, Patient

PLACE = "unsubscribe"
QUARTET = 4  # base64 comes in fours; the padding is dropped, as mail programs cut links at "="


def unsubscribe_token(patient_id: UUID) -> str:
    return seal(str(patient_id), PLACE).replace(":", ".").rstrip("=")


@dataclass(frozen=True)
class Subscriber:
    """Whose link it is, as far as a page may know."""

    patient_id: UUID
    language: str
    is_subscribed: bool


def find_subscriber(engine: Engine, token: str) -> Subscriber:
    """Return whose link this is, changing nothing. Raises DeadLink for one that never was."""
    patient_id = _read(token)
    query = select(CheckInWishes.language, CheckInWishes.mail_agreed_at)
    with reading(engine) as connection:
        row = connection.execute(query.where(CheckInWishes.patient_id == patient_id)).one_or_none()
    if row is None:
        raise DeadLink
    return Subscriber(patient_id, row.language, row.mail_agreed_at is not None)


def unsubscribe(engine: Engine, token: str, *, client: str | None = None) -> None:
    """Stop a patient's reminders by mail; again does nothing. Check-ins themselves go on."""
    patient_id = _read(token)
    with writing(engine) as connection:
        here = Patient.patient_id == patient_id
        if connection.scalar(select(Patient.patient_id).where(here)) is None:
            raise DeadLink
        actor = holder(patient_id, client)
        change_agreement(
            connection, actor, patient_id, MAIL_AGREED, None, by=PLACE, event="unsubscribed"
        )


def _read(token: str) -> UUID:
    name, _, body = token.partition(".")
    body += "=" * (-len(body) % QUARTET)
    try:
        return UUID(unseal(f"{name}:{body}", PLACE))
    except (Unavailable, ValueError) as error:
        raise DeadLink from error
