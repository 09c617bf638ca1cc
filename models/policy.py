"""Who may do what: one table, asked by every query and action. What has no row is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from models.errors import Refused


class Role(StrEnum):
    PATIENT = "patient"
    CLINICIAN = "clinician"
    SITE_MANAGER = "site_manager"
    GROUP_MANAGER = "group_manager"
    ADMINISTRATOR = "administrator"


class Operation(StrEnum):
    READ_CHART = "read_chart"
    LIST_PATIENTS = "list_patients"
    READ_CURVES = "read_curves"
    REGISTER_PATIENT = "register_patient"
    RECORD_INFUSION = "record_infusion"
    RECORD_ASSESSMENT = "record_assessment"
    CORRECT_RECORD = "correct_record"
    IMPORT = "import"
    EXPORT = "export"
    SET_POLICY = "set_policy"
    REFRESH = "refresh"


class Relation(StrEnum):
    OWN = "own"
    SAME_SITE = "same_site"
    OTHER_SITE = "other_site"


_CLINICIAN_HERE = (
    Operation.READ_CHART,
    Operation.LIST_PATIENTS,
    Operation.READ_CURVES,
    Operation.REGISTER_PATIENT,
    Operation.RECORD_INFUSION,
    Operation.RECORD_ASSESSMENT,
    Operation.CORRECT_RECORD,
)
_OPERATOR = (Operation.IMPORT, Operation.EXPORT, Operation.SET_POLICY, Operation.REFRESH)

ALLOWED: frozenset[tuple[Role, Operation, Relation]] = frozenset(
    [(Role.CLINICIAN, operation, Relation.SAME_SITE) for operation in _CLINICIAN_HERE]
    + [(Role.SITE_MANAGER, Operation.READ_CURVES, Relation.SAME_SITE)]
    + [
        (Role.GROUP_MANAGER, Operation.READ_CURVES, relation)
        for relation in (Relation.SAME_SITE, Relation.OTHER_SITE)
    ]
    + [
        (Role.ADMINISTRATOR, operation, relation)
        for operation in _OPERATOR
        for relation in (Relation.SAME_SITE, Relation.OTHER_SITE)
    ]
)


@dataclass(frozen=True)
class Person:
    """Whoever is acting. `sites` None means assigned to every site of the group."""

    name: str
    roles: frozenset[Role]
    sites: frozenset[UUID] | None = field(default_factory=frozenset)
    patient_id: UUID | None = None

    def relation_to(self, site_id: UUID | None, patient_id: UUID | None = None) -> Relation:
        if patient_id is not None and patient_id == self.patient_id:
            return Relation.OWN
        if self.sites is None or (site_id is not None and site_id in self.sites):
            return Relation.SAME_SITE
        return Relation.OTHER_SITE

    def may(self, operation: Operation, relation: Relation) -> bool:
        return any((role, operation, relation) in ALLOWED for role in self.roles)


def require(
    person: Person,
    operation: Operation,
    *,
    site_id: UUID | None = None,
    patient_id: UUID | None = None,
) -> None:
    """Raise Refused, in the same words whether or not the record exists."""
    if not person.may(operation, person.relation_to(site_id, patient_id)):
        raise Refused(f"{person.name} may not {operation.replace('_', ' ')} here.")


def readable_sites(person: Person, operation: Operation) -> frozenset[UUID] | None:
    """Return the sites a list may show to this person; None means all of them."""
    if person.may(operation, Relation.OTHER_SITE):
        return None
    if person.may(operation, Relation.SAME_SITE):
        return person.sites
    raise Refused(f"{person.name} may not {operation.replace('_', ' ')} here.")


# Until sign-in exists the app serves one person on one computer, bound to 127.0.0.1, and says so.
LOCAL_CLINICIAN = Person(
    name="local clinician",
    roles=frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}),
    sites=None,
)

# The command line runs as whoever owns the database file or holds its password.
OPERATOR = Person(
    name="command line", roles=frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}), sites=None
)
