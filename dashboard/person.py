"""Who is acting. Until sign-in exists: one local clinician, on this computer only."""

from __future__ import annotations

from models.policy import Person, Role

LOCAL_CLINICIAN = Person(
    name="local clinician",
    roles=frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}),
    sites=None,
    is_confirmed=True,
)


def acting_person() -> Person:
    return LOCAL_CLINICIAN
