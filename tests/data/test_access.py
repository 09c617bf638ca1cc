"""Every question and every act asks who is asking, found by looking at the code itself.

A new function with an engine needs a person, or a test here fails; a patient's id at another site
gets the same words as one that does not exist.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import event

import data.actions
import data.queries
from data.actions.user_entries import UserEntry
from data.policies import EXPOSURE
from data.queries.durations import DurationFilter
from data.queries.patients import PatientFilter
from models.entries import AssessmentEntry, InfusionEntry
from models.errors import AfterglowError, NotFound
from models.exposure_rules import ExposureRules
from models.outcomes.history import Moment
from models.outcomes.prompt_rules import Prompt
from models.policy import Denied, Person, Role
from models.registration import PatientEntry
from models.screening import ScreenEntry, ScreenKind
from models.tables import Assessment, Infusion, Session
from tests.clinic import LOST, NOBODY, audit_of, everything, rows_of
from tests.histories import on

UNKNOWN = UUID(int=0)
# Some that must be among those found, or the search itself is broken.
AT_LEAST = {"read_chart", "record_infusion", "correct_assessment", "withdraw_record"}


def public_functions():
    """Yield every public function defined in data/queries and data/actions that gets an engine."""
    for package in (data.queries, data.actions):
        for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            module = importlib.import_module(info.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                mine = function.__module__ == module.__name__ and not name.startswith("_")
                if mine and "engine" in inspect.signature(function).parameters:
                    yield f"{info.name}.{name}", function


FUNCTIONS = dict(public_functions())
OF_A_PATIENT = {
    name: function
    for name, function in FUNCTIONS.items()
    if "patient_id" in inspect.signature(function).parameters
}


def arguments(function, engine, person, patient_id, record_id, site_id, kind="assessment"):
    """Return arguments that would do for an existing patient."""
    known = {
        "engine": engine,
        "person": person,
        "patient_id": patient_id,
        "record_id": record_id,
        "infusion_id": record_id,
        "assessment_id": record_id,
        "screen_id": record_id,
        "kind": EXPOSURE if "policies" in function.__module__ else kind,
        "seen_version": 1,
        "reason": "misread",
        "user_id": UNKNOWN,
        "session_id": UNKNOWN,
        "site_id": site_id,
        "roles": {Role.CLINICIAN},
        "site_ids": {site_id},
        "sees_all_sites": False,
        "changes": {"hour": 8},
        "seen_revision": 0,
        "flag_id": record_id,
        "said": "called them",
        "flag_mail": "desk@example.org",
        "rules": (),
        "due_on": date(2026, 3, 6),
        "planned_on": date(2026, 3, 9),
        "since": date(2026, 1, 5),
        "until": date(2026, 3, 6),
        "seen_review": None,
        "prompts": (Prompt.LOST,),
        "evidence": "",
        "tells_outlook": True,
        "hour": 7,
        "body": "Call 988.",
        "phone": "988",
        "code": "P-1",
        "instrument": "PHQ-9",
        "today": date(2026, 3, 6),
        "name": "Reno",
        "time_zone": "America/Los_Angeles",
        "entry": _entry(function, site_id),
        "wanted": _wanted(function),
    }
    parameters = inspect.signature(function).parameters
    required = {
        name for name, each in parameters.items() if each.default is inspect.Parameter.empty
    }
    assert required <= set(known), f"{function.__name__}: say here what {required} could be"
    return {name: known[name] for name in required}


def _wanted(function):
    if "policies" in function.__module__:
        return ExposureRules(peak_systolic=170)
    return DurationFilter("PHQ-9") if "durations" in function.__module__ else PatientFilter()


def _entry(function, site_id):
    if function.__name__ == "add_user":
        return UserEntry("eve", "Eve", frozenset({Role.CLINICIAN}), frozenset({site_id}))
    if function.__name__ == "register_patient":
        return PatientEntry("P-9", site_id)
    if function.__name__.endswith("_infusion"):
        return InfusionEntry(Moment(on(3)))
    if function.__name__.endswith("_screen"):
        return ScreenEntry(ScreenKind.URINARY, on(3), is_finding=False)
    return AssessmentEntry(Moment(on(3)), "PHQ-9", stated_total=12)


def test_the_search_finds_the_functions_there_are():
    found = {name.rsplit(".", 1)[1] for name in FUNCTIONS}

    assert found >= AT_LEAST
    assert len(found) >= 15


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_whoever_gets_the_database_says_for_whom(function):
    assert "person" in inspect.signature(function).parameters


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_person_without_a_role_is_refused_everything_and_changes_nothing(clinic):
    patient = clinic.register("P-1", records=LOST)
    record_id = rows_of(clinic.engine, Assessment)[0].assessment_id
    before = everything(clinic.engine)
    for name, function in FUNCTIONS.items():
        given = arguments(function, clinic.engine, NOBODY, patient, record_id, clinic.denver)
        with pytest.raises(Denied) as refused:
            function(**given)
        assert type(refused.value) is Denied, name
        assert str(refused.value).startswith("Nobody may not"), name

    assert everything(clinic.engine) == before
    assert [line.person for line in audit_of(clinic.engine, outcome="denied")] == (
        ["Nobody"] * len(FUNCTIONS)
    )


def answer(function, *given, **more):
    """Return what kind of error is raised, and what it says."""
    with pytest.raises(AfterglowError) as raised:
        function(**arguments(function, *given, **more))
    return type(raised.value), str(raised.value)


@pytest.mark.parametrize("function", OF_A_PATIENT.values(), ids=OF_A_PATIENT)
def test_another_sites_patient_and_no_patient_at_all_get_the_same_words(clinic, function):
    stranger = clinic.register("P-1", site=clinic.phoenix, records=LOST)
    model = Infusion if "infusion" in function.__name__ else Assessment
    record_id = rows_of(clinic.engine, model)[0][1]
    before = everything(clinic.engine)

    there = answer(function, clinic.engine, clinic.anna, stranger, record_id, clinic.phoenix)
    nowhere = answer(function, clinic.engine, clinic.anna, UNKNOWN, record_id, clinic.phoenix)

    assert there == nowhere
    assert there[0] is Denied
    assert there[1].startswith("Anna may not")
    assert everything(clinic.engine) == before


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("function", OF_A_PATIENT.values(), ids=OF_A_PATIENT)
def test_the_database_is_asked_the_same_of_a_stranger_and_of_no_patient(clinic, function):
    """So that the time an answer takes cannot tell them apart either."""
    stranger = clinic.register("P-1", site=clinic.phoenix, records=LOST)
    # The first denial of all begins the group's chain of audit lines.
    answer(function, clinic.engine, clinic.anna, UNKNOWN, UNKNOWN, clinic.phoenix)
    asked: list[str] = []
    event.listen(clinic.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    statements = []
    for patient in (stranger, UNKNOWN):
        asked.clear()
        answer(function, clinic.engine, clinic.anna, patient, UNKNOWN, clinic.phoenix)
        statements.append(list(asked))

    assert statements[0] == statements[1] != []


def takes_a_record(function):
    names = set(inspect.signature(function).parameters)
    return bool(names & {"record_id", "infusion_id", "assessment_id", "screen_id"})


OF_A_RECORD = {name: f for name, f in OF_A_PATIENT.items() if takes_a_record(f)}


@pytest.mark.parametrize("function", OF_A_RECORD.values(), ids=OF_A_RECORD)
def test_a_record_of_the_patient_next_to_this_one_is_not_found(clinic, function):
    patient = clinic.register("P-1", records=LOST)
    neighbour = clinic.register("P-2", records=LOST)
    model = Infusion if "infusion" in function.__name__ else Assessment
    record_id = rows_of(clinic.engine, model, patient_id=neighbour)[0][1]
    before = everything(clinic.engine)

    theirs = answer(function, clinic.engine, clinic.anna, patient, record_id, clinic.denver)
    nobodys = answer(function, clinic.engine, clinic.anna, patient, UNKNOWN, clinic.denver)

    assert theirs == nobodys == (NotFound, "There is no such record for this patient.")
    assert everything(clinic.engine) == before


# --- users, sessions, settings and sites ------------------------------------------------------


def that_need(parameter):
    """Return the functions that cannot be called without this id."""
    given = {n: inspect.signature(f).parameters.get(parameter) for n, f in FUNCTIONS.items()}
    needed = {n for n, each in given.items() if each and each.default is inspect.Parameter.empty}
    return {name: FUNCTIONS[name] for name in sorted(needed)}


OTHERS = {**that_need("user_id"), **that_need("session_id")}
NOT_ADMINISTRATORS = [role for role in Role if role is not Role.ADMINISTRATOR]


@pytest.mark.parametrize("function", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("role", NOT_ADMINISTRATORS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_only_administrators_reach_somebody_elses_account(clinic, function, role):
    """With an id that exists, a confirmation and every site: it is the role that counts."""
    victim = clinic.user("victim", Role.CLINICIAN, clinic.denver)
    clinic.session_of(victim)
    session_id = rows_of(clinic.engine, Session)[0].session_id
    person = Person("Eve", frozenset({role}), sites=None, is_confirmed=True)
    before = everything(clinic.engine)
    given = arguments(function, clinic.engine, person, UNKNOWN, UNKNOWN, clinic.denver)

    for known in ({}, {"user_id": victim, "session_id": session_id}):
        called_with = {name: known.get(name, value) for name, value in given.items()}
        with pytest.raises(Denied, match="Eve may not"):
            function(**called_with)

    assert everything(clinic.engine) == before


@pytest.mark.parametrize("function", OTHERS.values(), ids=OTHERS)
def test_an_id_of_nobody_is_not_found(clinic, function):
    person = Person("Root", frozenset({Role.ADMINISTRATOR}), is_confirmed=True)

    kind, said = answer(function, clinic.engine, person, UNKNOWN, UNKNOWN, clinic.denver)

    assert kind is NotFound
    assert said in {"There is no such user.", "There is no such session."}


OF_A_SITE = that_need("site_id")


@pytest.mark.parametrize("function", OF_A_SITE.values(), ids=OF_A_SITE)
@pytest.mark.parametrize("role", NOT_ADMINISTRATORS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_another_site_and_no_site_at_all_get_the_same_words(clinic, function, role):
    person = Person("Max", frozenset({role}), sites=frozenset({clinic.denver}), is_confirmed=True)
    before = everything(clinic.engine)

    there = answer(function, clinic.engine, person, UNKNOWN, UNKNOWN, clinic.phoenix)
    nowhere = answer(function, clinic.engine, person, UNKNOWN, UNKNOWN, UNKNOWN)

    assert there == nowhere
    assert there[0] is Denied
    assert everything(clinic.engine) == before
