"""Where a site's flags are mailed to, and its own rules, for whoever may set them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine

from data.database import reading
from data.doors.sealing import unseal
from data.site_contacts import contact_in_force, mail_place
from models.flags import FlagRule
from models.policy import Operation, Person, require


@dataclass(frozen=True, slots=True)
class SiteContacts:
    """`revision` is 0 where nothing has been set yet."""

    revision: int
    flag_mail: str | None
    rules: tuple[FlagRule, ...]
    digest_hour: int | None = None


def read_site_contact(engine: Engine, person: Person, site_id: UUID) -> SiteContacts:
    """Return what is in force. Raises Unavailable where the address cannot be unsealed."""
    with reading(engine) as connection:
        require(person, Operation.SET_CRISIS_TEXT, site_id=site_id)
        now = contact_in_force(connection, site_id)
    if now is None:
        return SiteContacts(0, None, ())
    address = unseal(now.flag_mail, mail_place(site_id)) if now.flag_mail else None
    return SiteContacts(now.revision, address, now.rules, now.digest_hour)
