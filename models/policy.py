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
    DIGEST = "digest"  # the daily mail of one site; nobody signs in with it


class Operation(StrEnum):
    READ_OWN = "read_own"
    READ_CHART = "read_chart"
    READ_ACCESS = "read_access"
    OPEN_EMERGENCY = "open_emergency"
    LIST_PATIENTS = "list_patients"
    READ_CURVES = "read_curves"
    READ_GROUP_CURVES = "read_group_curves"
    READ_DEFINITIONS = "read_definitions"
    REGISTER_PATIENT = "register_patient"
    RECORD_INFUSION = "record_infusion"
    RECORD_ASSESSMENT = "record_assessment"
    RECORD_SCREEN = "record_screen"
    PLAN_INFUSION = "plan_infusion"
    CORRECT_RECORD = "correct_record"
    ANSWER_CHECKIN = "answer_checkin"
    PLAN_CHECKINS = "plan_checkins"
    ACT_ON_FLAG = "act_on_flag"
    REVIEW_PROMPT = "review_prompt"
    IMPORT = "import"
    EXPORT = "export"
    SET_POLICY = "set_policy"
    SET_CRISIS_TEXT = "set_crisis_text"
    MANAGE_SITES = "manage_sites"
    MANAGE_USERS = "manage_users"
    END_SESSIONS = "end_sessions"
    READ_AUDIT = "read_audit"
    REFRESH = "refresh"


class Relation(StrEnum):
    """How a person stands to what they ask for. EMERGENCY: elsewhere, opened with a reason."""

    OWN = "own"
    SAME_SITE = "same_site"
    OTHER_SITE = "other_site"
    EMERGENCY = "emergency"


HERE = (Relation.SAME_SITE,)
ANYWHERE = (Relation.SAME_SITE, Relation.OTHER_SITE)

_TABLE: dict[Role, dict[tuple[Relation, ...], tuple[Operation, ...]]] = {
    Role.PATIENT: {
        (Relation.OWN,): (
            Operation.READ_OWN,
            Operation.ANSWER_CHECKIN,
            Operation.PLAN_CHECKINS,
        ),
    },
    Role.CLINICIAN: {
        HERE: (
            Operation.READ_CHART,
            Operation.READ_ACCESS,
            Operation.LIST_PATIENTS,
            Operation.READ_CURVES,
            Operation.REGISTER_PATIENT,
            Operation.RECORD_INFUSION,
            Operation.RECORD_ASSESSMENT,
            Operation.RECORD_SCREEN,
            Operation.PLAN_INFUSION,
            Operation.CORRECT_RECORD,
            Operation.PLAN_CHECKINS,
            Operation.ACT_ON_FLAG,
            Operation.REVIEW_PROMPT,
        ),
        (Relation.EMERGENCY,): (Operation.READ_CHART,),
        ANYWHERE: (
            Operation.READ_GROUP_CURVES,
            Operation.READ_DEFINITIONS,
            Operation.OPEN_EMERGENCY,
        ),
    },
    Role.SITE_MANAGER: {
        HERE: (Operation.READ_CURVES, Operation.SET_CRISIS_TEXT),
        ANYWHERE: (Operation.READ_GROUP_CURVES, Operation.READ_DEFINITIONS),
    },
    Role.GROUP_MANAGER: {
        ANYWHERE: (
            Operation.READ_CURVES,
            Operation.READ_GROUP_CURVES,
            Operation.READ_DEFINITIONS,
        ),
    },
    Role.ADMINISTRATOR: {
        ANYWHERE: (
            Operation.READ_DEFINITIONS,
            Operation.IMPORT,
            Operation.EXPORT,
            Operation.SET_POLICY,
            Operation.SET_CRISIS_TEXT,
            Operation.MANAGE_SITES,
            Operation.MANAGE_USERS,
            Operation.END_SESSIONS,
            Operation.READ_AUDIT,
            Operation.REFRESH,
        ),
    },
    Role.DIGEST: {HERE: (Operation.LIST_PATIENTS,)},
}

ALLOWED: frozenset[tuple[Role, Operation, Relation]] = frozenset(
    (role, operation, relation)
    for role, rows in _TABLE.items()
    for relations, operations in rows.items()
    for operation in operations
    for relation in relations
)

# Whoever does these has shown a moment ago that it is still them at the keyboard (ASVS 7.5.1).
NEEDS_CONFIRMATION = frozenset({Operation.EXPORT, Operation.MANAGE_USERS})


class Denied(Refused):
    """Refused by the table above: worth a line in the audit, unlike a mistake in a form."""

    def __init__(self, person: Person, operation: Operation, patient_id: UUID | None) -> None:
        super().__init__(f"{person.name} may not {operation.replace('_', ' ')} here.")
        self.person = person
        self.operation = operation
        self.patient_id = patient_id


class Unconfirmed(Refused):
    """Allowed, once the person has confirmed that it is them."""


@dataclass(frozen=True)
class Person:
    """Whoever is acting. `sites` None means assigned to every site of the group.

    `emergencies` are the patients elsewhere whose charts this person has opened with a reason.
    `is_confirmed`: the person gave their password or code a moment ago. `client` and `request`
    say from where, and in which run of a page, for the audit.
    """

    name: str
    roles: frozenset[Role]
    sites: frozenset[UUID] | None = field(default_factory=frozenset)
    patient_id: UUID | None = None
    user_id: UUID | None = None
    emergencies: frozenset[UUID] = frozenset()
    is_confirmed: bool = False
    client: str | None = None
    request: str | None = None

    def relation_to(self, site_id: UUID | None, patient_id: UUID | None = None) -> Relation:
        if patient_id is not None and patient_id == self.patient_id:
            return Relation.OWN
        if self.sites is None or (site_id is not None and site_id in self.sites):
            return Relation.SAME_SITE
        if patient_id is not None and patient_id in self.emergencies:
            return Relation.EMERGENCY
        return Relation.OTHER_SITE

    def may(self, operation: Operation, relation: Relation) -> bool:
        return any((role, operation, relation) in ALLOWED for role in self.roles)

    def may_somewhere(self, operation: Operation) -> bool:
        """Return whether there is anything at all this person may do it to."""
        return any(self.may(operation, relation) for relation in Relation)


def require(
    person: Person,
    operation: Operation,
    *,
    site_id: UUID | None = None,
    patient_id: UUID | None = None,
) -> None:
    """Raise Denied, in the same words whether or not the record exists."""
    if not person.may(operation, person.relation_to(site_id, patient_id)):
        raise Denied(person, operation, patient_id)
    _require_confirmation(person, operation)


def require_everywhere(person: Person, operation: Operation) -> None:
    """Raise Denied unless the person may do this to the whole group."""
    if not person.may(operation, Relation.OTHER_SITE):
        raise Denied(person, operation, None)
    _require_confirmation(person, operation)


def readable_sites(person: Person, operation: Operation) -> frozenset[UUID] | None:
    """Return the sites a list may show to this person; None means all of them."""
    if person.may(operation, Relation.OTHER_SITE):
        sites = None
    elif person.may(operation, Relation.SAME_SITE):
        sites = person.sites
    else:
        raise Denied(person, operation, None)
    _require_confirmation(person, operation)
    return sites


def _require_confirmation(person: Person, operation: Operation) -> None:
    if operation in NEEDS_CONFIRMATION and not person.is_confirmed:
        raise Unconfirmed(
            f"To {operation.replace('_', ' ')}, please confirm first that it is still you."
        )


# The command line runs as whoever owns the database file or holds its password.
OPERATOR = Person(
    name="command line",
    roles=frozenset({Role.CLINICIAN, Role.ADMINISTRATOR}),
    sites=None,
    is_confirmed=True,
)
