"""The clinic's mail about a flag, put into the outbox in the transaction that raises the flag.

Neither the address nor the patient's initials are opened here: the worker does that when it
sends, so that nothing about mail can keep an answer or its flag from being written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import clock
from data.messages.outbox import MAIL, put
from data.site_contacts import Contact, mail_place

# More at once, as an import brings, go into one mail that leads to Today.
MOST_SINGLE = 3


def announce(
    connection: Connection, raised: Sequence[Mapping[str, Any]], contacts: Mapping[UUID, Contact]
) -> None:
    """Put a mail a patient into the outbox, or one for many, where the site has an address."""
    by_site: dict[UUID, list[Mapping[str, Any]]] = {}
    for flag in raised:
        contact = contacts.get(flag["patient_id"])
        if contact is not None and contact.flag_mail:
            by_site.setdefault(contact.site_id, []).append(flag)
    for site_id, flags in by_site.items():
        address = contacts[flags[0]["patient_id"]].flag_mail
        assert address is not None
        people = {flag["patient_id"]: flag for flag in flags}
        if len(people) > MOST_SINGLE:
            key = f"flags:{flags[0]['flag_id']}:{flags[0]['version']}"
            _put(connection, site_id, address, key, "flags", None, people=len(people))
            continue
        for patient_id, flag in people.items():
            key = f"flag:{flag['flag_id']}:{flag['version']}"
            _put(connection, site_id, address, key, "flag", patient_id)


def _put(
    connection: Connection,
    site_id: UUID,
    address: str,
    key: str,
    template: str,
    patient_id: UUID | None,
    **fills: Any,
) -> None:
    put(
        connection,
        key=key,
        channel=MAIL,
        kind="flag",
        address=address,
        content={"template": template, "sealed_for": mail_place(site_id), **fills},
        due_at=clock.now(),
        patient_id=patient_id,
    )
