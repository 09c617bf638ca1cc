"""Who may do what, every cell of it; what no row allows is refused."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest

from models.errors import Refused
from models.policy import (
    ALLOWED,
    NEEDS_CONFIRMATION,
    OPERATOR,
    Denied,
    Operation,
    Person,
    Relation,
    Role,
    Unconfirmed,
    readable_sites,
    require,
    require_everywhere,
)

# o: a record of one's own, s: at a site one is assigned to, e: elsewhere in the group,
# x: elsewhere, opened in an emergency. The columns are patient, clinician, site manager,
# group manager, administrator, the daily mail.
TABLE = """
    read_own           o   -   -   -    -  -
    read_chart         -   sx  -   -    -  -
    read_access        -   s   -   -    -  -
    open_emergency     -   se  -   -    -  -
    list_patients      -   s   -   -    -  s
    read_curves        -   s   s   se   -  -
    read_group_curves  -   se  se  se   -  -
    read_definitions   -   se  se  se   se -
    register_patient   -   s   -   -    -  -
    record_infusion    -   s   -   -    -  -
    record_assessment  -   s   -   -    -  -
    record_screen      -   s   -   -    -  -
    plan_infusion      -   s   -   -    -  -
    correct_record     -   s   -   -    -  -
    answer_checkin     o   -   -   -    -  -
    plan_checkins      o   s   -   -    -  -
    act_on_flag        -   s   -   -    -  -
    review_prompt      -   s   -   -    -  -
    import             -   -   -   -    se -
    export             -   -   -   -    se -
    set_policy         -   -   -   -    se -
    set_crisis_text    -   -   s   -    se -
    manage_sites       -   -   -   -    se -
    manage_users       -   -   -   -    se -
    end_sessions       -   -   -   -    se -
    read_audit         -   -   -   -    se -
    refresh            -   -   -   -    se -
"""
COLUMNS = (
    Role.PATIENT,
    Role.CLINICIAN,
    Role.SITE_MANAGER,
    Role.GROUP_MANAGER,
    Role.ADMINISTRATOR,
    Role.DIGEST,
)
LETTERS = {
    "o": Relation.OWN,
    "s": Relation.SAME_SITE,
    "e": Relation.OTHER_SITE,
    "x": Relation.EMERGENCY,
}
A_PATIENTS_OWN = {Operation.READ_OWN, Operation.ANSWER_CHECKIN}
HERE, THERE = UUID(int=1), UUID(int=2)
SELF, SOMEONE, IN_DANGER = UUID(int=3), UUID(int=4), UUID(int=5)


def expected():
    rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (role, Operation(name), LETTERS[letter])
        for name, *cells in rows
        for role, cell in zip(COLUMNS, cells, strict=True)
        for letter in cell.replace("-", "")
    }


EVERY_CELL = list(itertools.product(Role, Operation, Relation))


@pytest.mark.parametrize(("role", "operation", "relation"), EVERY_CELL)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role, operation, relation):
    person = Person(
        "Robin",
        frozenset({role}),
        sites=frozenset({HERE}),
        patient_id=SELF,
        emergencies=frozenset({IN_DANGER}),
        is_confirmed=True,
    )
    site, patient = {
        Relation.OWN: (THERE, SELF),
        Relation.SAME_SITE: (HERE, SOMEONE),
        Relation.OTHER_SITE: (THERE, SOMEONE),
        Relation.EMERGENCY: (THERE, IN_DANGER),
    }[relation]
    allowed = (role, operation, relation) in expected()

    assert person.relation_to(site, patient) is relation
    assert person.may(operation, relation) is allowed
    if allowed:
        require(person, operation, site_id=site, patient_id=patient)
        return
    with pytest.raises(Refused) as refused:
        require(person, operation, site_id=site, patient_id=patient)
    words = operation.value.replace("_", " ")
    assert str(refused.value) == f"Robin may not {words} here."


def test_the_table_above_names_every_operation_and_the_code_has_no_further_row():
    named = [line.split()[0] for line in TABLE.strip().splitlines()]

    assert sorted(named) == sorted(operation.value for operation in Operation)
    assert expected() == ALLOWED


def test_a_refusal_does_not_tell_whether_the_record_exists():
    anna = Person("Anna", frozenset({Role.CLINICIAN}), sites=frozenset({HERE}))
    said = set()
    for site in (THERE, None):  # None: there is no such patient
        with pytest.raises(Refused) as refused:
            require(anna, Operation.READ_CHART, site_id=site, patient_id=SOMEONE)
        said.add(str(refused.value))

    assert len(said) == 1


@pytest.mark.parametrize("operation", Operation)
def test_without_a_role_everything_is_refused(operation):
    nobody = Person("Nobody", frozenset(), sites=None, patient_id=SELF)

    for relation in Relation:
        assert not nobody.may(operation, relation)
    with pytest.raises(Refused):
        readable_sites(nobody, operation)


@pytest.mark.parametrize("operation", Operation)
def test_two_roles_may_do_what_either_may(operation):
    both = Person("Both", frozenset({Role.CLINICIAN, Role.GROUP_MANAGER}), frozenset({HERE}))

    for relation in Relation:
        either = {(role, operation, relation) for role in both.roles} & expected()
        assert both.may(operation, relation) is bool(either)


SITES = {
    # role, assigned to, may read of
    "a clinician of one site": (Role.CLINICIAN, frozenset({HERE}), frozenset({HERE})),
    "a clinician of none": (Role.CLINICIAN, frozenset(), frozenset()),
    "a clinician of all": (Role.CLINICIAN, None, None),
    "a site manager": (Role.SITE_MANAGER, frozenset({HERE}), frozenset({HERE})),
    "a group manager of one site": (Role.GROUP_MANAGER, frozenset({HERE}), None),
    "a group manager of none": (Role.GROUP_MANAGER, frozenset(), None),
}


@pytest.mark.parametrize(("role", "assigned", "readable"), SITES.values(), ids=SITES)
def test_curves_are_read_of_the_sites_a_role_allows(role, assigned, readable):
    person = Person("Robin", frozenset({role}), sites=assigned)

    assert readable_sites(person, Operation.READ_CURVES) == readable


def test_a_person_is_assigned_to_no_site_unless_told():
    assert Person("New", frozenset({Role.CLINICIAN})).sites == frozenset()


def test_the_command_line_may_do_all_that_is_not_a_patients_own():
    for operation in set(Operation) - A_PATIENTS_OWN:
        require(OPERATOR, operation, site_id=HERE, patient_id=SOMEONE)


@pytest.mark.parametrize("operation", Operation)
def test_some_things_need_a_confirmation_and_only_where_they_are_allowed(operation):
    everyone = frozenset(Role)
    unsure = Person("Robin", everyone, sites=None, patient_id=SELF)
    patient = SELF if operation in A_PATIENTS_OWN else SOMEONE
    if operation in NEEDS_CONFIRMATION:
        with pytest.raises(Unconfirmed, match="confirm first"):
            require(unsure, operation, site_id=HERE, patient_id=patient)
        with pytest.raises(Unconfirmed, match="confirm first"):
            require_everywhere(unsure, operation)
        with pytest.raises(Denied):
            require(Person("New", frozenset()), operation)
    else:
        require(unsure, operation, site_id=HERE, patient_id=patient)


def test_an_emergency_opens_one_chart_and_nothing_else():
    anna = Person(
        "Anna",
        frozenset({Role.CLINICIAN}),
        frozenset({HERE}),
        emergencies=frozenset({IN_DANGER}),
    )

    require(anna, Operation.READ_CHART, site_id=THERE, patient_id=IN_DANGER)
    with pytest.raises(Denied):
        require(anna, Operation.READ_CHART, site_id=THERE, patient_id=SOMEONE)
    for operation in (Operation.CORRECT_RECORD, Operation.RECORD_INFUSION, Operation.READ_ACCESS):
        with pytest.raises(Denied):
            require(anna, operation, site_id=THERE, patient_id=IN_DANGER)
