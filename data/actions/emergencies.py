"""Opening a chart of another site in an emergency: with a reason, for an hour, and audited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, insert, select
from uuid_utils.compat import uuid7

from data import clock
from data.audit import FAILED, write_line
from data.database import writing
from data.messages.outbox import MAIL, put
from data.site_contacts import contact_in_force, mail_place
from models.access import EMERGENCY_LASTS
from models.errors import NotFound, Refused
from models.policy import Operation, Person, Relation, require
from models.tables import Emergency, Patient

LEAST_LETTERS = 10
LONGEST_REASON = 400


def open_emergency(engine: Engine, person: Person, *, code: str, reason: str) -> UUID:
    """Open the chart of a patient elsewhere and return the patient's id.

    The line is in the chain of the patient's own site, where it will be looked for; a number that
    nobody has leaves one too, or numbers could be tried in silence.
    """
    with writing(engine) as connection:
        require(person, Operation.OPEN_EMERGENCY)
        _check(person, reason)
        columns = (Patient.patient_id, Patient.site_id)
        query = select(*columns).where(Patient.code == code.strip())
        patient = connection.execute(query).one_or_none()
        if patient is None:
            write_line(connection, person, Operation.OPEN_EMERGENCY, outcome=FAILED)
        else:
            return _open(connection, person, patient.patient_id, patient.site_id, reason)
    raise NotFound("There is no patient with this number.")


def _check(person: Person, reason: str) -> None:
    if person.user_id is None:
        raise Refused("Only somebody who has signed in can open a chart in an emergency.")
    if sum(map(str.isalpha, reason)) < LEAST_LETTERS:
        raise Refused("Please say in a few words why this chart must be opened now.")


def _open(
    connection: Connection, person: Person, patient_id: UUID, site_id: UUID, reason: str
) -> UUID:
    if person.relation_to(site_id) is Relation.SAME_SITE:
        raise Refused("This patient is at one of your sites: open the chart as usual.")
    now = clock.now()
    row = {
        "patient_id": patient_id,
        "emergency_id": uuid7(),
        "user_id": person.user_id,
        "reason": reason.strip()[:LONGEST_REASON],
        "opened_at": now,
        "until_at": now + EMERGENCY_LASTS,
    }
    connection.execute(insert(Emergency), row)
    _tell_the_site(connection, row, site_id)
    write_line(
        connection,
        person,
        Operation.OPEN_EMERGENCY,
        site_id=site_id,
        patient_id=patient_id,
        record_id=row["emergency_id"],
        minutes=int(EMERGENCY_LASTS.total_seconds() // 60),
    )
    return patient_id


def _tell_the_site(connection: Connection, row: Mapping[str, Any], site_id: UUID) -> None:
    """Mail the patient's site, at the address its flags go to, that a chart of theirs is open."""
    contact = contact_in_force(connection, site_id)
    if contact is None or contact.flag_mail is None:
        return
    put(
        connection,
        key=f"emergency:{row['emergency_id']}",
        channel=MAIL,
        kind="emergency",
        address=contact.flag_mail,
        content={"template": "emergency", "sealed_for": mail_place(site_id)},
        due_at=row["opened_at"],
        patient_id=row["patient_id"],
    )
