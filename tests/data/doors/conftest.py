"""Coming in as somebody does it: with a password, a code, and a clock that tests move."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from data.doors import sign_in
from data.doors.second_factor import begin_enrolment, finish_enrolment
from data.doors.sessions import find_presence
from data.passwords import verify_password
from models.access import Stage
from models.policy import Role
from tests.clinic import PASSWORD


class Visitor:
    """Somebody at the door of a clinic."""

    def __init__(self, clinic):
        self.clinic, self.engine = clinic, clinic.engine

    def sign_in(self, name="anna", password=PASSWORD, client="192.0.2.1"):
        return sign_in.sign_in(
            self.engine, sign_in_name=name, password=password, client=client, browser="Test/1"
        )

    def present(self, token, *, is_active=True):
        return find_presence(self.engine, token, is_active=is_active, client="192.0.2.1")

    def wait(self, **duration):
        self.clinic.now += timedelta(**duration)

    def enrol(self, user_id):
        """Set up a second factor; return its secret, the recovery codes and the open session."""
        half = self.present(self.clinic.session_of(user_id, Stage.ENROLMENT))
        begun = begin_enrolment(self.engine, half)
        signed_in, codes = finish_enrolment(
            self.engine, half, begun.sealed, self.code(begun.secret)
        )
        return begun.secret, codes, signed_in

    def code(self, secret, steps=0):
        """Return the code an authenticator shows, some steps of 30 s from now."""
        return pyotp.TOTP(secret).at(self.clinic.now, counter_offset=steps)

    def half_open(self, name="anna"):
        """Return the presence after a right password, with the second factor still owed."""
        return self.present(self.sign_in(name).token)


@pytest.fixture
def door(clinic):
    return Visitor(clinic)


@pytest.fixture
def anna(clinic):
    return clinic.user("anna", Role.CLINICIAN, clinic.denver, password=PASSWORD)


@pytest.fixture
def verifications(monkeypatch):
    """Note every time a password is compared with a hash; the comparison itself is real."""
    calls = []

    def note(stored, typed):
        calls.append(stored)
        return verify_password(stored, typed)

    monkeypatch.setattr(sign_in, "verify_password", note)
    return calls
