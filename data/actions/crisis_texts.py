"""What a site tells somebody in danger."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from data import clock
from data.audit import write_line
from data.database import writing
from models.checkins.crisis_lines import read_line
from models.errors import Conflict, NotFound, Refused
from models.policy import Operation, Person, require
from models.tables import CrisisText, Site

LONGEST_BODY = 2000
LONGEST_PHONE = 80
NO_NUMBER = (
    "What stands for the telephone holds no number to dial. Write one, such as 988, 303-555-0100 "
    "or Text HOME to 741741; or leave it empty, and put everything else into the text."
)


def set_crisis_text(
    engine: Engine,
    person: Person,
    *,
    site_id: UUID,
    seen_revision: int,
    body: str,
    phone: str | None,
) -> int:
    """Write a new revision and return its number; earlier ones are kept.

    `seen_revision` is 0 where there was none. Raises Conflict if somebody else has written one
    since, and Refused for an empty text: somebody in danger must never find nothing.
    """
    body, phone = body.strip(), (phone or "").strip() or None
    with writing(engine) as connection:
        require(person, Operation.SET_CRISIS_TEXT, site_id=site_id)
        if connection.scalar(select(Site.site_id).where(Site.site_id == site_id)) is None:
            raise NotFound("There is no such site.")
        if not 0 < len(body) <= LONGEST_BODY:
            raise Refused(f"A crisis text needs 1 to {LONGEST_BODY} characters.")
        if phone is not None and len(phone) > LONGEST_PHONE:
            raise Refused(f"A telephone number has at most {LONGEST_PHONE} characters.")
        if phone is not None and not read_line(phone).number:
            raise Refused(NO_NUMBER)
        newest = connection.execute(
            select(CrisisText.revision, CrisisText.recorded_by)
            .where(CrisisText.site_id == site_id)
            .order_by(CrisisText.revision.desc())
            .limit(1)
        ).one_or_none()
        if newest is not None and newest.revision != seen_revision:
            raise Conflict(f"This text was changed by {newest.recorded_by} in the meantime.")
        row = {
            "site_id": site_id,
            "revision": seen_revision + 1,
            "body": body,
            "phone": phone,
            "recorded_at": clock.now(),
            "recorded_by": person.name,
        }
        try:
            connection.execute(insert(CrisisText), row)
        except IntegrityError as error:
            raise Conflict("This text was changed by somebody else in the meantime.") from error
        write_line(
            connection,
            person,
            Operation.SET_CRISIS_TEXT,
            site_id=site_id,
            record_id=site_id,
            revision=seen_revision + 1,
        )
    return seen_revision + 1
