"""One-time links: once, for a day, and the newest only; looking at one uses nothing up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from data.actions.users import disable_user, new_welcome_link
from data.database import writing
from data.doors.links import (
    choose_password,
    is_open,
    link_identity,
    look_at,
    make_set_up_token,
    set_up,
)
from data.doors.refusals import DeadLink
from data.doors.secrets import hash_token
from data.doors.sign_in import TryLater, sign_in_with
from models.access import Purpose, Stage
from models.errors import Refused
from models.policy import OPERATOR, Role
from models.tables import Identity, OneTimeToken, Session, User
from tests.clinic import PASSWORD, audit_of, everything, only_row, rows_of

CHOSEN = "four other odd words"
ISSUER = "https://login.example.org"


def begin(engine, token, **more):
    given = {"sign_in_name": "Root", "name": "Ada  Root", "password": PASSWORD, **more}
    return set_up(engine, token, **given, client="192.0.2.1", browser="Test/1")


def choose(engine, token, password=CHOSEN):
    return choose_password(engine, token, password, "192.0.2.1", "Test/1")


# --- the first administrator ----------------------------------------------------------------


def test_the_first_administrator_is_made_once(clinic, door):
    token = make_set_up_token(clinic.engine)
    signed_in = begin(clinic.engine, token)

    row = only_row(clinic.engine, User)
    assert (row.sign_in_name, row.name, row.roles) == ("root", "Ada Root", ["administrator"])
    assert signed_in.stage is Stage.ENROLMENT
    assert door.present(signed_in.token).person.roles == {Role.ADMINISTRATOR}
    assert door.sign_in("root")
    with pytest.raises(DeadLink):
        begin(clinic.engine, token)
    assert len(rows_of(clinic.engine, User)) == 1


def test_there_is_no_token_where_there_is_a_user(clinic, anna):
    assert make_set_up_token(clinic.engine) is None


def test_a_token_made_before_the_first_user_makes_no_second_one(clinic):
    token = make_set_up_token(clinic.engine)
    clinic.user("anna")

    with pytest.raises(DeadLink):
        begin(clinic.engine, token)


def test_a_later_token_kills_the_earlier_one(clinic):
    first, second = (make_set_up_token(clinic.engine) for _ in range(2))

    assert [is_open(clinic.engine, each, Purpose.SET_UP) for each in (first, second)] == [
        False,
        True,
    ]
    with pytest.raises(DeadLink):
        begin(clinic.engine, first)
    assert begin(clinic.engine, second)


def test_it_works_for_a_day(clinic, door):
    token = make_set_up_token(clinic.engine)
    door.wait(hours=23, minutes=59)
    assert is_open(clinic.engine, token, Purpose.SET_UP)
    door.wait(minutes=1)

    assert not is_open(clinic.engine, token, Purpose.SET_UP)
    with pytest.raises(DeadLink):
        begin(clinic.engine, token)


def test_looking_uses_nothing_up_and_a_refused_entry_neither(clinic):
    token = make_set_up_token(clinic.engine)
    for _ in range(5):
        assert is_open(clinic.engine, token, Purpose.SET_UP)
    for bad in (
        {"password": "short"},
        {"password": "ketamine ketamine"},
        {"password": "Denver Ada Root"},
        {"name": " "},
        {"sign_in_name": ""},
        {"name": "x" * 81},
        {"name": "bell\a"},
    ):
        with pytest.raises(Refused) as refused:
            begin(clinic.engine, token, **bad)
        assert type(refused.value) is Refused

    assert begin(clinic.engine, token)


def test_only_the_hash_is_kept(clinic):
    token = make_set_up_token(clinic.engine)

    assert len(token) >= 43
    assert only_row(clinic.engine, OneTimeToken).token_hash == hash_token(token)
    assert token not in repr(everything(clinic.engine, but=()))


# --- a welcome link -------------------------------------------------------------------------


@pytest.fixture
def newcomer(clinic):
    return clinic.user("newt", Role.CLINICIAN, clinic.denver)


@pytest.fixture
def link(clinic, newcomer):
    return new_welcome_link(clinic.engine, OPERATOR, user_id=newcomer)


def test_whoever_opens_it_chooses_a_password_and_is_in(clinic, door, newcomer, link):
    signed_in = choose(clinic.engine, link)

    assert door.present(signed_in.token).user_id == newcomer
    assert door.sign_in("newt", CHOSEN)
    assert not is_open(clinic.engine, link, Purpose.WELCOME)
    with pytest.raises(DeadLink):
        choose(clinic.engine, link)
    assert audit_of(clinic.engine, outcome="failed")[-1].operation == "choose_password"


def test_a_link_is_good_for_its_own_purpose_only(clinic, link):
    assert not is_open(clinic.engine, link, Purpose.SET_UP)
    with pytest.raises(DeadLink):
        begin(clinic.engine, link)


def test_a_new_link_or_a_used_one_kills_the_earlier_ones(clinic, newcomer, link):
    second = new_welcome_link(clinic.engine, OPERATOR, user_id=newcomer)
    other = new_welcome_link(clinic.engine, OPERATOR, user_id=clinic.user("bert"))
    with pytest.raises(DeadLink):
        choose(clinic.engine, link)
    choose(clinic.engine, second)

    assert is_open(clinic.engine, other, Purpose.WELCOME)


def test_a_disabled_users_link_is_dead(clinic, newcomer, link):
    disable_user(clinic.engine, OPERATOR, user_id=newcomer)

    with pytest.raises(DeadLink):
        choose(clinic.engine, link)


def test_a_user_disabled_in_any_other_way_stays_out(clinic, newcomer, link):
    with writing(clinic.engine) as connection:
        connection.execute(update(User).values(disabled_at=clinic.now))

    with pytest.raises(DeadLink):
        choose(clinic.engine, link)
    assert is_open(clinic.engine, link, Purpose.WELCOME)


def test_choosing_ends_the_sessions_there_were(clinic, door, newcomer, link):
    old = clinic.session_of(newcomer)
    choose(clinic.engine, link)

    assert door.present(old) is None


def test_a_weak_password_is_refused_with_why_and_the_link_still_works(clinic, link):
    with pytest.raises(Refused, match="at least 12 characters"):
        choose(clinic.engine, link, "short")
    with pytest.raises(Refused, match="little more than a name"):
        choose(clinic.engine, link, "Denver Phoenix Newt")

    assert choose(clinic.engine, link)


def test_a_patient_has_no_second_factor_and_needs_a_longer_password(clinic):
    patient = clinic.user("pat", Role.PATIENT, patient_id=clinic.register("P-1"))
    token = new_welcome_link(clinic.engine, OPERATOR, user_id=patient)

    with pytest.raises(Refused, match="at least 15 characters"):
        choose(clinic.engine, token, "oboe gravel 7")
    assert choose(clinic.engine, token).stage is Stage.OPEN


def test_of_twenty_at_once_one_comes_in(clinic, link):
    def one(number):
        try:
            return choose(clinic.engine, link, f"{CHOSEN} {number}")
        except DeadLink:
            return None

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))

    assert sum(answer is not None for answer in answers) == 1
    assert len(rows_of(clinic.engine, Session)) == 1


def test_of_twenty_first_administrators_one_is_made(clinic):
    token = make_set_up_token(clinic.engine)

    def one(number):
        try:
            return begin(clinic.engine, token, sign_in_name=f"root{number}", name=f"Root {number}")
        except DeadLink:
            return None

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))

    assert sum(answer is not None for answer in answers) == 1
    assert len(rows_of(clinic.engine, User)) == 1


def test_links_cannot_be_guessed_by_the_thousand(clinic):
    for number in range(30):
        with pytest.raises(DeadLink):
            choose(clinic.engine, f"guess {number}")

    for _ in range(20):
        with pytest.raises(TryLater):
            choose(clinic.engine, "one more guess")

    assert len(audit_of(clinic.engine, outcome="failed")) == 30
    [line] = audit_of(clinic.engine, outcome="denied")
    assert (line.operation, line.detail) == ("lockout", {"tries": 30})


def test_whoever_comes_with_a_dead_link_leaves_a_line_that_says_whose_it_was(
    clinic, door, newcomer, link
):
    second = new_welcome_link(clinic.engine, OPERATOR, user_id=newcomer)
    look_at(clinic.engine, second, Purpose.WELCOME, "192.0.2.9")
    assert audit_of(clinic.engine, outcome="failed") == []
    door.wait(days=2)
    for token in (link, second, "guessed"):
        with pytest.raises(DeadLink):
            look_at(clinic.engine, token, Purpose.WELCOME, "192.0.2.9")

    lines = audit_of(clinic.engine, outcome="failed")
    assert [(line.person, line.client, line.record_id, line.detail["link"]) for line in lines] == [
        ("unknown", "192.0.2.9", newcomer, "used or replaced"),
        ("unknown", "192.0.2.9", newcomer, "too old"),
        ("unknown", "192.0.2.9", None, "unknown"),
    ]


# --- linking an identity --------------------------------------------------------------------


def connect(engine, token, subject="s-1"):
    return link_identity(engine, token, ISSUER, subject, client=None, browser=None)


def test_an_identity_is_linked_once_and_opens_from_then_on(clinic, door, newcomer, link):
    assert door.present(connect(clinic.engine, link).token).user_id == newcomer
    with pytest.raises(DeadLink):
        connect(clinic.engine, link)

    again = sign_in_with(
        clinic.engine, issuer=ISSUER, subject="s-1", email_or_name=None, client=None, browser=None
    )
    assert door.present(again.token).user_id == newcomer
    assert not door.present(again.token).has_password


def test_an_identity_belongs_to_one_user(clinic, newcomer, link):
    connect(clinic.engine, link)
    second = new_welcome_link(clinic.engine, OPERATOR, user_id=clinic.user("bert"))

    with pytest.raises(Refused, match="belongs to another user"):
        connect(clinic.engine, second)
    assert is_open(clinic.engine, second, Purpose.WELCOME)
    assert len(rows_of(clinic.engine, Identity)) == 1
