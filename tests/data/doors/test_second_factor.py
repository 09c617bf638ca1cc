"""The second factor: each code once, a device that can be replaced, and nothing kept in clear."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from data.actions.users import new_welcome_link, reset_second_factor
from data.doors.links import choose_password
from data.doors.second_factor import (
    begin_enrolment,
    finish_enrolment,
    new_recovery_codes,
    remove_second_factor,
)
from data.doors.sign_in import NotSignedIn, TryLater, confirm, give_code
from data.policies import SIGNING_IN
from models.access import Stage
from models.errors import Refused, Unavailable
from models.policy import OPERATOR, Role, Unconfirmed
from models.tables import RecoveryCode, User
from tests.clinic import PASSWORD, audit_of, everything, only_row, rows_of
from tests.policies import change_policy


def give(door, code, presence=None):
    return give_code(door.engine, presence or door.half_open(), code, client="192.0.2.1")


def optional(clinic):
    """Let staff come in without a second factor."""
    changes = {"second_factor": False}
    change_policy(clinic.engine, OPERATOR, SIGNING_IN, changes, reason="one computer")


# --- setting it up --------------------------------------------------------------------------


def test_what_is_begun_means_nothing_until_a_code_was_given(clinic, door, anna):
    half = door.present(door.sign_in().token)
    assert half.stage is Stage.ENROLMENT
    begun = begin_enrolment(clinic.engine, half)

    assert begun.uri.startswith("otpauth://totp/Afterglow:anna?secret=")
    assert begun.secret not in repr(begun)
    assert only_row(clinic.engine, User).totp_secret is None
    with pytest.raises(NotSignedIn):
        finish_enrolment(clinic.engine, half, begun.sealed, "000000")
    assert only_row(clinic.engine, User).totp_secret is None

    signed_in, codes = finish_enrolment(clinic.engine, half, begun.sealed, door.code(begun.secret))

    assert (signed_in.stage, len(set(codes))) == (Stage.OPEN, 10)
    assert door.present(signed_in.token).has_second_factor
    assert [line.operation for line in audit_of(clinic.engine, outcome="failed")] == [
        "enrol_second_factor"
    ]


def test_what_another_session_began_is_not_taken(clinic, door, anna):
    one, other = (door.present(door.sign_in().token) for _ in range(2))
    begun = begin_enrolment(clinic.engine, one)

    with pytest.raises(Unavailable):
        finish_enrolment(clinic.engine, other, begun.sealed, door.code(begun.secret))


def test_setting_it_up_ends_the_other_sessions_and_the_half_open_one(clinic, door, anna):
    other, half = clinic.session_of(anna), door.sign_in().token
    begun = begin_enrolment(clinic.engine, door.present(half))
    finish_enrolment(clinic.engine, door.present(half), begun.sealed, door.code(begun.secret))

    assert door.present(other) is None
    assert door.present(half) is None


def test_a_password_alone_never_replaces_a_second_factor(clinic, door, anna):
    """Somebody with the password had begun before the owner set theirs up."""
    thief = door.present(clinic.session_of(anna, Stage.ENROLMENT))
    begun = begin_enrolment(clinic.engine, thief)
    secret, _, _ = door.enrol(anna)
    again = door.present(clinic.session_of(anna, Stage.ENROLMENT))

    for presence in (thief, again, door.half_open()):
        with pytest.raises(NotSignedIn):
            finish_enrolment(clinic.engine, thief, begun.sealed, door.code(begun.secret))
        with pytest.raises(NotSignedIn):
            begin_enrolment(clinic.engine, presence)
    door.wait(seconds=30)
    assert give(door, door.code(secret))


# --- giving a code --------------------------------------------------------------------------


def test_a_password_and_a_code_open_with_a_new_token(clinic, door, anna):
    secret, _, _ = door.enrol(anna)
    door.wait(seconds=30)
    half = door.sign_in()
    assert half.stage is Stage.PASSWORD

    whole = give(door, door.code(secret), door.present(half.token))

    assert door.present(half.token) is None
    assert door.present(whole.token).stage is Stage.OPEN
    assert door.present(whole.token).person.is_confirmed


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_a_step_off(door, anna, steps):
    secret, _, _ = door.enrol(anna)
    door.wait(minutes=5)

    assert give(door, door.code(secret, steps))


@pytest.mark.parametrize("steps", [-2, 2, 100])
def test_a_code_of_another_time_is_wrong(door, anna, steps):
    secret, _, _ = door.enrol(anna)
    door.wait(minutes=5)

    with pytest.raises(NotSignedIn, match="That code did not work"):
        give(door, door.code(secret, steps))


def test_a_code_works_once_and_no_earlier_one_after_it(door, anna):
    secret, _, _ = door.enrol(anna)
    with pytest.raises(NotSignedIn):
        give(door, door.code(secret))  # it was used to set up
    door.wait(minutes=5)
    give(door, door.code(secret))

    for steps in (0, -1):
        with pytest.raises(NotSignedIn):
            give(door, door.code(secret, steps))
    assert give(door, door.code(secret, 1))


def test_of_many_with_the_same_code_one_comes_in(door, anna):
    secret, _, _ = door.enrol(anna)
    door.wait(minutes=5)
    halves = [door.half_open() for _ in range(4)]

    def one(presence):
        try:
            return give(door, door.code(secret), presence)
        except (NotSignedIn, TryLater):
            return None

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, halves))

    assert sum(answer is not None for answer in answers) == 1


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1}\n"])
def test_a_code_may_be_typed_as_it_is_shown(door, anna, typed):
    secret, _, _ = door.enrol(anna)
    door.wait(minutes=5)
    code = door.code(secret)

    assert give(door, typed.format(code[:3], code[3:]))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "\u0661\u0662\u0663\u0664\u0665\u0666",
                                  "x" * 100_000, "\ud83e", "nul\0"])  # fmt: skip
def test_what_is_no_code_is_a_wrong_code(door, anna, code):
    door.enrol(anna)

    with pytest.raises(NotSignedIn, match="That code did not work"):
        give(door, code)


def test_guesses_wait_and_a_right_password_forgives_none(clinic, door, anna):
    secret, _, _ = door.enrol(anna)
    door.wait(minutes=5)
    wrong = "000000" if door.code(secret) != "000000" else "000001"
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            give(door, wrong)  # with a right password every time
    with pytest.raises(TryLater):
        give(door, door.code(secret))
    door.wait(seconds=1)

    assert give(door, door.code(secret))
    lines = [line for line in audit_of(clinic.engine, outcome="failed")]
    assert [line.operation for line in lines] == ["second_factor"] * 5
    [line] = audit_of(clinic.engine, outcome="denied")
    assert (line.person, line.operation) == ("Anna", "lockout")
    assert line.detail == {"guessed": "second step", "failures": 5}


def test_a_half_open_session_of_the_past_opens_nothing(door, anna):
    secret, _, _ = door.enrol(anna)
    door.wait(minutes=5)
    half = door.half_open()
    door.wait(minutes=11)

    with pytest.raises(NotSignedIn, match="sign in again"):
        give(door, door.code(secret), half)


# --- recovery codes -------------------------------------------------------------------------


def test_each_recovery_code_works_once(clinic, door, anna):
    _, codes, _ = door.enrol(anna)
    assert door.present(give(door, codes[0]).token).stage is Stage.OPEN
    with pytest.raises(NotSignedIn):
        give(door, codes[0])

    assert give(door, codes[1].replace("-", " ").upper())
    used = [row for row in rows_of(clinic.engine, RecoveryCode) if row.used_at]
    assert (len(used), len(rows_of(clinic.engine, RecoveryCode))) == (2, 10)
    lines = [line for line in audit_of(clinic.engine) if line.operation == "recovery_code"]
    assert len(lines) == 2


def test_somebody_elses_recovery_code_is_wrong(clinic, door, anna):
    door.enrol(anna)
    _, codes, _ = door.enrol(clinic.user("bert", password=PASSWORD))

    with pytest.raises(NotSignedIn):
        give(door, codes[0])


def test_new_recovery_codes_replace_the_old_ones_and_need_a_confirmation(clinic, door, anna):
    secret, old, signed_in = door.enrol(anna)
    door.wait(minutes=10)
    with pytest.raises(Unconfirmed):
        new_recovery_codes(clinic.engine, door.present(signed_in.token))
    confirmed = confirm(clinic.engine, door.present(signed_in.token), code=door.code(secret))
    new = new_recovery_codes(clinic.engine, door.present(confirmed.token))

    assert set(new).isdisjoint(old)
    with pytest.raises(NotSignedIn):
        give(door, old[0])
    assert give(door, new[0])


# --- taking it away -------------------------------------------------------------------------


def test_it_stays_where_the_clinic_asks_for_one(clinic, door, anna):
    _, _, signed_in = door.enrol(anna)

    with pytest.raises(Refused, match="asks for a second factor"):
        remove_second_factor(clinic.engine, door.present(signed_in.token))
    assert only_row(clinic.engine, User).totp_secret is not None


def test_elsewhere_it_goes_with_its_codes_after_a_confirmation(clinic, door, anna):
    optional(clinic)
    secret, _, signed_in = door.enrol(anna)
    door.wait(minutes=10)
    with pytest.raises(Unconfirmed):
        remove_second_factor(clinic.engine, door.present(signed_in.token))
    confirmed = confirm(clinic.engine, door.present(signed_in.token), code=door.code(secret))

    remove_second_factor(clinic.engine, door.present(confirmed.token))

    assert rows_of(clinic.engine, RecoveryCode) == []
    assert door.sign_in().stage is Stage.OPEN


def test_it_is_replaced_after_a_confirmation(clinic, door, anna):
    old, _, signed_in = door.enrol(anna)
    presence = door.present(signed_in.token)
    begun = begin_enrolment(clinic.engine, presence)
    finish_enrolment(clinic.engine, presence, begun.sealed, door.code(begun.secret))
    door.wait(minutes=5)

    with pytest.raises(NotSignedIn):
        give(door, door.code(old))
    assert give(door, door.code(begun.secret))


def test_an_administrator_resets_it_and_everybody_is_out(clinic, door, anna):
    _, _, signed_in = door.enrol(anna)

    reset_second_factor(clinic.engine, OPERATOR, user_id=anna)

    assert door.present(signed_in.token) is None
    assert rows_of(clinic.engine, RecoveryCode) == []
    assert door.sign_in().stage is Stage.ENROLMENT


def test_a_new_link_does_not_go_round_it(clinic, door, anna):
    door.enrol(anna)
    token = new_welcome_link(clinic.engine, OPERATOR, user_id=anna)

    stolen = choose_password(clinic.engine, token, "four other odd words", None, None)

    assert stolen.stage is Stage.PASSWORD


@pytest.mark.parametrize("role", Role)
def test_staff_need_one_and_patients_do_not(clinic, door, role):
    patient_id = clinic.register("P-1") if role is Role.PATIENT else None
    clinic.user("eve", role, password=PASSWORD, patient_id=patient_id)
    wanted = Stage.OPEN if role is Role.PATIENT else Stage.ENROLMENT

    assert door.sign_in("eve").stage is wanted
    optional(clinic)
    assert door.sign_in("eve").stage is Stage.OPEN


def test_neither_secret_nor_codes_are_kept_in_clear(clinic, door, anna):
    secret, codes, _ = door.enrol(anna)

    kept = repr(everything(clinic.engine, but=()))
    assert secret not in kept
    for code in codes:
        assert code not in kept
        assert code.replace("-", "") not in kept
