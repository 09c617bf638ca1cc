"""Users: rights that make sense, somebody left to administer, and nothing lost to two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import pytest

from data.actions.user_entries import UserEntry
from data.actions.users import (
    add_user,
    change_user,
    disable_user,
    enable_user,
    new_welcome_link,
    reset_second_factor,
)
from data.doors.links import choose_password, is_open
from data.doors.sessions import find_presence
from data.queries.users import list_users
from models.access import Purpose
from models.errors import Conflict, NotFound, Refused, Unavailable
from models.policy import OPERATOR, Denied, Person, Role, Unconfirmed
from models.tables import User, UserSite
from tests.clinic import PASSWORD, audit_of, everything, only_row, rows_of

ROOT = Person("Root", frozenset({Role.ADMINISTRATOR}), is_confirmed=True)
NO_SITE = UUID(int=7)
CLINICIAN = frozenset({Role.CLINICIAN})


def entry(clinic, **more):
    return UserEntry(
        **{
            "sign_in_name": " Anna@Example.org ",
            "name": "Anna  Ask",
            "roles": CLINICIAN,
            "site_ids": frozenset({clinic.denver}),
            **more,
        }
    )


def change(clinic, user_id, person=ROOT, **more):
    given = {
        "seen_version": 1,
        "name": "Anna",
        "roles": CLINICIAN,
        "site_ids": {clinic.denver},
        "sees_all_sites": False,
    }
    change_user(clinic.engine, person, user_id=user_id, **{**given, **more})


def lines(clinic):
    return [line for line in audit_of(clinic.engine) if line.operation == "manage_users"]


# --- adding ---------------------------------------------------------------------------------


def test_a_new_user_comes_in_by_the_link_and_nobody_else_knows_the_password(clinic):
    user_id, token = add_user(clinic.engine, ROOT, entry=entry(clinic))

    row = only_row(clinic.engine, User)
    assert (row.user_id, row.sign_in_name, row.name) == (user_id, "anna@example.org", "Anna Ask")
    assert (row.password_hash, row.recorded_by) == (None, "Root")
    assert is_open(clinic.engine, token, Purpose.WELCOME)
    assert choose_password(clinic.engine, token, PASSWORD, None, None)
    [line] = lines(clinic)
    assert (line.person, line.record_id) == ("Root", user_id)
    assert line.detail == {"what": "added", "roles": ["clinician"]}


def test_a_patients_user_is_bound_to_their_number(clinic):
    patient_id = clinic.register("P-1")
    wanted = entry(
        clinic, roles=frozenset({Role.PATIENT}), site_ids=frozenset(), patient_number=" P-1 "
    )
    add_user(clinic.engine, ROOT, entry=wanted)

    assert only_row(clinic.engine, User).patient_id == patient_id
    assert list_users(clinic.engine, ROOT)[0].patient_number == "P-1"
    with pytest.raises(Refused, match="exists already"):
        add_user(clinic.engine, ROOT, entry=replace(wanted, sign_in_name="b", name="B"))


PATIENT = frozenset({Role.PATIENT})
WRONG = {
    "the daily mail's role": ({"roles": frozenset({Role.DIGEST})}, Refused, "no user can have"),
    "no role": ({"roles": frozenset()}, Refused, "at least one role"),
    "a clinician without a site": ({"site_ids": frozenset()}, Refused, "at least one site"),
    "a patient without a number": ({"roles": PATIENT, "site_ids": frozenset()}, Refused, "number"),
    "a number for a clinician": ({"patient_number": "P-1"}, Refused, "nobody else has one"),
    "a patient with a site": ({"roles": PATIENT, "patient_number": "P-1"}, Refused, "own data"),
    "a patient who is also a clinician": (
        {"roles": PATIENT | CLINICIAN, "patient_number": "P-1"}, Refused, "own data"
    ),
    "a patient of every site": (
        {"roles": PATIENT, "patient_number": "P-1", "site_ids": frozenset(),
         "sees_all_sites": True}, Refused, "own data"
    ),
    "a number nobody has": (
        {"roles": PATIENT, "patient_number": "P-9", "site_ids": frozenset()}, NotFound,
        "no patient with this number"
    ),
    "a name in use": ({"name": "Bert"}, Refused, "exists already"),
    "a sign-in name in use": ({"sign_in_name": "BERT"}, Refused, "exists already"),
    "no name": ({"name": "  "}, Refused, "1 to 80"),
    "no sign-in name": ({"sign_in_name": "\0"}, Refused, "1 to 80"),
    "a name too long": ({"name": "x" * 81}, Refused, "1 to 80"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "kind", "said"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(clinic, more, kind, said):
    clinic.register("P-1")
    clinic.user("bert")
    before = everything(clinic.engine, but=())

    with pytest.raises(kind, match=said):
        add_user(clinic.engine, ROOT, entry=entry(clinic, **more))
    assert everything(clinic.engine, but=()) == before


def test_a_site_that_does_not_exist_is_refused(clinic):
    with pytest.raises(NotFound, match="no such site"):
        add_user(clinic.engine, ROOT, entry=entry(clinic, site_ids={clinic.denver, NO_SITE}))
    assert rows_of(clinic.engine, User) == rows_of(clinic.engine, UserSite) == []


# --- changing -------------------------------------------------------------------------------


def test_a_change_says_what_and_ends_the_sessions(clinic):
    anna = clinic.user("anna", Role.CLINICIAN, clinic.denver)
    token = clinic.session_of(anna)
    change(clinic, anna, roles={Role.SITE_MANAGER}, site_ids={clinic.phoenix})

    [row] = list_users(clinic.engine, ROOT)
    assert (row.roles, row.sites, row.version) == ({Role.SITE_MANAGER}, ("Phoenix",), 2)
    assert find_presence(clinic.engine, token, is_active=True) is None
    assert lines(clinic)[0].detail == {
        "what": "changed",
        "fields": ["roles", "sites"],
        "roles": ["site_manager"],
        "roles_before": ["clinician"],
        "sites": [str(clinic.phoenix)],
        "sites_before": [str(clinic.denver)],
    }


def test_another_name_signs_nobody_out(clinic):
    anna = clinic.user("anna", Role.CLINICIAN, clinic.denver)
    token = clinic.session_of(anna)
    change(clinic, anna, name="Anna Ask")

    assert find_presence(clinic.engine, token, is_active=True).person.name == "Anna Ask"


def test_a_name_in_use_is_refused(clinic):
    anna = clinic.user("anna", Role.CLINICIAN, clinic.denver)
    clinic.user("bert")

    with pytest.raises(Refused, match="exists already"):
        change(clinic, anna, name="Bert")


def test_of_two_changes_the_later_is_told_who_came_first(clinic):
    anna = clinic.user("anna", Role.CLINICIAN, clinic.denver)
    change(clinic, anna, name="Anna One")

    with pytest.raises(Conflict, match="changed by Root in the meantime"):
        change(clinic, anna, name="Anna Two")
    assert only_row(clinic.engine, User).name == "Anna One"


def test_a_patients_user_stays_one(clinic):
    pat = clinic.user("pat", Role.PATIENT, patient_id=clinic.register("P-1"))

    with pytest.raises(Refused, match="nobody else has one"):
        change(clinic, pat)
    change(clinic, pat, roles=PATIENT, site_ids=(), name="Pat B")


# --- coming back ----------------------------------------------------------------------------


def test_whoever_is_disabled_is_out_and_comes_back_when_enabled(clinic):
    anna = clinic.user("anna", password=PASSWORD)
    token, link = clinic.session_of(anna), new_welcome_link(clinic.engine, ROOT, user_id=anna)
    disable_user(clinic.engine, ROOT, user_id=anna)

    assert not is_open(clinic.engine, link, Purpose.WELCOME)
    with pytest.raises(Refused, match="enable them first"):
        new_welcome_link(clinic.engine, ROOT, user_id=anna)
    enable_user(clinic.engine, ROOT, user_id=anna)
    assert find_presence(clinic.engine, token, is_active=True) is None
    assert find_presence(clinic.engine, clinic.session_of(anna), is_active=True)
    assert [line.detail["what"] for line in lines(clinic)] == ["new link", "disabled", "enabled"]


def test_a_new_link_ends_the_sessions(clinic):
    anna = clinic.user("anna")
    token = clinic.session_of(anna)
    new_welcome_link(clinic.engine, ROOT, user_id=anna)

    assert find_presence(clinic.engine, token, is_active=True) is None


def test_the_list_tells_who_can_come_in_and_how(clinic):
    clinic.user("zoe", password=PASSWORD, totp_secret="sealed")
    new_welcome_link(clinic.engine, ROOT, user_id=clinic.user("newt"))
    disable_user(clinic.engine, ROOT, user_id=clinic.user("abe"))
    rows = list_users(clinic.engine, ROOT)

    assert [row.name for row in rows] == ["Newt", "Zoe", "Abe"]
    assert [row.has_password for row in rows] == [False, True, False]
    assert [row.has_second_factor for row in rows] == [False, True, False]
    assert [bool(row.link_until) for row in rows] == [True, False, False]
    assert "sealed" not in repr(rows)
    assert "argon2" not in repr(rows)


# --- somebody must be left ------------------------------------------------------------------


@pytest.fixture
def roots(clinic):
    ids = [clinic.user(name, Role.ADMINISTRATOR) for name in ("ada", "bea")]
    return [
        Person(name, frozenset({Role.ADMINISTRATOR}), user_id=user_id, is_confirmed=True)
        for name, user_id in zip(("Ada", "Bea"), ids, strict=True)
    ]


def test_nobody_takes_administration_from_themselves(clinic, roots):
    ada, _ = roots
    with pytest.raises(Refused, match="from themselves"):
        disable_user(clinic.engine, ada, user_id=ada.user_id)
    with pytest.raises(Refused, match="from themselves"):
        change(clinic, ada.user_id, ada, roles={Role.GROUP_MANAGER}, site_ids=())
    change(clinic, ada.user_id, ada, roles={Role.ADMINISTRATOR, Role.CLINICIAN}, name="Ada B")


def test_the_last_administrator_stays(clinic, roots):
    ada, bea = roots
    disable_user(clinic.engine, OPERATOR, user_id=ada.user_id)

    with pytest.raises(Refused, match="the only administrator"):
        disable_user(clinic.engine, OPERATOR, user_id=bea.user_id)
    with pytest.raises(Refused, match="the only administrator"):
        change(clinic, bea.user_id, OPERATOR, roles={Role.GROUP_MANAGER}, site_ids=())


def test_two_administrators_cannot_shut_each_other_out(clinic, roots):
    ada, bea = roots

    def shut_out(pair):
        try:
            disable_user(clinic.engine, pair[0], user_id=pair[1].user_id)
        except (Refused, Unavailable) as refused:
            return refused
        return None

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(shut_out, [(ada, bea), (bea, ada)]))

    assert sum(answer is None for answer in answers) == 1
    assert sum(row.disabled_at is None for row in rows_of(clinic.engine, User)) == 1


# --- who may --------------------------------------------------------------------------------


def acts(clinic, user_id):
    return {
        "add": lambda who: add_user(clinic.engine, who, entry=entry(clinic)),
        "change": lambda who: change(clinic, user_id, who),
        "disable": lambda who: disable_user(clinic.engine, who, user_id=user_id),
        "enable": lambda who: enable_user(clinic.engine, who, user_id=user_id),
        "link": lambda who: new_welcome_link(clinic.engine, who, user_id=user_id),
        "reset": lambda who: reset_second_factor(clinic.engine, who, user_id=user_id),
    }


@pytest.mark.parametrize("act", ["add", "change", "disable", "enable", "link", "reset"])
def test_an_administrator_confirms_first(clinic, act):
    anna = clinic.user("anna", Role.CLINICIAN, clinic.denver)
    before = everything(clinic.engine, but=())

    with pytest.raises(Unconfirmed, match="confirm first"):
        acts(clinic, anna)[act](replace(ROOT, is_confirmed=False))
    assert everything(clinic.engine, but=()) == before
    acts(clinic, anna)[act](ROOT)


def test_to_look_needs_no_confirmation_but_the_right(clinic):
    clinic.user("anna")

    assert list_users(clinic.engine, replace(ROOT, is_confirmed=False))
    with pytest.raises(Denied):
        list_users(clinic.engine, clinic.anna)
