"""What must not leak is typed into every field; then every table and every error is searched."""

from __future__ import annotations

import logging

import pytest

from data.actions.emergencies import open_emergency
from data.actions.user_entries import UserEntry
from data.actions.users import add_user, new_welcome_link
from data.doors.accounts import change_password
from data.doors.events import Event
from data.doors.links import choose_password, make_set_up_token, set_up
from data.doors.second_factor import begin_enrolment, finish_enrolment, new_recovery_codes
from data.doors.sessions import end_all_sessions
from data.doors.sign_in import confirm, give_code, sign_in, sign_in_with
from data.doors.throttles import FREE_FAILURES
from models.access import Stage
from models.errors import AfterglowError
from models.policy import OPERATOR, Person, Role
from models.tables import AuditLine
from tests.clinic import everything, rows_of

FIRST = "Kanarienvogel singt im Flur"
SECOND = "Zaunkönig badet im Regen"
WRONG = "Rotkehlchen irrt umher heute"


class Walk:
    """One walk through every door, remembering each secret it was given and all it was told."""

    def __init__(self, clinic, door):
        self.clinic, self.door, self.engine = clinic, door, clinic.engine
        self.secrets = {FIRST, SECOND, WRONG}
        self.told: list[str] = []

    def keep(self, *secrets):
        self.secrets.update(secrets)
        return secrets[0]

    def refused(self, call, *given, **more):
        with pytest.raises(AfterglowError) as refused:
            call(*given, **more)
        error: BaseException | None = refused.value
        while error is not None:
            self.told += [str(error), repr(error)]
            error = error.__cause__ or error.__context__

    def take(self):
        set_up_token = self.keep(make_set_up_token(self.engine))
        given = {"sign_in_name": "root", "name": "Root", "client": None, "browser": None}
        self.refused(set_up, self.engine, set_up_token, **given, password="Root Root Denver")
        self.refused(set_up, self.engine, self.keep("guessed-token"), **given, password=FIRST)
        half = set_up(self.engine, set_up_token, **given, password=FIRST)
        self.keep(half.token)
        whole = self.enrol(self.door.present(half.token))
        self.account(whole)
        self.welcome()
        self.strangers()

    def enrol(self, half):
        begun = begin_enrolment(self.engine, half)
        self.keep(begun.secret, begun.sealed)
        self.refused(finish_enrolment, self.engine, half, begun.sealed, self.keep("918273"))
        self.refused(finish_enrolment, self.engine, half, "f00dfeed:" + begun.sealed[9:], "1")
        whole, codes = finish_enrolment(
            self.engine, half, begun.sealed, self.door.code(begun.secret)
        )
        self.keep(whole.token, *codes)
        self.secret, self.codes = begun.secret, codes
        return whole

    def account(self, whole):
        presence = self.door.present(whole.token)
        self.refused(change_password, self.engine, presence, old=WRONG, new=SECOND, client=None)
        changed = change_password(self.engine, presence, old=FIRST, new=SECOND, client=None)
        presence = self.door.present(self.keep(changed.token))
        self.keep(*new_recovery_codes(self.engine, presence))
        self.refused(confirm, self.engine, presence, password=WRONG)
        self.refused(confirm, self.engine, presence, code=self.codes[0])
        confirmed = confirm(self.engine, presence, password=SECOND)
        presence = self.door.present(self.keep(confirmed.token))
        end_all_sessions(self.engine, presence)
        self.refused(confirm, self.engine, presence, password=SECOND)

    def welcome(self):
        entry = UserEntry("anna", "Anna", frozenset({Role.CLINICIAN}), {self.clinic.denver})
        user_id, token = add_user(self.engine, OPERATOR, entry=entry)
        second = self.keep(new_welcome_link(self.engine, OPERATOR, user_id=user_id))
        self.refused(choose_password, self.engine, self.keep(token), SECOND, None, None)
        half = choose_password(self.engine, second, SECOND, None, None)
        presence = self.door.present(self.keep(half.token))
        assert presence.stage is Stage.ENROLMENT
        self.refused(give_code, self.engine, presence, self.keep("564738"), client=None)

    def strangers(self):
        given = {"client": "192.0.2.9", "browser": None}
        for name in ("root", "anna", SECOND, WRONG):
            self.refused(sign_in, self.engine, sign_in_name=name, password=WRONG, **given)
        half = sign_in(self.engine, sign_in_name="root", password=SECOND, **given)
        presence = self.door.present(self.keep(half.token))
        self.refused(give_code, self.engine, presence, self.keep("192837"), client=None)
        self.refused(
            sign_in_with, self.engine, issuer="i", subject="s", email_or_name=SECOND, **given
        )
        for _ in range(FREE_FAILURES):  # the last of them is told to wait
            self.refused(sign_in, self.engine, sign_in_name="anna", password=WRONG, **given)
        clinician = Person("Eve", frozenset({Role.CLINICIAN}), user_id=presence.user_id)
        self.refused(open_emergency, self.engine, clinician, code=WRONG, reason="no such number")


@pytest.fixture
def walk(clinic, door, caplog):
    walk = Walk(clinic, door)
    with caplog.at_level(logging.DEBUG):
        walk.take()
    return walk


def test_no_secret_is_in_any_table_audit_line_error_or_log(walk, caplog):
    kept = repr(everything(walk.engine, but=()))
    told = "\n".join(walk.told)

    assert len(walk.secrets) > 30
    assert len(walk.told) > 20
    for secret in walk.secrets:
        # a six-digit number is bound to be part of some hash or time
        if not (secret.isdigit() and len(secret) == 6):
            assert secret not in kept
        assert secret not in told
        assert secret not in caplog.text


def test_no_code_is_in_the_audit(walk):
    lines = rows_of(walk.engine, AuditLine)
    said = repr([(row.person, row.operation, row.detail, row.client) for row in lines])

    assert {row.outcome for row in lines} == {"done", "failed", "denied"}
    for secret in walk.secrets:
        assert secret not in said


def test_the_walk_passes_every_door(walk):
    """A door that is added must be walked through here, or nobody searches what it leaves."""
    done = {line.operation for line in rows_of(walk.engine, AuditLine)}
    without_secrets = {"link_identity", "sign_out", "remove_second_factor", "session_ended"}

    assert {event.value for event in Event} - done <= without_secrets
