"""Every cell of the policy table, tried for real: role x operation x relation, on both databases.

Each operation below is done through the query or action that asks for it, to a patient or site that
stands in that relation to whoever does it. It must be done exactly where the table has a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from data.actions.assessments import record_assessment
from data.actions.checkin_wishes import set_wishes
from data.actions.crisis_texts import set_crisis_text
from data.actions.emergencies import open_emergency
from data.actions.flags import acknowledge_flag
from data.actions.infusions import record_infusion
from data.actions.patients import register_patient
from data.actions.planned_infusions import plan_infusion
from data.actions.prompt_reviews import mark_seen
from data.actions.results import refresh_results
from data.actions.screens import record_screen
from data.actions.sessions import end_sessions_of
from data.actions.sites import open_site
from data.actions.user_entries import UserEntry
from data.actions.users import add_user
from data.actions.withdrawals import withdraw_record
from data.checkins.forms import open_own
from data.importers import import_files
from data.policies import RULES
from data.queries.access import read_access
from data.queries.audit import AuditFilter, read_audit
from data.queries.chart import read_chart
from data.queries.crisis_texts import read_crisis_texts
from data.queries.due import completion_by_site
from data.queries.own import read_own
from data.queries.patients import PatientFilter, list_patients
from data.queries.policies import read_policy
from data.queries.scores import read_scores
from data.queries.sites import may_read_group
from models.entries import AssessmentEntry, InfusionEntry
from models.errors import Refused
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import Prompt
from models.policy import ALLOWED, Denied, Operation, Person, Relation, Role
from models.registration import PatientEntry
from models.screening import ScreenEntry, ScreenKind
from models.tables import Assessment, CheckInWishes, Flag, PlannedInfusion, PromptReview
from tests.clinic import LOST, Clinic, only_row, rows_of
from tests.histories import on
from tests.policies import change_policy


@dataclass
class Attempt:
    """Somebody doing something to the patient P-1, who is at `site`."""

    clinic: Clinic
    person: Person
    site: UUID
    patient: UUID
    serial: int  # tells one attempt from the next, so that each writes something new

    @property
    def engine(self):
        return self.clinic.engine


def read_the_list(it: Attempt) -> bool:
    page = list_patients(it.engine, it.person, PatientFilter(), today=on(60))
    return it.patient in {row.patient_id for row in page.rows}


def read_the_curves(it: Attempt) -> bool:
    found = completion_by_site(it.engine, it.person, since=on(0), until=on(60))
    return it.site in {each.site_id for each in found}


def withdraw_a_score(it: Attempt) -> object:
    moment = Moment(on(40 + it.serial % 20))
    record_id = it.clinic.score(it.patient, moment, 9, note=str(it.serial))
    return withdraw_record(
        it.engine,
        it.person,
        "assessment",
        patient_id=it.patient,
        record_id=record_id,
        seen_version=1,
        reason="entered twice",
    )


def read_the_audit(it: Attempt) -> object:
    return read_audit(it.engine, it.person, AuditFilter(), 0)


def write_the_crisis_text(it: Attempt) -> object:
    known = {row.site_id: row.revision for row in read_crisis_texts(it.engine, OVERSEER)}
    return set_crisis_text(
        it.engine,
        it.person,
        site_id=it.site,
        seen_revision=known[it.site],
        body=f"Call us, attempt {it.serial}",
        phone=None,
    )


def acknowledge_a_flag(it: Attempt) -> object:
    moment = Moment(on(36 + it.serial))
    items = (0, 0, 0, 0, 0, 0, 0, 0, 1 + it.serial % 3)
    assessment = it.clinic.score(it.patient, moment, items=items, note=str(it.serial))
    flag = only_row(it.engine, Flag, assessment_id=assessment)
    return acknowledge_flag(
        it.engine,
        it.person,
        patient_id=it.patient,
        flag_id=flag.flag_id,
        seen_version=flag.version,
        said="called the patient",
    )


def put_a_prompt_aside(it: Attempt) -> object:
    newest = max((row.review_id for row in rows_of(it.engine, PromptReview)), default=None)
    return mark_seen(
        it.engine,
        it.person,
        patient_id=it.patient,
        seen_review=newest,
        prompts=(Prompt.LOST,),
        evidence="",
        reason="booked",
    )


def wish_for_another_hour(it: Attempt) -> object:
    changed = sum(row.version for row in rows_of(it.engine, CheckInWishes))
    return set_wishes(
        it.engine,
        it.person,
        patient_id=it.patient,
        seen_version=changed,
        changes={"hour": 8 + changed % 2},
    )


def book_the_next(it: Attempt) -> object:
    booked = len(rows_of(it.engine, PlannedInfusion))
    return plan_infusion(
        it.engine,
        it.person,
        patient_id=it.patient,
        planned_on=on(70 + booked),
        seen_version=booked,
    )


OVERSEER = Person("Overseer", frozenset({Role.ADMINISTRATOR}), sites=None, is_confirmed=True)
CSV = b"patient_id,site,date,instrument,score\n"

DO: dict[Operation, Callable[[Attempt], object]] = {
    Operation.READ_OWN: lambda it: read_own(it.engine, it.person),
    Operation.READ_CHART: lambda it: read_chart(it.engine, it.person, it.patient),
    Operation.READ_ACCESS: lambda it: read_access(it.engine, it.person, it.patient),
    Operation.OPEN_EMERGENCY: lambda it: open_emergency(
        it.engine, it.person, code="P-1", reason="collapsed in the waiting room"
    ),
    Operation.LIST_PATIENTS: read_the_list,
    Operation.READ_CURVES: read_the_curves,
    Operation.READ_GROUP_CURVES: lambda it: may_read_group(it.person),
    Operation.READ_DEFINITIONS: lambda it: read_policy(it.engine, it.person, RULES),
    Operation.REGISTER_PATIENT: lambda it: register_patient(
        it.engine, it.person, entry=PatientEntry(f"N-{it.serial}", it.site)
    ),
    Operation.RECORD_INFUSION: lambda it: record_infusion(
        it.engine,
        it.person,
        patient_id=it.patient,
        entry=InfusionEntry(Moment(on(50)), note=str(it.serial)),
    ),
    Operation.RECORD_ASSESSMENT: lambda it: record_assessment(
        it.engine,
        it.person,
        patient_id=it.patient,
        entry=AssessmentEntry(Moment(on(50)), "PHQ-9", stated_total=3, note=str(it.serial)),
    ),
    Operation.RECORD_SCREEN: lambda it: record_screen(
        it.engine,
        it.person,
        patient_id=it.patient,
        entry=ScreenEntry(ScreenKind.URINARY, on(50), is_finding=False, remark=str(it.serial)),
    ),
    Operation.PLAN_INFUSION: book_the_next,
    Operation.CORRECT_RECORD: withdraw_a_score,
    Operation.ANSWER_CHECKIN: lambda it: open_own(it.engine, it.person, extra=True),
    Operation.PLAN_CHECKINS: wish_for_another_hour,
    Operation.ACT_ON_FLAG: acknowledge_a_flag,
    Operation.REVIEW_PROMPT: put_a_prompt_aside,
    Operation.IMPORT: lambda it: import_files(
        it.engine, it.person, [("scores.csv", CSV + b"P-1,Denver,2026-02-01,PHQ-9,9\n")]
    ),
    Operation.EXPORT: lambda it: read_scores(it.engine, it.person),
    Operation.SET_POLICY: lambda it: change_policy(
        it.engine, it.person, RULES, {"silence": 20 + it.serial}, reason="an attempt"
    ),
    Operation.SET_CRISIS_TEXT: write_the_crisis_text,
    Operation.MANAGE_SITES: lambda it: open_site(
        it.engine, it.person, name=f"Reno {it.serial}", time_zone="America/Los_Angeles"
    ),
    Operation.MANAGE_USERS: lambda it: add_user(
        it.engine,
        it.person,
        entry=UserEntry(
            name=f"Nia {it.serial}",
            sign_in_name=f"nia{it.serial}",
            roles=frozenset({Role.CLINICIAN}),
            site_ids=frozenset({it.site}),
        ),
    ),
    Operation.END_SESSIONS: lambda it: end_sessions_of(
        it.engine, it.person, user_id=it.clinic.user(f"idle{it.serial}", Role.CLINICIAN)
    ),
    Operation.READ_AUDIT: read_the_audit,
    Operation.REFRESH: lambda it: refresh_results(it.engine, it.person),
}
# These are done to the whole group: it makes no difference where the patient is.
OF_THE_GROUP = {
    Operation.OPEN_EMERGENCY,
    Operation.READ_GROUP_CURVES,
    Operation.READ_DEFINITIONS,
    Operation.IMPORT,
    Operation.EXPORT,
    Operation.SET_POLICY,
    Operation.MANAGE_SITES,
    Operation.MANAGE_USERS,
    Operation.END_SESSIONS,
    Operation.READ_AUDIT,
    Operation.REFRESH,
}
# These are asked of a site: whose own patient is there makes no difference.
OF_A_SITE = {
    Operation.LIST_PATIENTS,
    Operation.READ_CURVES,
    Operation.REGISTER_PATIENT,
    Operation.SET_CRISIS_TEXT,
}


def attempts(clinic: Clinic) -> list[tuple[Role, Relation, Attempt]]:
    """Return every role in every relation to the one patient, who is in Phoenix."""
    patient = clinic.register("P-1", site=clinic.phoenix, records=LOST)
    user_id = clinic.user("robin", Role.CLINICIAN, clinic.denver)
    made = []
    for role in Role:
        nobody = Person(
            "Robin", frozenset({role}), frozenset({clinic.denver}), user_id=user_id,
            is_confirmed=True,
        )  # fmt: skip
        whoever = {
            Relation.OWN: replace(nobody, patient_id=patient),
            Relation.SAME_SITE: replace(nobody, sites=frozenset({clinic.phoenix})),
            Relation.OTHER_SITE: nobody,
            Relation.EMERGENCY: replace(nobody, emergencies=frozenset({patient})),
        }
        for relation, person in whoever.items():
            attempt = Attempt(clinic, person, clinic.phoenix, patient, len(made))
            made.append((role, relation, attempt))
    return made


def is_allowed(role: Role, operation: Operation, relation: Relation) -> bool:
    if operation in OF_THE_GROUP:
        return (role, operation, Relation.OTHER_SITE) in ALLOWED
    if operation in OF_A_SITE and relation in {Relation.OWN, Relation.EMERGENCY}:
        relation = Relation.OTHER_SITE
    return (role, operation, relation) in ALLOWED


def is_done(operation: Operation, attempt: Attempt) -> bool:
    """Do it; a list that leaves the patient out has not been read of them.

    Whoever is refused for another reason than who they are may do it as far as the table goes.
    """
    try:
        return DO[operation](attempt) is not False
    except Denied:
        return False
    except Refused:
        return True


def test_every_operation_is_tried():
    assert set(DO) == set(Operation)


@pytest.mark.parametrize("operation", Operation)
def test_it_is_done_where_the_table_says_so_and_nowhere_else(clinic, operation):
    wrong = [
        f"{role} to {relation}: {'refused' if is_allowed(role, operation, relation) else 'done'}"
        for role, relation, attempt in attempts(clinic)
        if is_done(operation, attempt) is not is_allowed(role, operation, relation)
    ]

    assert wrong == []


@pytest.mark.parametrize("operation", [Operation.READ_CHART, Operation.RECORD_ASSESSMENT])
def test_a_denied_attempt_leaves_the_records_as_they_were_and_a_line(clinic, operation):
    for role, relation, attempt in attempts(clinic):
        if is_allowed(role, operation, relation):
            continue
        before = rows_of(clinic.engine, Assessment)
        assert not is_done(operation, attempt)
        assert rows_of(clinic.engine, Assessment) == before
