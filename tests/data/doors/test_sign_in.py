"""Signing in: one way in, many ways not to, and none of these tells who has an account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, insert, update

from data import passwords
from data.actions.users import disable_user, new_welcome_link
from data.database import writing
from data.doors.accounts import change_password
from data.doors.links import choose_password
from data.doors.sign_in import NotSignedIn, TryLater, confirm, sign_in_with
from data.doors.throttles import address_key, admit_address, name_key
from data.passwords import needs_rehash
from models.access import CONFIRMATION_LASTS, Stage
from models.policy import OPERATOR, Role
from models.tables import Identity, Session, Throttle, User
from tests.clinic import PASSWORD, audit_of, only_row, rows_of

ISSUER = "https://login.example.org/tenant"
OLD_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
WRONG = "not the password at all"


def change(engine, user_id, **values):
    with writing(engine) as connection:
        connection.execute(update(User).where(User.user_id == user_id).values(**values))


def lockouts(clinic):
    """Return who had to wait, and what for, line by line."""
    lines = audit_of(clinic.engine, outcome="denied")
    assert {line.operation for line in lines} <= {"lockout"}
    return [(line.person, line.detail) for line in lines]


def fail(door, name="anna", **more):
    try:
        door.sign_in(name, WRONG, **more)
    except NotSignedIn as refused:
        return str(refused)
    raise AssertionError("a wrong password opened")


# --- coming in ------------------------------------------------------------------------------


def test_a_right_password_opens_as_far_as_the_settings_allow(clinic, door, anna):
    pat = clinic.user("pat", Role.PATIENT, patient_id=clinic.register("P-1"), password=PASSWORD)

    assert door.sign_in("anna").stage is Stage.ENROLMENT
    assert door.sign_in("pat").stage is Stage.OPEN
    assert [row.user_id for row in rows_of(clinic.engine, Session)] == [anna, pat]
    lines = [line for line in audit_of(clinic.engine) if line.operation == "sign_in"]
    assert [line.detail for line in lines] == [
        {"stage": "enrolment"},
        {"stage": "open"},
    ]


@pytest.mark.parametrize("typed", ["anna", "ANNA", "  Anna ", "\uff41nna"])
def test_a_sign_in_name_is_the_same_however_it_is_typed(door, anna, typed):
    assert door.present(door.sign_in(typed).token).user_id == anna


def test_each_sign_in_is_another_session(clinic, door, anna):
    tokens = {door.sign_in().token for _ in range(3)}

    assert len(tokens) == 3
    assert len({row.token_hash for row in rows_of(clinic.engine, Session)}) == 3


def test_a_token_does_not_show_in_what_is_printed(door, anna):
    signed_in = door.sign_in()

    assert signed_in.token not in repr(signed_in)


def test_an_old_hash_is_replaced_at_sign_in_and_still_opens(clinic, door, anna):
    change(clinic.engine, anna, password_hash=OLD_HASHER.hash(PASSWORD))
    door.sign_in()

    stored = only_row(clinic.engine, User).password_hash
    assert not needs_rehash(stored)
    assert door.sign_in()


# --- not coming in --------------------------------------------------------------------------


@pytest.fixture
def refusals(clinic, anna):
    """Every kind of person who must not come in, and must not learn why."""
    disabled = clinic.user("dora", password=PASSWORD)
    disable_user(clinic.engine, OPERATOR, user_id=disabled)
    clinic.user("newt")
    return {
        "wrong password": ("anna", WRONG),
        "nobody": ("nobody", PASSWORD),
        "disabled": ("dora", PASSWORD),
        "no password yet": ("newt", PASSWORD),
        "empty": ("", ""),
        "enormous": ("x" * 100_000, "y" * 100_000),
        "half a character": ("\ud83e", "\ud83e"),
        "nul": ("an\0na", "\0"),
    }


def test_all_get_the_same_words_the_same_hash_and_the_same_statements(
    clinic, door, refusals, verifications
):
    said, hashes, statements = set(), set(), []
    fail(door, "the first try begins the chain of the audit")
    asked = []
    event.listen(clinic.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    for name, password in refusals.values():
        asked.clear(), verifications.clear()
        with pytest.raises(NotSignedIn) as refused:
            door.sign_in(name, password)
        said.add(str(refused.value))
        hashes.add(len(verifications))
        statements.append(list(asked))

    assert said == {"That did not work. Check the sign-in name and the password, then try again."}
    assert hashes == {1}
    assert all(each == statements[0] != [] for each in statements)
    assert rows_of(clinic.engine, Session) == []


def test_a_failure_is_audited_under_the_users_name_or_as_unknown(clinic, door, anna):
    fail(door, "anna")
    fail(door, "correct horse battery staple")

    lines = [line for line in audit_of(clinic.engine, outcome="failed")]
    assert [(line.person, line.user_id, line.operation) for line in lines] == [
        ("Anna", anna, "sign_in"),
        ("unknown", None, "sign_in"),
    ]
    assert {line.client for line in lines} == {"192.0.2.1"}
    assert [line.detail for line in lines] == [{"failures": 1}, {"failures": 1}]


def test_a_password_that_changes_while_it_is_checked_does_not_open(clinic, door, anna, monkeypatch):
    def verify_and_be_overtaken(stored, typed):
        is_right = passwords.verify_password(stored, typed)
        change(clinic.engine, anna, password_hash="$argon2id$another")
        return is_right

    monkeypatch.setattr("data.doors.sign_in.verify_password", verify_and_be_overtaken)

    with pytest.raises(NotSignedIn):
        door.sign_in()
    assert rows_of(clinic.engine, Session) == []


def test_a_hash_is_never_worked_out_inside_a_transaction(clinic, door, anna, monkeypatch):
    """A tenth of a second for each of them would keep everybody else at the site waiting."""
    change(clinic.engine, anna, password_hash=OLD_HASHER.hash(PASSWORD))
    link = new_welcome_link(clinic.engine, OPERATOR, user_id=clinic.user("bert"))
    held = []
    for name in ("verify", "hash"):
        real = getattr(passwords.HASHER, name)

        def note(*given, real=real):
            held.append(clinic.engine.pool.checkedout())
            return real(*given)

        monkeypatch.setattr(type(passwords.HASHER), name, staticmethod(note))

    door.sign_in()
    fail(door)
    presence = door.present(clinic.session_of(anna))
    confirm(clinic.engine, presence, password=PASSWORD)
    change_password(clinic.engine, presence, old=PASSWORD, new="four other odd words", client=None)
    choose_password(clinic.engine, link, "and four odd words more", None, None)

    assert held == [0] * 7


# --- guesses --------------------------------------------------------------------------------


def guess(door, name, times, every):
    """Try as often as that; return how often somebody was told to wait."""
    waits = 0
    for number in range(times):
        try:
            door.sign_in(name, f"guess number {number}", client=f"192.0.2.{number % 250}")
        except TryLater:
            waits += 1
        except NotSignedIn:
            pass
        door.wait(seconds=every)
    return waits


@pytest.mark.parametrize(
    ("dialect", "name"), [("sqlite", "nobody"), ("postgresql", "anna")], indirect=["dialect"]
)
def test_a_thousand_guesses_in_an_hour_are_hardly_looked_at(
    clinic, door, anna, verifications, name
):
    waits = guess(door, name, 1000, 3.6)

    assert 10 <= len(verifications) <= 40
    assert waits == 1000 - len(verifications)
    assert rows_of(clinic.engine, Session) == []
    whose = "Anna" if name == "anna" else "unknown"
    assert lockouts(clinic) == [(whose, {"guessed": "password", "failures": 5})]


def test_the_owner_comes_in_after_the_wait_and_starts_afresh(clinic, door, anna):
    guess(door, "anna", 300, 3.6)
    with pytest.raises(TryLater) as refused:
        door.sign_in()
    assert 0 < refused.value.seconds <= 15 * 60
    door.wait(seconds=refused.value.seconds)

    assert door.sign_in()
    for _ in range(4):
        fail(door)
    assert door.sign_in(), "the fifth try, and it is right"
    assert len(lockouts(clinic)) == 1
    for _ in range(5):
        fail(door)
    assert len(lockouts(clinic)) == 2


def test_the_waits_double_up_to_a_quarter_of_an_hour(door, anna):
    waits = []
    for _ in range(18):
        try:
            fail(door)
        except TryLater as refused:
            waits.append(refused.seconds)
            door.wait(seconds=refused.seconds)
            fail(door)

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_a_try_during_a_wait_is_neither_looked_at_nor_counted(clinic, door, anna, verifications):
    for _ in range(5):
        fail(door)
    before = rows_of(clinic.engine, Throttle)
    for password in (WRONG, PASSWORD):
        with pytest.raises(TryLater, match="please wait 1 s"):
            door.sign_in("anna", password)

    assert len(verifications) == 5
    assert rows_of(clinic.engine, Throttle) == before


def test_many_at_once_are_not_all_looked_at(clinic, door, anna, verifications):
    """Each try is counted before it is looked at, so a burst gains nothing."""

    def one(number):
        try:
            door.sign_in("anna", f"guess {number}")
        except (NotSignedIn, TryLater) as refused:
            return type(refused)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(one, range(20)))

    assert len(verifications) == answers.count(NotSignedIn) == 5
    assert answers.count(TryLater) == 15
    assert len(lockouts(clinic)) == 1


def test_the_hundredth_failure_leaves_a_line_of_its_own(clinic, door, anna):
    with writing(clinic.engine) as connection:
        row = {"failures": 98, "counted_from": clinic.now, "wait_until": clinic.now}
        connection.execute(insert(Throttle), {"key": name_key("anna"), **row})
    for _ in range(3):
        fail(door)
        door.wait(minutes=15)

    detail = {"guessed": "password", "failures": 100, "until": "a new link"}
    assert lockouts(clinic) == [("Anna", detail)]


def test_after_a_hundred_failures_only_a_new_link_helps(clinic, door, anna, verifications):
    with writing(clinic.engine) as connection:
        row = {"failures": 100, "counted_from": clinic.now, "wait_until": clinic.now}
        connection.execute(insert(Throttle), {"key": name_key("anna"), **row})

    with pytest.raises(NotSignedIn):
        door.sign_in()
    assert verifications == [None]
    new_welcome_link(clinic.engine, OPERATOR, user_id=anna)
    assert door.sign_in()


def test_one_address_may_try_thirty_times_a_minute(clinic, door, anna):
    with writing(clinic.engine) as connection:
        for _ in range(28):
            admit_address(connection, "198.51.100.7")
    for name in ("one", "another"):
        fail(door, name, client="198.51.100.7")
    for _ in range(50):
        with pytest.raises(TryLater) as refused:
            door.sign_in(client="198.51.100.7")

    assert refused.value.seconds == 60
    assert lockouts(clinic) == [("unknown", {"tries": 30})]
    [line] = audit_of(clinic.engine, outcome="denied")
    assert line.client == "198.51.100.7"
    assert door.sign_in(client="198.51.100.8")
    door.wait(seconds=60)
    assert door.sign_in(client="198.51.100.7")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        (None, None, True),
    ],
)
def test_a_home_network_is_one_address(one, other, is_same):
    assert (address_key(one) == address_key(other)) is is_same


def test_no_sign_in_name_or_address_can_be_read_from_the_throttles(clinic, door):
    fail(door, "secret-name", client="198.51.100.7")

    kept = repr(rows_of(clinic.engine, Throttle))
    assert "secret-name" not in kept
    assert "198.51.100.7" not in kept


def test_failures_that_nobody_added_to_for_a_month_are_forgotten(clinic, door, anna):
    fail(door, "someone else")
    door.wait(days=31)
    door.sign_in()

    keys = {row.key for row in rows_of(clinic.engine, Throttle)}
    assert name_key("someone else") not in keys


# --- showing once more that it is still them ------------------------------------------------


def test_a_confirmation_lasts_ten_minutes_and_changes_the_token(clinic, door, anna):
    token = clinic.session_of(anna)
    assert door.present(token).person.is_confirmed
    door.wait(seconds=CONFIRMATION_LASTS.total_seconds())
    assert not door.present(token).person.is_confirmed

    confirmed = confirm(clinic.engine, door.present(token), password=PASSWORD)

    assert door.present(token) is None
    assert door.present(confirmed.token).person.is_confirmed
    door.wait(minutes=9, seconds=59)
    assert door.present(confirmed.token).person.is_confirmed
    door.wait(seconds=1)
    assert not door.present(confirmed.token).person.is_confirmed


def test_a_confirmation_does_not_make_a_session_longer(clinic, door, anna):
    token = clinic.session_of(anna)
    ends = door.present(token).expires_at
    door.wait(minutes=10)

    confirmed = confirm(clinic.engine, door.present(token), password=PASSWORD)

    assert door.present(confirmed.token).expires_at == ends


def test_a_wrong_confirmation_leaves_the_session_as_it_was(clinic, door, anna):
    token = clinic.session_of(anna)
    door.wait(minutes=11)
    with pytest.raises(NotSignedIn, match="not confirmed"):
        confirm(clinic.engine, door.present(token), password=WRONG)

    assert not door.present(token).person.is_confirmed
    assert [line.operation for line in audit_of(clinic.engine, outcome="failed")] == ["confirm"]


def test_guesses_at_a_confirmation_wait_as_at_the_door(clinic, door, anna):
    presence = door.present(clinic.session_of(anna))
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            confirm(clinic.engine, presence, password=WRONG)

    with pytest.raises(TryLater):
        confirm(clinic.engine, presence, password=PASSWORD)


def test_a_half_open_session_confirms_nothing(door, anna, clinic):
    presence = door.present(clinic.session_of(anna, Stage.PASSWORD))

    with pytest.raises(NotSignedIn):
        confirm(clinic.engine, presence, password=PASSWORD)


# --- an identity provider -------------------------------------------------------------------


def link(engine, user_id, subject="s-1", issuer=ISSUER):
    with writing(engine) as connection:
        row = {"issuer": issuer, "subject": subject, "user_id": user_id}
        connection.execute(
            insert(Identity), {**row, "linked_at": only_row(engine, User).recorded_at}
        )


def vouch(door, subject="s-1", issuer=ISSUER, named="anna"):
    return sign_in_with(
        door.engine, issuer=issuer, subject=subject, email_or_name=named, client=None, browser=None
    )


def test_a_linked_identity_opens_a_session_like_any_other(clinic, door, anna):
    link(clinic.engine, anna)

    assert door.present(vouch(door, named="somebody@else.example").token).user_id == anna


@pytest.mark.parametrize(
    ("subject", "issuer"), [("s-2", ISSUER), ("s-1", "https://other.example.org"), ("S-1", ISSUER)]
)
def test_another_subject_or_issuer_opens_nothing_whatever_the_name(
    clinic, door, anna, subject, issuer
):
    link(clinic.engine, anna)

    with pytest.raises(NotSignedIn):
        vouch(door, subject, issuer, named="anna")
    assert rows_of(clinic.engine, Session) == []


def test_a_disabled_user_does_not_come_in_through_a_provider(clinic, door, anna):
    link(clinic.engine, anna)
    disable_user(clinic.engine, OPERATOR, user_id=anna)

    with pytest.raises(NotSignedIn):
        vouch(door)
    assert audit_of(clinic.engine, outcome="failed")[-1].person == "Anna"
