"""One person of each kind, to open screens as."""

from __future__ import annotations

from uuid import UUID, uuid5

from models.policy import Person, Role

ADA = Person(
    "Ada Root",
    frozenset({Role.ADMINISTRATOR}),
    sites=frozenset(),
    user_id=UUID(int=10),
    is_confirmed=True,
)
GROUP_MANAGER = Person(
    "Greta Group", frozenset({Role.GROUP_MANAGER}), sites=frozenset(), user_id=UUID(int=11)
)


def clinician_at(*sites: UUID, name: str = "Anna Kent") -> Person:
    return _at(Role.CLINICIAN, name, sites)


def manager_at(*sites: UUID, name: str = "Mo Site") -> Person:
    return _at(Role.SITE_MANAGER, name, sites)


def patient_of(patient_id: UUID, name: str = "Mara Kent") -> Person:
    return Person(
        name,
        frozenset({Role.PATIENT}),
        patient_id=patient_id,
        user_id=uuid5(UUID(int=0), name),
    )


def _at(role: Role, name: str, sites: tuple[UUID, ...]) -> Person:
    return Person(name, frozenset({role}), sites=frozenset(sites), user_id=uuid5(UUID(int=0), name))
