"""Sessions: alive while somebody does something, dead on time, and never alive again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from data.actions.sessions import end_session_of, end_sessions_of
from data.actions.users import change_user, disable_user
from data.database import writing
from data.doors.accounts import change_password
from data.doors.own_sessions import list_own_sessions
from data.doors.secrets import hash_token
from data.doors.sessions import end_all_sessions, end_session
from data.doors.sign_in import NotSignedIn, confirm
from data.policies import SIGNING_IN
from data.queries.sessions import list_sessions
from models.access import Stage
from models.policy import OPERATOR, Role
from models.tables import Session, User
from tests.clinic import PASSWORD, audit_of, everything, only_row, rows_of
from tests.policies import change_policy


def test_a_session_says_who_is_there_with_the_rights_of_this_moment(clinic, door, anna):
    token = clinic.session_of(anna)
    presence = door.present(token)

    assert (presence.stage, presence.sign_in_name) == (Stage.OPEN, "anna")
    assert (presence.has_password, presence.has_second_factor) == (True, False)
    assert presence.person.name == "Anna"
    assert presence.person.user_id == anna
    assert presence.person.sites == {clinic.denver}
    assert presence.person.roles == {Role.CLINICIAN}
    assert presence.person.client == "192.0.2.1"
    assert len(presence.person.request) == 8
    assert presence.person.request != door.present(token).person.request


def test_of_every_site_means_new_ones_too_and_a_patient_is_their_own(clinic, door):
    patient_id = clinic.register("P-1")
    anywhere = clinic.user("gus", Role.GROUP_MANAGER, sees_all_sites=True)
    patient = clinic.user("pat", Role.PATIENT, patient_id=patient_id)

    assert door.present(clinic.session_of(anywhere)).person.sites is None
    own = door.present(clinic.session_of(patient)).person
    assert (own.patient_id, own.sites) == (patient_id, frozenset())


def test_only_the_hash_of_a_token_is_kept(clinic, anna):
    token = clinic.session_of(anna)

    assert len(token) >= 43
    assert only_row(clinic.engine, Session).token_hash == hash_token(token)
    assert token not in repr(everything(clinic.engine, but=()))


@pytest.mark.parametrize("token", ["", "x", "a" * 100_000, "nul\0", "\ud83e"])
def test_what_is_no_token_opens_nothing(door, anna, clinic, token):
    clinic.session_of(anna)

    assert door.present(token) is None


# --- idle and old ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "minutes"),
    [(Role.CLINICIAN, 15), (Role.ADMINISTRATOR, 15), (Role.GROUP_MANAGER, 15), (Role.PATIENT, 30)],
)
def test_whoever_does_nothing_is_out_on_the_minute(clinic, door, role, minutes):
    user_id = clinic.user("eve", role)
    spared, idle = clinic.session_of(user_id), clinic.session_of(user_id)

    door.wait(minutes=minutes, seconds=-1)
    assert door.present(spared).idle_until == clinic.now + timedelta(minutes=minutes)
    door.wait(seconds=2)

    assert door.present(idle) is None
    assert door.present(spared) is not None


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(clinic, door, anna):
    token = clinic.session_of(anna)
    for _ in range(14):
        door.wait(minutes=1)
        assert door.present(token, is_active=False) is not None
    door.wait(seconds=61)

    assert door.present(token, is_active=False) is None
    assert door.present(token) is None


def test_activity_is_written_every_twenty_seconds_at_most(clinic, door, anna):
    token, start = clinic.session_of(anna), clinic.now
    seen = []
    for _ in range(30):
        door.wait(seconds=1)
        door.present(token)
        seen.append((only_row(clinic.engine, Session).seen_at - start).seconds)

    assert set(seen) == {0, 20}


def test_twelve_hours_are_the_end_whatever_somebody_does(clinic, door, anna):
    token = clinic.session_of(anna)
    for _ in range(12 * 6 - 1):
        door.wait(minutes=10)
        assert door.present(token) is not None
    door.wait(minutes=9, seconds=59)
    assert door.present(token) is not None
    door.wait(seconds=1)

    assert door.present(token) is None


@pytest.mark.parametrize("minutes", [5, 60])
def test_a_clinic_may_set_how_long_and_it_holds_at_once(clinic, door, anna, minutes):
    token = clinic.session_of(anna)
    changes = {"idle_minutes_staff": minutes, "longest_hours": 1}
    change_policy(clinic.engine, OPERATOR, SIGNING_IN, changes, reason="shared computers")

    assert door.present(token, is_active=False).idle_until == clinic.now + timedelta(
        minutes=minutes
    )
    assert door.present(token).expires_at == clinic.now + timedelta(hours=1)
    door.wait(minutes=minutes)
    assert door.present(token) is None


def test_a_session_that_is_over_is_closed_and_audited_once(clinic, door, anna):
    token = clinic.session_of(anna)
    door.wait(minutes=16)
    for _ in range(3):
        assert door.present(token) is None

    assert only_row(clinic.engine, Session).ended_at == clinic.now
    [line] = [line for line in audit_of(clinic.engine) if line.operation == "session_ended"]
    assert (line.person, line.user_id, line.detail) == ("Anna", anna, {"reason": "idle"})


def test_a_half_open_session_does_not_wait_for_long(clinic, door, anna):
    token = door.sign_in().token
    assert door.present(token).stage is Stage.ENROLMENT
    door.wait(minutes=14)
    door.present(token)
    door.wait(minutes=14)
    door.present(token)
    door.wait(minutes=2)

    assert door.present(token) is None


def test_a_user_disabled_in_any_other_way_is_out_too(clinic, door, anna):
    token = clinic.session_of(anna)
    presence = door.present(token)
    with writing(clinic.engine) as connection:
        connection.execute(update(User).values(disabled_at=clinic.now))

    with pytest.raises(NotSignedIn, match="sign in again"):
        confirm(clinic.engine, presence, password=PASSWORD)
    assert door.present(token) is None
    [line] = [line for line in audit_of(clinic.engine) if line.operation == "session_ended"]
    assert line.detail == {"reason": "disabled"}


# --- ended by somebody ----------------------------------------------------------------------


def test_signing_out_ends_this_browser_only(clinic, door, anna):
    here, there = clinic.session_of(anna), clinic.session_of(anna)
    end_session(clinic.engine, door.present(here))

    assert door.present(here) is None
    assert door.present(there) is not None
    assert [line.operation for line in audit_of(clinic.engine)].count("sign_out") == 1


def test_signing_out_twice_is_one_line(clinic, door, anna):
    presence = door.present(clinic.session_of(anna))
    end_session(clinic.engine, presence)
    end_session(clinic.engine, presence)

    assert [line.operation for line in audit_of(clinic.engine)].count("sign_out") == 1


def end_by(how, clinic, door, user_id, presence):
    engine = clinic.engine
    if how == "sign out everywhere":
        end_all_sessions(engine, presence)
    elif how == "disabled":
        disable_user(engine, OPERATOR, user_id=user_id)
    elif how == "an administrator":
        end_sessions_of(engine, OPERATOR, user_id=user_id)
    else:
        roles = {Role.SITE_MANAGER} if how == "other role" else {Role.CLINICIAN}
        site = clinic.phoenix if how == "other site" else clinic.denver
        change_user(
            engine,
            OPERATOR,
            user_id=user_id,
            seen_version=1,
            name="Anna",
            roles=roles,
            site_ids={site},
            sees_all_sites=how == "all sites",
        )


@pytest.mark.parametrize(
    "how",
    [
        "sign out everywhere",
        "disabled",
        "an administrator",
        "other role",
        "other site",
        "all sites",
    ],
)
def test_every_browser_is_out_at_once(clinic, door, anna, how):
    tokens = [clinic.session_of(anna) for _ in range(3)]
    bert = clinic.session_of(clinic.user("bert", Role.CLINICIAN, clinic.denver))
    presence = door.present(tokens[0])

    end_by(how, clinic, door, anna, presence)

    assert [door.present(token) for token in tokens] == [None] * 3
    assert door.present(bert) is not None
    with pytest.raises(NotSignedIn, match="sign in again"):
        confirm(clinic.engine, presence, password=PASSWORD)


def test_a_new_password_ends_every_other_session_and_renews_this_one(clinic, door, anna):
    here, there = clinic.session_of(anna), clinic.session_of(anna)
    renewed = change_password(
        clinic.engine, door.present(here), old=PASSWORD, new="four other odd words", client=None
    )

    assert door.present(here) is None
    assert door.present(there) is None
    assert door.present(renewed.token).person.is_confirmed


def test_an_administrator_ends_one_session_and_sees_the_others(clinic, door, anna):
    doomed, spared = clinic.session_of(anna), clinic.session_of(anna)
    end_session_of(clinic.engine, OPERATOR, session_id=door.present(doomed).session_id)

    assert door.present(doomed) is None
    [listed] = list_sessions(clinic.engine, OPERATOR)
    assert listed.session_id == door.present(spared).session_id
    assert (listed.name, listed.client, listed.browser) == ("Anna", "127.0.0.1", "test")


def test_somebody_sees_their_own_browsers_and_nobody_elses(clinic, door, anna):
    clinic.session_of(clinic.user("bert"))
    clinic.session_of(anna)
    presence = door.present(clinic.session_of(anna))

    own = list_own_sessions(clinic.engine, presence)

    assert [each.is_here for each in own] == [True, False]


def test_the_list_leaves_out_whoever_is_over(clinic, anna):
    clinic.session_of(anna)
    clinic.session_of(clinic.user("bert"))
    disable_user(clinic.engine, OPERATOR, user_id=anna)
    assert [row.name for row in list_sessions(clinic.engine, OPERATOR)] == ["Bert"]
    clinic.now += timedelta(minutes=16)

    assert list_sessions(clinic.engine, OPERATOR) == []
    assert len(rows_of(clinic.engine, Session)) == 2
