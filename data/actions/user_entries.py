"""What is entered about a user, and which rights go together."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.errors import Refused
from models.policy import Role

AT_SITES = frozenset({Role.CLINICIAN, Role.SITE_MANAGER})


@dataclass(frozen=True, slots=True)
class UserEntry:
    """`patient_number` is the clinic's own number of the patient who is to see their own data."""

    sign_in_name: str
    name: str
    roles: frozenset[Role]
    site_ids: frozenset[UUID] = frozenset()
    sees_all_sites: bool = False
    patient_number: str | None = None


def check_rights(
    roles: frozenset[Role],
    site_ids: frozenset[UUID],
    sees_all_sites: bool,
    patient_number: str | None,
) -> None:
    """Raise Refused for rights that make no sense, or that would show nothing or too much."""
    if not roles:
        raise Refused("A user needs at least one role.")
    if Role.DIGEST in roles:
        raise Refused("The daily mail has a role of its own, which no user can have.")
    if (Role.PATIENT in roles) != (patient_number is not None):
        raise Refused("A patient's user needs the patient's number, and nobody else has one.")
    if Role.PATIENT in roles and (len(roles) > 1 or site_ids or sees_all_sites):
        raise Refused("A patient's user sees their own data only: no other role and no site.")
    if roles & AT_SITES and not site_ids and not sees_all_sites:
        raise Refused("A clinician or manager of a site needs at least one site.")
